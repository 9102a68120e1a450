"""A label whose key or value Kubernetes does not allow.

What it finds:
    Labels of objects and pod templates, the labels that a Service or the `matchLabels` of a workload select, and those
    of nodes that a RuntimeClass wants, with a key or value outside the grammar: at most 63 characters, letters,
    digits, `-`, `_` and `.`; ASCII only.

Why:
    The API server refuses the object. Names in other scripts belong in annotations.

Example:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payment
      labels: {gitopsgen.io/city: 上海}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payment
      labels: {gitopsgen.io/city: shanghai}
      annotations: {gitopsgen.io/city: 上海}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from gitopsgen.check.names import label_key, label_value
from gitopsgen.check.pods import template
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG413", "malformed-label", Severity.ERROR, is_shared=True, refused_by=API_SERVER)
_MAPS: Final = {
    ("", "ReplicationController"): ("spec", "selector"),
    ("", "Service"): ("spec", "selector"),
    ("node.k8s.io", "RuntimeClass"): ("scheduling", "nodeSelector"),
}


def check(subject: Subject) -> Iterator[Found]:
    """Report labels that the API server refuses."""
    yield from _judge(subject, mapping(subject.metadata.get("labels")), ("metadata", "labels"))
    if wanted := _MAPS.get((subject.known.group, subject.known.name)):
        yield from _judge(subject, mapping(mapping(subject.data.get(wanted[0])).get(wanted[1])), wanted)
    pods = subject.known.pods
    if pods:
        labels = mapping(mapping(template(subject).get("metadata")).get("labels"))
        yield from _judge(subject, labels, (*pods, "metadata", "labels"))
        selected = mapping(mapping(mapping(subject.data.get("spec")).get("selector")).get("matchLabels"))
        yield from _judge(subject, selected, ("spec", "selector", "matchLabels"))


def _judge(subject: Subject, labels: Mapping[str, Any], path: Path) -> Iterator[Found]:
    try:
        wrong = _wrong(tuple(labels.items()))
    except TypeError:  # a list or a mapping as a value, which the schema refuses
        wrong = _wrong(tuple((key, value if isinstance(value, str) else None) for key, value in labels.items()))
    for key, message in wrong:
        yield subject.found((*path, key), message)


@lru_cache(maxsize=8192)
def _wrong(labels: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, str], ...]:
    """Give keys and messages; kept, for most objects of a case in a city carry the same labels."""
    return tuple(_wrong_ones(labels))


def _wrong_ones(labels: tuple[tuple[str, Any], ...]) -> Iterator[tuple[str, str]]:
    for key, value in labels:
        expected = label_key(key)
        if expected:
            yield key, f'the label key "{key}" must be {expected}'
        expected = label_value(value) if isinstance(value, str) else ""
        if expected:
            yield key, f'the value "{value}" of the label "{key}" must be {expected}'
