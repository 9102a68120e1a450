"""A policy for other origins that no browser is told.

What it finds:
    In the `corsPolicy` of a VirtualService: an origin without content or with an expression that RE2 does not compile,
    a method or a header that is none, a `maxAge` that is not of whole seconds.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{corsPolicy: {allowMethods: [get]}, route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{corsPolicy: {allowMethods: [GET]}, route: [{destination: {host: pay}}]}]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES, is_header, nanoseconds, regular
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule("GG572", "malformed-cors", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_POLICY: Final = ("spec", "http", EACH, "corsPolicy")
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*")
_SECOND: Final = 10**9


def check(subject: Subject) -> Iterator[Found]:
    """Report policies for other origins that are refused."""
    yield from _origins(subject)
    yield from _methods(subject)
    for field in ("allowHeaders", "exposeHeaders"):
        for path, name in members(subject.data, *_POLICY, field, EACH):
            if isinstance(name, str) and not is_header(name):
                yield subject.found(path, f'{subject} tells of the header "{name}", which can be none')
    for path, age in members(subject.data, *_POLICY, "maxAge"):
        if (nanoseconds(text(age)) or 0) % _SECOND:
            yield subject.found(path, f'maxAge of {subject} is "{age}", expected whole seconds')


def _origins(subject: Subject) -> Iterator[Found]:
    for path, origin in members(subject.data, *_POLICY, "allowOrigins", EACH):
        one = mapping(origin)
        if not any(one.get(form) for form in ("exact", "prefix", "regex")):
            yield subject.found(path, f"an origin of {subject} is empty, expected exact, prefix or regex")
        elif one.get("regex") and (expected := regular(text(one["regex"]))):
            yield subject.found((*path, "regex"), f"an origin of {subject} must be {expected}")


def _methods(subject: Subject) -> Iterator[Found]:
    for path, method in members(subject.data, *_POLICY, "allowMethods", EACH):
        if isinstance(method, str) and method not in _METHODS:
            message = f'{subject} allows the method "{method}", expected one of {listed(_METHODS)}'
            yield subject.found(path, message, suggestion(method.upper(), _METHODS))
