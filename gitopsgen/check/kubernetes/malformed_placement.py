"""A rule of placement or a selector that can select nothing.

What it finds:
    Expressions with values where the operator takes none, or none where it needs some; node affinity without
    terms, or with fields that no node has; topology keys that are none, `minDomains` of a spread that does not bind;
    selectors of nodes and pods that no label can meet, namespaces that are no names; `matchLabelKeys` without a
    selector, or with a key that the selector has too.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In}]}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.kubernetes import label_keys
from gitopsgen.check.kubernetes.lenience import VALUES_VALIDATED, release, validated
from gitopsgen.check.names import dns_label, label_key, label_value
from gitopsgen.check.pods import pod_labels, pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.check.selectors import Wrong, expressions, fields, keys, labels, values
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG456", "malformed-placement", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_PODS: Final = tuple(
    steps
    for kind in ("podAffinity", "podAntiAffinity")
    for steps in (
        ("affinity", kind, _REQUIRED, EACH),
        ("affinity", kind, _PREFERRED, EACH, "podAffinityTerm"),
    )
)
_NODES: Final = (
    ("affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms", EACH),
    ("affinity", "nodeAffinity", _PREFERRED, EACH, "preference"),
)
_SPREAD: Final = ("topologySpreadConstraints", EACH)


def check(subject: Subject) -> Iterator[Found]:
    """Report placements and selectors that the server does not take."""
    yield from _own_selector(subject)
    spec = pod_spec(subject)
    is_newer = release(subject.known.kind) >= VALUES_VALIDATED
    for path, message, hint in (*_placement(spec), *(_values(spec) if is_newer else ())):
        yield validated(subject.found((*spec_path(subject), *path), message, hint))
    yield from map(validated, _label_keys(subject, spec))


def _own_selector(subject: Subject) -> Iterator[Found]:
    selector = mapping(subject.data.get("spec")).get("selector")
    for path, message, hint in expressions(selector if subject.known.name != "Pod" else None):
        yield subject.found(("spec", "selector", *path), message, hint)


def _placement(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    yield from _spread(spec)
    yield from _gates(spec)
    for steps in (*_PODS, _SPREAD):
        for path, term in members(spec, *steps):
            yield from _key(path, mapping(term), is_label=steps is not _SPREAD)
            for below, *said in labels(mapping(term).get("labelSelector")):
                yield (*path, "labelSelector", *below), said[0], said[1]
            yield from _names(path, mapping(term))
    for steps in _NODES:
        for path, term in members(spec, *steps):
            for below, *said in (*keys(term), *expressions(term), *fields(term)):
                yield (*path, *below), said[0], said[1]
    yield from _nodes(spec)


def _gates(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    if spec.get("schedulingGates") and spec.get("nodeName"):
        yield ("nodeName",), "nodeName beside schedulingGates: a pod that waits has no node yet", "remove one of them"


def _key(path: Path, term: Mapping[str, Any], *, is_label: bool) -> Iterator[Wrong]:
    key = term.get("topologyKey")
    if key == "":
        yield (*path, "topologyKey"), "the topologyKey is empty", "name a label of nodes"
    elif is_label and isinstance(key, str) and (expected := label_key(key)):
        yield (*path, "topologyKey"), f'the topologyKey "{key}" must be {expected}', ""


def _values(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    for path, term in members(spec, *_NODES[0]):
        for below, *said in values(term):
            yield (*path, *below), said[0], said[1]


def _names(path: Path, term: Mapping[str, Any]) -> Iterator[Wrong]:
    for index, name in enumerate(map(text, sequence(term.get("namespaces")))):
        if expected := dns_label(name):
            yield (*path, "namespaces", index), f'the namespace "{name}" must be {expected}', ""


def _label_keys(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    """Give what is wrong with keys of labels; what only the pods of a template are refused for is no refusal of it."""
    labels, version = pod_labels(subject), release(subject.known.kind)
    for steps in (*_PODS, _SPREAD):
        for path, term in members(spec, *steps):
            judge = partial(label_keys.wrong, mapping(term), release=version, is_spread=steps is _SPREAD)
            at_once = list(judge(labels if subject.known.name == "Pod" else {}))
            for one in judge(labels):
                found = subject.found((*spec_path(subject), *path, *one[0]), *one[1:])
                yield found if one in at_once else found._replace(refused=False)


def _spread(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    for path, one in members(spec, *_SPREAD):
        constraint = mapping(one)
        domains, otherwise = constraint.get("minDomains"), constraint.get("whenUnsatisfiable")
        if domains is not None and otherwise == "ScheduleAnyway":
            message = "minDomains beside whenUnsatisfiable: ScheduleAnyway, which binds nothing"
            yield (*path, "minDomains"), message, "write DoNotSchedule, or remove minDomains"


def _nodes(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    path: Path = ("affinity", "nodeAffinity", _REQUIRED)
    for _, required in members(spec, *map(str, path)):
        if isinstance(required, dict) and required.get("nodeSelectorTerms") == []:
            yield (*path, "nodeSelectorTerms"), "node affinity without terms, so no node would do", "add a term"
    for key, value in mapping(spec.get("nodeSelector")).items():
        expected = label_key(text(key)) or label_value(text(value))
        if expected:
            yield ("nodeSelector", key), f'no node can have the label "{key}: {value}"; it must be {expected}', ""
