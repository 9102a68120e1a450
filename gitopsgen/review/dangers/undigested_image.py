"""An image that is named by a tag alone, where it was not before.

What it finds:
    A container whose image has no digest, if it is new or had one before; the same of `image` and `imageName` of a
    custom kind, from which an operator makes containers.

Why:
    A tag can be moved after the review: what runs is then not what was looked at.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec:
      containers:
        - name: app
          image: example.com/app:1.0@sha256:2222222222222222222222222222222222222222222222222222222222222222
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec: {containers: [{name: app, image: example.com/app:1.1}]}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec: {containers: [{name: app, image: example.com/app:1.0}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec:
      containers:
        - name: app
          image: example.com/app:1.0@sha256:2222222222222222222222222222222222222222222222222222222222222222

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.images import parse
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG912", "undigested-image", Severity.WARNING)

_NAMES: Final = frozenset({"image", "imageName"})


def check(change: Changed) -> Iterator[Found]:
    """Report images that lose, or never had, a digest."""
    if change.after is None:
        return
    old = dict(_images(change.before)) if change.before else {}
    for name, (path, image) in _images(change.after):
        if not _has_digest(image) and (name not in old or old[name][1] != image):
            message = f'{name} runs "{image}", which has no digest'
            yield Found(path, message, "add it to the image lock and run 'gitopsgen pins update'")


def _images(subject: Subject) -> Iterator[tuple[str, tuple[Path, str]]]:
    if subject.known.pods is None and "." in subject.known.group.removesuffix(".k8s.io"):
        for path, image in _named_in(mapping(subject.data.get("spec")), ("spec",)):
            yield ".".join(map(str, path)), (path, image)
    for path, container in containers(subject):
        if image := text(container.get("image")):
            yield f'container "{text(container.get("name"))}"', ((*path, "image"), image)


def _named_in(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in entries:
        if step in _NAMES and text(one):
            yield (*path, step), one
        else:
            yield from _named_in(one, (*path, step))


def _has_digest(image: str) -> bool:
    parsed = parse(image)
    return parsed is not None and bool(parsed.digest)
