"""A policy of which nobody can tell what it says.

What it finds:
    A ConstraintTemplate whose policy cannot be read, or that asks for what no check has (the network, the clock, a
    provider of external data); a constraint that asks for the labels of a Namespace which is not among the manifests;
    a policy that fails while it is evaluated, such as by counting what is no list. A mutator that cannot be read, that
    contradicts another one, or that fails on an object.

Why:
    No violation was found, and none was looked for. Silence would be taken for a pass.
    Under `--profile cluster` it is an error where Gatekeeper takes no such policy, and a warning where a cluster would
    evaluate it.

Example:
    apiVersion: templates.gatekeeper.sh/v1
    kind: ConstraintTemplate
    metadata: {name: requiredowner}
    spec:
      crd: {spec: {names: {kind: RequiredOwner}}}
      targets:
        - target: admission.k8s.gatekeeper.sh
          rego: |
            package requiredowner
            violation[{"msg": "unknown"}] { http.send({"method": "get", "url": "http://register"}).status_code == 404 }

Instead:
    apiVersion: templates.gatekeeper.sh/v1
    kind: ConstraintTemplate
    metadata: {name: requiredowner}
    spec:
      crd: {spec: {names: {kind: RequiredOwner}}}
      targets:
        - target: admission.k8s.gatekeeper.sh
          rego: |
            package requiredowner
            violation[{"msg": "no owner"}] { not input.review.object.metadata.labels.owner }

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity

if TYPE_CHECKING:
    from gitopsgen.check.policies import Judged

RULE = Rule("GG491", "unevaluated-policy", Severity.ERROR, refused_by="Gatekeeper")


def check(judged: Judged) -> Iterator[Found]:
    """Report policies that were not evaluated, and for which object."""
    for one in judged.unevaluated:
        policy = f" ({one.policy})" if one.policy else ""
        message = f"not evaluated: {one.message}{policy}"
        yield Found(one.subject, one.field, message, one.hint, refused=one.is_certain)
