"""ValidatingAdmissionPolicies and their bindings, as far as they say what may be created.

Judges nothing. https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.cel.variables import Variables
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

GROUP: Final = "admissionregistration.k8s.io"
POLICY: Final = "ValidatingAdmissionPolicy"
BINDING: Final = "ValidatingAdmissionPolicyBinding"
# What policies are made of is exempt from them.
EXEMPT: Final = frozenset({POLICY, BINDING, "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"})


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a policy, and where it stands."""

    field: Path
    text: str
    message: str = ""
    message_expression: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy; `ignores` says that it admits what it cannot judge."""

    subject: Subject
    constraints: Mapping[str, Any]
    conditions: tuple[Expression, ...]
    variables: Variables
    validations: tuple[Expression, ...]
    params: tuple[str, str] | None
    ignores: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """What puts a policy into effect; `actions` are `Deny`, `Warn` and `Audit`."""

    subject: Subject
    policy: str
    actions: frozenset[str]
    resources: Mapping[str, Any]
    params: Mapping[str, Any]


def policies(cluster: Cluster) -> Iterator[Policy]:
    """Give the policies of a cluster."""
    return map(policy_of, cluster.of(POLICY, GROUP))


def bindings(cluster: Cluster) -> Iterator[Binding]:
    """Give the bindings of a cluster."""
    for subject in cluster.of(BINDING, GROUP):
        spec = mapping(subject.data.get("spec"))
        actions = frozenset(text(one) for one in sequence(spec.get("validationActions")))
        yield Binding(
            subject, text(spec.get("policyName")), actions, mapping(spec.get("matchResources")),
            mapping(spec.get("paramRef")),
        )  # fmt: skip


def policy_of(subject: Subject) -> Policy:
    """Give a policy; what it should have and has not is empty."""
    spec = mapping(subject.data.get("spec"))
    kind = mapping(spec.get("paramKind"))
    return Policy(
        subject,
        mapping(spec.get("matchConstraints")),
        tuple(_expressions(spec, "matchConditions")),
        tuple((text(one.get("name")), text(one.get("expression"))) for one in _entries(spec, "variables")),
        tuple(_expressions(spec, "validations")),
        (text(kind.get("apiVersion")), text(kind.get("kind"))) if kind else None,
        ignores=spec.get("failurePolicy") == "Ignore",
    )


def _expressions(spec: Mapping[str, Any], field: str) -> Iterator[Expression]:
    for index, one in enumerate(_entries(spec, field)):
        yield Expression(
            ("spec", field, index, "expression"),
            text(one.get("expression")),
            text(one.get("message")).strip(),
            text(one.get("messageExpression")),
        )


def _entries(spec: Mapping[str, Any], field: str) -> Iterator[Mapping[str, Any]]:
    return (mapping(one) for one in sequence(spec.get(field)))
