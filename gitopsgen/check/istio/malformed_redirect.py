"""A redirect, response or rewrite that says nothing, or what cannot be.

What it finds:
    In a VirtualService: a redirect without a target or with two, with a code other than 3xx or a scheme other than
    http and https; a direct response whose code no answer has; a rewrite of nothing, of the path in two ways, or by an
    expression that does not compile.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{redirect: {uri: /new, redirectCode: 200}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{redirect: {uri: /new, redirectCode: 308}}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES, STATUS, is_status, regular
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG570", "malformed-redirect", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_TARGETS: Final = ("uri", "prefixRewrite", "authority", "scheme")
_PORTS: Final = ("port", "derivePort")
_REDIRECTS: Final = range(300, 400)
_LARGEST: Final = 1024 * 1024


def check(subject: Subject) -> Iterator[Found]:
    """Report redirects, responses and rewrites that are refused."""
    for path, found in members(subject.data, "spec", "http", EACH):
        route = mapping(found)
        if isinstance(route.get("redirect"), dict):
            yield from _redirect(subject, (*path, "redirect"), route)
        if isinstance(route.get("directResponse"), dict):
            yield from _response(subject, (*path, "directResponse"), route["directResponse"])
        if isinstance(route.get("rewrite"), dict):
            yield from _rewrite(subject, (*path, "rewrite"), route["rewrite"])


def _redirect(subject: Subject, path: Path, route: Mapping[str, Any]) -> Iterator[Found]:
    redirect = route["redirect"]
    uri, prefix = redirect.get("uri"), redirect.get("prefixRewrite")
    if uri and prefix:
        yield subject.found((*path, "prefixRewrite"), f"{subject} redirects to uri and prefixRewrite, expected one")
    matched = [mapping(match).get("uri") for match in sequence(route.get("match"))]
    if prefix and any(one is not None and "prefix" not in mapping(one) for one in matched):
        message = f"{subject} has a prefixRewrite, expected all its matches of uri to be of a prefix"
        yield subject.found((*path, "prefixRewrite"), message)
    if not any(redirect.get(name) for name in _TARGETS) and all(redirect.get(name) is None for name in _PORTS):
        yield subject.found(path, f"{subject} redirects to nothing, expected uri, authority, scheme or port")
    code = redirect.get("redirectCode")
    if isinstance(code, int) and code and code not in _REDIRECTS:
        yield subject.found((*path, "redirectCode"), f"{subject} redirects with {code}, expected 300 to 399")
    if text(redirect.get("scheme")) not in {"", "http", "https"}:
        message = f'{subject} redirects to the scheme "{redirect["scheme"]}", expected http or https'
        yield subject.found((*path, "scheme"), message)


def _response(subject: Subject, path: Path, response: Mapping[str, Any]) -> Iterator[Found]:
    status = response.get("status", 0)
    if not is_status(status):
        yield subject.found((*path, "status"), f"{subject} answers with {status}, expected {STATUS}")
    size = len(text(mapping(response.get("body")).get("string")).encode())
    if size > _LARGEST:
        yield subject.found((*path, "body"), f"{subject} answers with {size} bytes, expected at most {_LARGEST}")


def _rewrite(subject: Subject, path: Path, rewrite: Mapping[str, Any]) -> Iterator[Found]:
    expression = rewrite.get("uriRegexRewrite")
    if rewrite.get("uri") and expression is not None:
        message = f"{subject} rewrites uri and uriRegexRewrite, expected one of them"
        yield subject.found((*path, "uriRegexRewrite"), message)
    if not rewrite.get("uri") and not rewrite.get("authority") and expression is None:
        yield subject.found(path, f"{subject} rewrites nothing, expected uri, uriRegexRewrite or authority")
    if not isinstance(expression, dict):
        return
    for name in ("match", "rewrite"):
        if not expression.get(name):
            yield subject.found((*path, "uriRegexRewrite"), f"a uriRegexRewrite of {subject} has no {name}")
    if expression.get("match") and (expected := regular(text(expression["match"]))):
        yield subject.found((*path, "uriRegexRewrite", "match"), f"a uriRegexRewrite of {subject} must be {expected}")
