"""An object that a policy of Gatekeeper, or a rule of one's own, does not allow.

What it finds:
    Objects that violate a Gatekeeper constraint, when the constraint and its ConstraintTemplate stand among the
    manifests of the same cluster, or in a folder that `--policy` names. The policy itself is evaluated, as Gatekeeper
    does it: match, parameters, inventory, mutation, expansion. `deny` is an error, `warn` a warning, `dryrun`
    information.
    Rules of one's own in Rego are told under this code too.
    A ValidatingAdmissionPolicy, which the API server judges itself, is that of GG482.

Why:
    The cluster refuses the object when it is applied: Argo CD stays out of sync, and a rollout stops half way.

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
            violation[{"msg": "a Namespace needs an owner"}] { not input.review.object.metadata.labels.owner }
    ---
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: RequiredOwner
    metadata: {name: namespaces}
    spec:
      match: {kinds: [{apiGroups: [""], kinds: [Namespace]}]}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}

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
            violation[{"msg": "a Namespace needs an owner"}] { not input.review.object.metadata.labels.owner }
    ---
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: RequiredOwner
    metadata: {name: namespaces}
    spec:
      match: {kinds: [{apiGroups: [""], kinds: [Namespace]}]}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {owner: payments}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity

if TYPE_CHECKING:
    from gitopsgen.check.policies import Judged

RULE = Rule("GG490", "violated-policy", Severity.ERROR, refused_by="Gatekeeper")
_SEVERITIES: Final = {1: Severity.INFO, 2: Severity.WARNING, 3: Severity.ERROR}


def check(judged: Judged) -> Iterator[Found]:
    """Report violations, each with the weight that its constraint gives it."""
    for one in judged.violations:
        severity = _SEVERITIES[one.weight]
        is_refused = severity is Severity.ERROR and one.is_certain
        yield Found(one.subject, one.field, f"{one.message} ({one.policy})", one.hint, severity, is_refused)
