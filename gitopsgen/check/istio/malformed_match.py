"""A match of requests that cannot be read.

What it finds:
    In a VirtualService: an empty prefix of anything but a path, a regular expression that RE2 does not compile, the
    name of a header that is none, a namespace that is no DNS label.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{match: [{uri: {regex: "/api(?!/v1)"}}], route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{match: [{uri: {regex: "/api/v[2-9].*"}}], route: [{destination: {host: pay}}]}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import DNS_LABEL, ROUTES, is_header, is_label, regular
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path

RULE = Rule("GG571", "malformed-match", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_TEXTS: Final = ("uri", "scheme", "method", "authority")
_PSEUDO: Final = frozenset({":method", ":scheme", ":authority", ":path", ":status"})
_CLAIM: Final = re.compile(r"@request\.auth\.claims(?:\..+|\[.+\])", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Report matches that are refused."""
    for path, found in members(subject.data, "spec", "http", EACH, "match", EACH):
        match = mapping(found)
        for name in _TEXTS:
            yield from _text(subject, (*path, name), mapping(match.get(name)), is_path=name == "uri")
        for name in ("headers", "withoutHeaders"):
            yield from _headers(subject, (*path, name), mapping(match.get(name)))
        for name, one in mapping(match.get("queryParams")).items():
            yield from _text(subject, (*path, "queryParams", name), mapping(one))
        namespace = text(match.get("sourceNamespace"))
        if namespace and not is_label(namespace):
            message = f'the namespace "{namespace}" in a match of {subject} must be {DNS_LABEL}'
            yield subject.found((*path, "sourceNamespace"), message)


def _headers(subject: Subject, path: Path, headers: Mapping[str, Any]) -> Iterator[Found]:
    for name, one in headers.items():
        if not (_CLAIM.fullmatch(name) or name in _PSEUDO or is_header(name)):
            yield subject.found((*path, name), f'a match of {subject} reads the header "{name}", which can be none')
        if path[-1] == "headers" and one is None:
            yield subject.found((*path, name), f'a match of {subject} reads "{name}" and says not for what')
        if path[-1] == "headers" or mapping(one).get("regex") != "*":
            yield from _text(subject, (*path, name), mapping(one))


def _text(subject: Subject, path: Path, one: Mapping[str, Any], *, is_path: bool = False) -> Iterator[Found]:
    if one.get("prefix") == "" and not is_path:
        message = f"a match of {subject} is for every {path[-1]}, expected a prefix, or no match at all"
        yield subject.found((*path, "prefix"), message)
    if isinstance(one.get("regex"), str) and (expected := regular(one["regex"])):
        yield subject.found((*path, "regex"), f"a match of {subject} must be {expected}")
