"""An object that a ValidatingAdmissionPolicy of its own cluster refuses.

What it finds:
    An object of which a ValidatingAdmissionPolicy among the manifests of the same cluster says no, in the namespaces
    and with the parameters of its bindings. Pods are judged as their workload makes them. The finding is an error
    where the binding denies, a warning where it warns or writes to the audit log.
    Where a policy asks for labels of a Namespace that is not among the manifests, it is taken not to apply.
    A policy that asks who makes the request is reported as not judged.
    Policies of Gatekeeper are those of GG490: this rule is of the API server's own, written in CEL.

Why:
    The API server refuses the object, or creates the workload and refuses its pods, and a synchronisation that has
    begun stops in the middle.

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: replicas}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
      validations:
        - expression: object.spec.replicas >= 3
          message: a quorum needs three members
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: replicas}
    spec: {policyName: replicas, validationActions: [Deny]}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: store, namespace: payment}
    spec:
      replicas: 2
      serviceName: store
      selector: {matchLabels: {app: store}}
      template:
        metadata: {labels: {app: store}}
        spec: {containers: [{name: store, image: "store:1"}]}

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: replicas}
    spec:
      matchConstraints:
        resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
      validations:
        - expression: object.spec.replicas >= 3
          message: a quorum needs three members
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: replicas}
    spec: {policyName: replicas, validationActions: [Deny]}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: store, namespace: payment}
    spec:
      replicas: 3
      serviceName: store
      selector: {matchLabels: {app: store}}
      template:
        metadata: {labels: {app: store}}
        spec: {containers: [{name: store, image: "store:1"}]}

"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from gitopsgen.check.admission.decisions import Decision, decisions
from gitopsgen.check.admission.matching import Request, is_about, may_be_about
from gitopsgen.check.admission.parameters import parameters
from gitopsgen.check.admission.policies import BINDING, GROUP, Binding, Policy, bindings, policies
from gitopsgen.check.admission.requests import namespace_of, requests
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG482",
    "refused-by-policy",
    Severity.ERROR,
    is_shared=True,
    reads=frozenset({"expression", "messageExpression", "validationActions"}),
)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report what each policy says of the objects that a binding of it is about."""
    if not cluster.of(BINDING, GROUP):
        return
    concerned = _concerned(cluster)
    untold: dict[tuple[str, Path], tuple[Policy, Decision]] = {}
    told: set[tuple[int, str, str]] = set()
    for request, pods in requests(cluster, concerned):
        for policy, binding in concerned(request.group, request.version, request.resource):
            for decision in _decisions(cluster, policy, binding, request):
                said = (id(request.subject), policy.subject.name, decision.message)
                if decision.is_unjudged:
                    untold.setdefault((policy.subject.name, decision.expression.field), (policy, decision))
                elif not pods or said not in told:  # of pods, only what was not said of their workload
                    told.add(said)
                    yield _refused(policy, binding, request, pods, decision)
    for policy, decision in untold.values():
        message = f"this is not judged, since {decision.message}"
        yield Found(policy.subject, decision.expression.field, message, severity=Severity.WARNING, refused=False)


def _concerned(cluster: Cluster) -> Callable[[str, str, str], list[tuple[Policy, Binding]]]:
    """Give what tells the policies, and how they are bound, that may be about objects of a type."""
    known = {policy.subject.name: policy for policy in policies(cluster)}
    bound = [(known[binding.policy], binding) for binding in bindings(cluster) if binding.policy in known]

    @cache
    def concerned(*kind: str) -> list[tuple[Policy, Binding]]:
        return [
            (policy, binding)
            for policy, binding in bound
            if may_be_about(policy.constraints, *kind) and may_be_about(binding.resources, *kind)
        ]

    return concerned


def _decisions(cluster: Cluster, policy: Policy, binding: Binding, request: Request) -> Iterator[Decision]:
    if not (is_about(policy.constraints, request) and is_about(binding.resources, request)):
        return
    variables = {
        "object": request.data,
        "oldObject": None,
        "request": request.as_variable(),
        "namespaceObject": namespace_of(cluster, request.namespace),
    }
    given = parameters(cluster, policy, binding, request.namespace)
    made = (one for params in given for one in decisions(policy, {**variables, "params": params}))
    yield from dict.fromkeys(made)


def _refused(policy: Policy, binding: Binding, request: Request, pods: Path, decision: Decision) -> Found:
    by = f'ValidatingAdmissionPolicy "{policy.subject.name}"'
    how = "cannot judge" if decision.is_error else "refuses"
    what = f"the pods of {request.subject}" if pods else str(request.subject)
    denies = "Deny" in binding.actions
    return Found(
        request.subject,
        pods or ("metadata", "name"),
        f"{by} {how} {what}: {decision.message}",
        f'its binding "{binding.subject.name}" {_said(binding)}',
        Severity.ERROR if denies else Severity.WARNING,
        denies and not pods,
    )


def _said(binding: Binding) -> str:
    words = {"Deny": "denies", "Warn": "warns", "Audit": "writes to the audit log"}
    return " and ".join(word for action, word in words.items() if action in binding.actions) or "does nothing"
