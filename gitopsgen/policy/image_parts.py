"""The parts of an image that a mutator of Gatekeeper may set.

https://open-policy-agent.github.io/gatekeeper/website/docs/mutation#assignimage
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_DOMAIN: Final = re.compile(r"\w[\w\-]*\.[\w\-.]*\w(:\d+)?|localhost(:\d+)?", re.ASCII)
_PATH: Final = re.compile(r"[a-z0-9]+(?:(?:[._/]|__|-*)[a-z0-9]+)*")
_TAG: Final = re.compile(
    r":\w[\w.-]{0,127}|@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}", re.ASCII
)
_BEFORE_TAG: Final = re.compile(r"[^:@]*")


class ImageParts(NamedTuple):
    """Domain, path, and tag or digest with the sign before it; each is empty where there is none."""

    domain: str
    path: str
    tag: str

    @property
    def problem(self) -> str:
        """Why a mutator may not set them, empty where it may."""
        if not any(self):
            return "none of assignDomain, assignPath and assignTag is set"
        if self.domain and not _DOMAIN.fullmatch(self.domain):
            return f'assignDomain is "{self.domain}", expected a full domain name or localhost'
        if self.path and not _PATH.fullmatch(self.path):
            return f'assignPath is "{self.path}", expected the path of an image'
        if self.tag and not _TAG.fullmatch(self.tag):
            return f'assignTag is "{self.tag}", expected ":" and a tag, or "@" and a digest'
        if not self.domain and parts_of(self.path).domain:
            return f'assignPath "{self.path}" begins as a domain does, and assignDomain is not set'
        return ""

    def over(self, image: str) -> str:
        """Give an image with these parts in the place of its own."""
        domain, path, tag = (mine or own for mine, own in zip(self, parts_of(image), strict=True))
        return f"{domain}/{path}{tag}" if domain else path + tag


def parts_of(image: str) -> ImageParts:
    """Take an image apart."""
    first, slash, rest = image.partition("/")
    is_domain = bool(slash) and (first == "localhost" or "." in first or ":" in first)
    domain, rest = (first, rest) if is_domain else ("", image)
    path = _BEFORE_TAG.match(rest)
    end = path.end() if path else 0
    return ImageParts(domain, rest[:end], rest[end:])
