"""An image whose digest nobody has resolved yet.

What it finds:
    A container whose image is pinned to the digest of sixty-four zeros, which the image lock gives
    until the real digest is known.

Why:
    Such a pod fails to pull rather than runs unpinned; before a release every digest must be real.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      containers:
        - name: gateway
          image: registry.example.com/gateway@sha256:0000000000000000000000000000000000000000000000000000000000000000

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      containers:
        - name: gateway
          image: registry.example.com/gateway@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.images import UNRESOLVED, parse
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule("GG423", "unresolved-digest", Severity.WARNING, on=has_pods, is_shared=True, is_convention=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report images pinned to the digest that stands for none."""
    for path, container in containers(subject):
        image = parse(text(container.get("image")))
        if image is not None and image.digest == UNRESOLVED:
            name = f"{image.repository}:{image.tag}" if image.tag else image.repository
            message = f'the digest of image "{name}" is unresolved, expected the digest of a real image'
            yield subject.found((*path, "image"), message, "gitopsgen pins update")
