"""An annotation whose key Kubernetes does not allow, or more annotations than it takes.

What it finds:
    Annotations of objects and pod templates with a key outside the grammar, and annotations of more than
    256 KiB together.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payment
      annotations: {"owner of payments": core-banking}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payment
      annotations: {gitopsgen.io/owner: core-banking}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.names import label_key
from gitopsgen.check.pods import template
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG414", "malformed-annotation", Severity.ERROR, is_shared=True, refused_by=API_SERVER)
_LIMIT = 256 * 1024


def check(subject: Subject) -> Iterator[Found]:
    """Report annotations that the API server refuses."""
    yield from _judge(subject, mapping(subject.metadata.get("annotations")), ("metadata", "annotations"))
    pods = subject.known.pods
    if pods:
        annotations = mapping(mapping(template(subject).get("metadata")).get("annotations"))
        yield from _judge(subject, annotations, (*pods, "metadata", "annotations"))


def _judge(subject: Subject, annotations: Mapping[str, Any], path: Path) -> Iterator[Found]:
    for key in annotations:
        # the server lowers the key before it judges the prefix
        expected = label_key(key.lower())
        if expected:
            yield subject.found((*path, key), f'the annotation key "{key}" must be {expected}')
    size = sum(len(key) + len(str(value).encode()) for key, value in annotations.items())
    if size > _LIMIT:
        yield subject.found(path, f"the annotations have {size} bytes together, expected at most {_LIMIT}")
