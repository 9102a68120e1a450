"""The parts of an image reference.

Knows the grammar of references; which of them are good is said by rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_REFERENCE = re.compile(
    r"(?:(?P<registry>[a-zA-Z0-9.-]+(?::[0-9]+)?)/)?"
    r"(?P<repository>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
INJECTED = "auto"  # in the place of an image that Istio's injector fills in
UNRESOLVED = "sha256:" + 64 * "0"


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference; what is left out is empty."""

    registry: str
    repository: str
    tag: str
    digest: str


@lru_cache(maxsize=4096)
def parse(reference: str) -> Image | None:
    """Give the parts of a reference, None where it is none."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    registry, repository = match["registry"] or "", match["repository"]
    if registry and not ("." in registry or ":" in registry or registry == "localhost"):
        # a first part that is no host is a folder of the default registry
        registry, repository = "", f"{registry}/{repository}"
    return Image(registry, repository, match["tag"] or "", match["digest"] or "")
