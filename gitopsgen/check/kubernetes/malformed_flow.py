"""A flow of requests, or its level of priority, that the API server does not take.

What it finds:
    A FlowSchema whose rules name no subjects, no resources or no namespaces, `*` beside other words, or paths, verbs
    and namespaces that cannot be; a precedence that is reserved; a subject that is not of its kind; a
    PriorityLevelConfiguration whose settings do not fit its type, or whose queues cannot be.

Why:
    The API server refuses the object.

Example:
    apiVersion: flowcontrol.apiserver.k8s.io/v1
    kind: FlowSchema
    metadata: {name: payments}
    spec:
      priorityLevelConfiguration: {name: workload-high}
      rules:
        - subjects: [{kind: ServiceAccount, serviceAccount: {name: app, namespace: payment}}]
          resourceRules: [{verbs: [get], apiGroups: [""], resources: [pods]}]

Instead:
    apiVersion: flowcontrol.apiserver.k8s.io/v1
    kind: FlowSchema
    metadata: {name: payments}
    spec:
      priorityLevelConfiguration: {name: workload-high}
      rules:
        - subjects: [{kind: ServiceAccount, serviceAccount: {name: app, namespace: payment}}]
          resourceRules: [{verbs: [get], apiGroups: [""], resources: [pods], namespaces: [payment]}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, log2
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed

RULE = Rule(
    "GG436",
    "malformed-flow",
    Severity.ERROR,
    on=of_kind("FlowSchema.flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_SUBJECTS: Final = {"Group": "group", "ServiceAccount": "serviceAccount", "User": "user"}
_LEVELS: Final = {"Exempt": "exempt", "Limited": "limited"}
_RULES: Final = {
    "resourceRules": ("verbs", "apiGroups", "resources"),
    "nonResourceRules": ("verbs", "nonResourceURLs"),
}
_QUEUING: Final = {"handSize": 8, "queues": 64}  # what a server reads where nothing is said, or 0
_MOST_QUEUES: Final = 10_000_000
_HASH_BITS: Final = 60  # of a flow, which are used up by log2(queues) for each queue that it is dealt
_VERBS: Final = frozenset(
    {"*", "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"}
)


def _url(word: str) -> str:
    is_path = word.startswith("/") and "//" not in word and " " not in word and "*" not in word.removesuffix("/*")
    return "" if is_path else 'a path such as /healthz, or "/*" at its end'


_GRAMMARS: Final[Mapping[str, names.Grammar]] = {"namespaces": names.dns_label, "nonResourceURLs": _url}


def check(subject: Subject) -> Iterator[Found]:
    """Report flows and levels that are refused."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == "PriorityLevelConfiguration":
        yield from _level(subject, spec)
        return
    level = text(mapping(spec.get("priorityLevelConfiguration")).get("name"))
    if level and (expected := names.subdomain(level)):
        yield subject.found(("spec", "priorityLevelConfiguration", "name"), f'the level "{level}" must be {expected}')
    if spec.get("matchingPrecedence") == 1 and subject.name != "exempt":
        message = f'{subject} has the precedence 1, which is that of "exempt", expected a greater one'
        yield subject.found(("spec", "matchingPrecedence"), message)
    for index, entry in enumerate(sequence(spec.get("rules"))):
        yield from _rule(subject, mapping(entry), ("spec", "rules", index))


def _rule(subject: Subject, rule: Mapping[str, Any], path: Path) -> Iterator[Found]:
    if not sequence(rule.get("subjects")):
        yield subject.found(path, f"a rule of {subject} has no subjects, expected at least one")
    if not any(sequence(rule.get(name)) for name in _RULES):
        yield subject.found(path, f"a rule of {subject} is about no resources, expected resourceRules")
    for at, who in enumerate(map(mapping, sequence(rule.get("subjects")))):
        yield from _who(subject, who, (*path, "subjects", at))
    for name, lists in _RULES.items():
        for at, one in enumerate(map(mapping, sequence(rule.get(name)))):
            yield from _words(subject, one, (*path, name, at), lists)


def _who(subject: Subject, who: Mapping[str, Any], path: Path) -> Iterator[Found]:
    sort = text(who.get("kind"))
    if sort not in _SUBJECTS:
        return  # reported as an unknown value
    for kind, field in _SUBJECTS.items():
        if (who.get(field) is not None) != (kind == sort):
            expected = f"the field {_SUBJECTS[sort]} alone"
            yield subject.found((*path, field), f"a subject of {subject} is a {sort}, expected {expected}")
    namespace = mapping(who.get("serviceAccount")).get("namespace")
    if isinstance(namespace, str) and (expected := names.dns_label(namespace)):
        yield subject.found((*path, "serviceAccount", "namespace"), f'the namespace "{namespace}" must be {expected}')
    account = text(mapping(who.get("serviceAccount")).get("name"))
    if account not in {"", "*"} and (expected := names.subdomain(account)):
        yield subject.found((*path, "serviceAccount", "name"), f'the service account "{account}" must be {expected}')


def _words(subject: Subject, one: Mapping[str, Any], path: Path, lists: tuple[str, ...]) -> Iterator[Found]:
    for name in lists:
        words = sequence(one.get(name))
        if name in one and not words:
            yield subject.found((*path, name), f"the {name} of a rule are empty, expected at least one")
        elif len(words) > 1 and "*" in words:
            yield subject.found((*path, name), f'the {name} of a rule have "*" and more, expected "*" alone')
    yield from _unknown(subject, one, path)
    if path[-2] == "resourceRules" and one.get("clusterScope") is not True and not sequence(one.get("namespaces")):
        message = f"a rule of {subject} is about no namespaces, expected at least one"
        yield subject.found((*path, "namespaces"), message, 'all are "*"; of the cluster are clusterScope: true')


def _unknown(subject: Subject, one: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for name, grammar in _GRAMMARS.items():
        for at, word in enumerate(map(text, sequence(one.get(name)))):
            if word != "*" and (expected := grammar(word)):
                yield subject.found((*path, name, at), f'"{word}" of the {name} must be {expected}')
    verbs = [word for word in map(text, sequence(one.get("verbs"))) if word not in _VERBS]
    if verbs:
        yield subject.found((*path, "verbs"), f'"{verbs[0]}" is no verb', f"known are {listed(sorted(_VERBS))}")


def _level(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    sort = text(spec.get("type"))
    for kind, field in _LEVELS.items():
        is_wrong = spec.get(field) is not None if kind != sort else kind == "Limited" and spec.get(field) is None
        if sort in _LEVELS and is_wrong:
            expected = f"the field {_LEVELS[sort]} alone"
            yield subject.found(("spec", field), f"{subject} is {sort}, expected {expected}")
    if isinstance(spec.get("limited"), dict) and spec["limited"].get("limitResponse") is None:
        yield subject.found(("spec", "limited"), f"{subject} says not what becomes of too many, expected limitResponse")
    answer = mapping(mapping(spec.get("limited")).get("limitResponse"))
    path: Path = ("spec", "limited", "limitResponse", "queuing")
    queuing = answer.get("queuing")
    if answer.get("type") == "Queue" and queuing is None:
        yield subject.found(path, f"{subject} makes requests wait and has no queues, expected the field queuing")
    if answer.get("type") == "Reject" and queuing is not None:
        yield subject.found(path, f"{subject} rejects requests and has queues, expected none")
    if isinstance(queuing, dict):
        yield from _hand(subject, queuing, path)


def _hand(subject: Subject, queuing: Mapping[str, Any], path: Path) -> Iterator[Found]:
    hand, queues = (queuing.get(name) or default for name, default in _QUEUING.items())
    if type(hand) is not int or type(queues) is not int or not 0 < queues <= _MOST_QUEUES:
        return  # reported as malformed
    message = ""
    if hand > queues:
        message = f"{subject} deals {hand} queues to each flow, expected at most all, {queues}"
    elif hand > 0 and ceil(log2(queues) * hand) > _HASH_BITS:
        message = f"{subject} deals {hand} of {queues} queues to each flow, more ways than its hash can tell"
    if message:
        yield subject.found((*path, "handSize"), message, "lower handSize, 8 where it is not set")
