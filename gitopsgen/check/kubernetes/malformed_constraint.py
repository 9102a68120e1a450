"""A Gatekeeper constraint that its template does not allow.

What it finds:
    A constraint whose ConstraintTemplate is not among the manifests of the cluster, or whose `match`,
    `parameters` or `enforcementAction` violate the schema which the template gives.

Why:
    The kind of a constraint exists only through its template: without it the API server answers
    "no matches for kind", and a misspelt parameter leaves the policy without effect.

Example:
    apiVersion: templates.gatekeeper.sh/v1
    kind: ConstraintTemplate
    metadata: {name: k8srequiredigest}
    spec:
      crd:
        spec:
          names: {kind: K8sRequireDigest}
          validation:
            openAPIV3Schema:
              type: object
              properties: {exempt: {type: array, items: {type: string}}}
      targets:
        - target: admission.k8s.gatekeeper.sh
          rego: package k8srequiredigest
    ---
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: K8sRequireDigest
    metadata: {name: require-digest}
    spec:
      parameters: {exempts: [pause]}

Instead:
    apiVersion: templates.gatekeeper.sh/v1
    kind: ConstraintTemplate
    metadata: {name: k8srequiredigest}
    spec:
      crd:
        spec:
          names: {kind: K8sRequireDigest}
          validation:
            openAPIV3Schema:
              type: object
              properties: {exempt: {type: array, items: {type: string}}}
      targets:
        - target: admission.k8s.gatekeeper.sh
          rego: package k8srequiredigest
    ---
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: K8sRequireDigest
    metadata: {name: require-digest}
    spec:
      parameters: {exempt: [pause]}

"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.constraints import CONSTRAINTS, constraint_kind, made_kind
from gitopsgen.schemas.validator import Validator, compile_kind
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG418", "malformed-constraint", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report constraints without a template, and those that violate it."""
    constraints = [subject for subject in cluster.subjects if subject.known.group == CONSTRAINTS]
    templates = {
        made_kind(subject.data): subject for subject in cluster.of("ConstraintTemplate", "templates.gatekeeper.sh")
    }
    for subject in constraints:
        template = templates.get(subject.known.name)
        if template is None:
            message = f'no ConstraintTemplate of the cluster makes the kind "{subject.known.name}"'
            yield subject.found(("kind",), message, suggestion(subject.known.name, templates))
        elif (validator := _validator(json.dumps(template.data.get("spec"), sort_keys=True))) is not None:
            for violation in validator.violations(subject.manifest.data):
                yield subject.found(violation.field, violation.message, violation.hint)


@lru_cache(maxsize=256)
def _validator(spec: str) -> Validator | None:
    # the same template stands in every cluster of the fleet
    try:
        kind = constraint_kind({"spec": json.loads(spec)})
        return None if kind is None else compile_kind(kind)
    except (ValueError, TypeError, AttributeError):
        return None  # the template itself is malformed, and reported
