"""An image without a registry.

What it finds:
    A container whose image names no registry, so that each node's default decides where it comes from.

Why:
    The default registry cannot be reached from an edge node, limits pulls, and is not the one that was scanned.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      containers:
        - name: gateway
          image: payment/gateway@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

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

from gitopsgen.check.images import INJECTED, parse
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule("GG422", "unqualified-image", Severity.ERROR, on=has_pods, is_shared=True, is_convention=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report images that name no registry."""
    for path, container in containers(subject):
        reference = text(container.get("image"))
        image = parse(reference)
        if image is not None and not image.registry and reference != INJECTED:
            message = f'image "{reference}" names no registry, expected a host such as registry.example.com first'
            yield subject.found((*path, "image"), message)
