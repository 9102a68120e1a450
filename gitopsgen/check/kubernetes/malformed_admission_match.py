"""A rule about resources, of a webhook or an admission policy, that matches nothing that can be.

What it finds:
    Groups, versions, operations or resources that are empty, or hold `*` and something beside it; an empty name of a
    version or resource; resources that a wildcard before them already names.

Why:
    The API server refuses the object.

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: gatekeeper}
    webhooks:
      - name: validation.gatekeeper.sh
        clientConfig: {service: {namespace: gatekeeper-system, name: webhook}}
        sideEffects: None
        admissionReviewVersions: [v1]
        rules:
          - {apiGroups: [], apiVersions: [v1], operations: [CREATE, "*"], resources: [pods]}

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: gatekeeper}
    webhooks:
      - name: validation.gatekeeper.sh
        clientConfig: {service: {namespace: gatekeeper-system, name: webhook}}
        sideEffects: None
        admissionReviewVersions: [v1]
        rules:
          - {apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [pods]}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.names import label_key
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import sequence, text
from gitopsgen.model.variant import Path

_GROUP: Final = "admissionregistration.k8s.io"
_KINDS: Final = (
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
)
RULE = Rule(
    "GG420",
    "malformed-admission-match",
    Severity.ERROR,
    on=of_kind(*(f"{kind}.{_GROUP}" for kind in _KINDS)),
    is_shared=True,
    reads=frozenset({"apiVersions", "resources"}),
    refused_by=API_SERVER,
)
_RULES: Final = (
    ("webhooks", EACH, "rules", EACH),
    *(
        ("spec", match, rules, EACH)
        for match in ("matchConstraints", "matchResources")
        for rules in ("resourceRules", "excludeResourceRules")
    ),
)
_CONDITIONS: Final = (
    ("spec", "matchConditions", EACH, "name"),
    ("webhooks", EACH, "matchConditions", EACH, "name"),
)
_LISTS: Final = ("apiGroups", "apiVersions", "operations", "resources")


def check(subject: Subject) -> Iterator[Found]:
    """Report rules about resources, conditions and notes that are refused."""
    yield from _conditions(subject)
    for steps in _RULES:
        for path, one in members(subject.data, *steps):
            if isinstance(one, dict):
                yield from _lists(subject, one, path)
                yield from _resources(subject, sequence(one.get("resources")), (*path, "resources"))


def _conditions(subject: Subject) -> Iterator[Found]:
    """Report names of conditions and keys of notes in the audit log that are none."""
    for steps in _CONDITIONS:
        for path, name in members(subject.data, *steps):
            if text(name) and (expected := label_key(name)):
                yield subject.found(path, f'the condition "{name}" must be {expected}')
    for path, key in members(subject.data, "spec", "auditAnnotations", EACH, "key"):
        if isinstance(key, str) and (expected := label_key(f"{subject.name}/{key}")):
            yield subject.found(path, f'the key "{key}" of a note must be {expected}')


def _lists(subject: Subject, rule: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for name in _LISTS:
        if name in rule and rule[name] in (None, []):
            yield subject.found((*path, name), f"the {name} of a rule are empty, expected at least one", 'all are "*"')
        values = sequence(rule.get(name))
        if name != "resources" and len(values) > 1 and "*" in values:
            yield subject.found((*path, name), f'the {name} of a rule have "*" and more, expected "*" alone')
        for index, value in enumerate(values):
            if name in {"apiVersions", "resources"} and value in (None, ""):
                yield subject.found((*path, name, index), f"one of the {name} of a rule is empty, expected a name")
    names = sequence(rule.get("resourceNames"))
    for index, value in enumerate(names):
        if isinstance(value, str) and value in names[:index]:
            message = f'the name "{value}" stands twice in a rule, expected once'
            yield subject.found((*path, "resourceNames", index), message)


def _resources(subject: Subject, given: list[Any], path: Path) -> Iterator[Found]:
    resources = [text(one) for one in given]
    if "*" in resources and any("/" not in one and one not in {"", "*"} for one in resources):
        yield subject.found(path, 'the resources of a rule have "*" and more, expected "*" and subresources alone')
    elif "*/*" in resources and len(resources) > 1:
        yield subject.found(path, 'the resources of a rule have "*/*" and more, expected "*/*" alone')
    else:
        yield from _covered(subject, resources, path)


def _covered(subject: Subject, resources: list[str], path: Path) -> Iterator[Found]:
    wide: set[str] = set()
    for index, one in enumerate(resources):
        resource, slash, part = one.partition("/")
        covering = sorted({f"{resource}/*", f"*/{part}"} & wide) if slash else []
        if covering:
            message = f'the resource "{one}" is already named by "{covering[0]}", expected one of them'
            yield subject.found((*path, index), message)
        if slash and "*" in (resource, part):
            wide.add(one)
