"""An image without a digest.

What it finds:
    A container whose image is not pinned by `@sha256:…`, or carries the tag `latest`.

Why:
    A tag can be moved: what was tested and scanned is then not what fifty cities pull.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      containers:
        - {name: gateway, image: "registry.example.com/pay:1.4.2"}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      containers:
        - name: gateway
          image: registry.example.com/pay:1.4.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.images import INJECTED, parse
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule("GG421", "unpinned-image", Severity.ERROR, on=has_pods, is_shared=True)
_CURE = "add the digest; in a template, the image function takes it from the image lock"


def check(subject: Subject) -> Iterator[Found]:
    """Report images that can change under their name, and references that are none."""
    for path, container in containers(subject):
        reference = text(container.get("image"))
        image = parse(reference)
        if reference in ("", INJECTED):
            continue
        if image is None:
            yield subject.found((*path, "image"), f'image "{reference}" cannot be read as an image reference')
        elif not image.digest:
            message = f'image "{reference}" has no digest, expected one that ends in @sha256:…'
            yield subject.found((*path, "image"), message, _CURE)
        elif image.tag == "latest":
            message = f'image "{reference}" has the tag "latest", expected the tag of a release'
            yield subject.found((*path, "image"), message)
