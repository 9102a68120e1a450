"""An admission policy that no binding puts into effect, or a binding that finds nothing.

What it finds:
    A ValidatingAdmissionPolicy that no binding of the cluster names; a binding whose policy or whose parameters are
    not among the manifests of the cluster.

Why:
    A policy without a binding checks nothing, and says so nowhere. A binding without its parameters either checks
    nothing too or refuses everything (`parameterNotFoundAction`).

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: replicas}
    spec: {policyName: replica, validationActions: [Deny]}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: replicas}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
      validations:
        - expression: object.spec.replicas >= 3

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: replicas}
    spec: {policyName: replicas, validationActions: [Deny]}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: replicas}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
      validations:
        - expression: object.spec.replicas >= 3

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.admission.parameters import named
from gitopsgen.check.admission.policies import Binding, Policy, bindings, policies
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG484", "idle-admission-policy", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report policies and bindings that do not find each other, and bindings without their parameters."""
    known = {policy.subject.name: policy for policy in policies(cluster)}
    named_ones = {binding.policy for binding in bindings(cluster)}
    for name, policy in known.items():
        if name not in named_ones:
            message = f'no binding of the cluster names the policy "{name}", so it checks nothing'
            yield policy.subject.found(("metadata", "name"), message)
    for binding in bindings(cluster):
        if binding.policy not in known:
            message = f'the binding is of the policy "{binding.policy}", which is not among the manifests'
            yield binding.subject.found(("spec", "policyName"), message, suggestion(binding.policy, known))
        else:
            yield from _without_parameters(cluster, known[binding.policy], binding)


def _without_parameters(cluster: Cluster, policy: Policy, binding: Binding) -> Iterator[Found]:
    if policy.params is None or not binding.params or any(named(cluster, policy, binding, None)):
        return
    refuses = binding.params.get("parameterNotFoundAction") == "Deny" and not policy.ignores
    follows = "everything that it is about is refused" if refuses else "nothing is checked"
    message = f"no {policy.params[1]} among the manifests is what the binding names, without which {follows}"
    yield binding.subject.found(("spec", "paramRef"), message)
