"""A change of headers that Envoy cannot make.

What it finds:
    In a VirtualService: a header without a name, `Host` or one that begins with `:` where it cannot be set or removed,
    a value whose `%` begins no variable, the host's name set twice.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{headers: {response: {set: {x-share: 5%}}}, route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{headers: {response: {set: {x-share: 5%%}}}, route: [{destination: {host: pay}}]}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG573", "malformed-header-operation", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_AUTHORITY: Final = frozenset({":authority", "host"})
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# %% is a sign, %NAME% a variable, %NAME(...)% one with an argument or a list of quoted ones.
_ARGUMENT: Final = r"\( *(?:\[ *\"|[^ \[])"
_TEXT: Final = r"(?:\\.|[^\\)\"])*"
_LIST_GOES_ON: Final = rf"\" *, *\"{_TEXT}"
_ENDED: Final = r"(?:\)|\" *\] *\))"
_VARIABLE: Final = rf"%(?!%)[^%(]*(?:%|{_ARGUMENT}{_TEXT}(?:{_LIST_GOES_ON})*{_ENDED} *%)"
_VALUE: Final = re.compile(rf"(?:[^%]|%%|{_VARIABLE})*", re.DOTALL)


def check(subject: Subject) -> Iterator[Found]:
    """Report changes of headers that are refused."""
    for above, found in members(subject.data, "spec", "http", EACH):
        yield from _operations(subject, (*above, "headers"), mapping(mapping(found).get("headers")))
        yield from _authority(subject, above, mapping(found))
        for path, headers in members(found, "route", EACH, "headers"):
            yield from _operations(subject, (*above, *path), mapping(headers))


def _operations(subject: Subject, path: Path, headers: Mapping[str, Any]) -> Iterator[Found]:
    for side in ("request", "response"):
        operations = mapping(headers.get(side))
        for operation in ("add", "set"):
            for name, value in mapping(operations.get(operation)).items():
                where = (*path, side, operation, name)
                yield from _name(subject, where, name, takes_authority=side == "request")
                if isinstance(value, str) and (_CONTROL.search(value) or not _VALUE.fullmatch(value)):
                    message = f'the value "{value}" of a header of {subject} has a % that begins no variable'
                    if _CONTROL.search(value):
                        message = f"the value of the header {name} of {subject} has a control character"
                    yield subject.found(where, message, "a sign of its own is written %%")
        for index, removed in enumerate(sequence(operations.get("remove"))):
            yield from _name(subject, (*path, side, "remove", index), text(removed), takes_authority=False)


def _name(subject: Subject, path: Path, name: str, *, takes_authority: bool) -> Iterator[Found]:
    is_own = name.startswith(":") or name.lower() == "host"
    if not name or (is_own and not (takes_authority and name.lower() in _AUTHORITY)):
        message = f'{subject} changes the header "{name}", expected a name that is not Host and without ":"'
        yield subject.found(path, message)


def _authority(subject: Subject, above: Path, route: Mapping[str, Any]) -> Iterator[Found]:
    current = mapping(route.get("rewrite")).get("authority")
    request = mapping(mapping(route.get("headers")).get("request"))
    for operation in ("set", "add"):
        for name, value in mapping(request.get(operation)).items():
            if name.lower() not in _AUTHORITY:
                continue
            if current:
                path = (*above, "headers", "request", operation, name)
                yield subject.found(path, f'a route of {subject} sets the host to "{current}" and "{value}"')
            current = value
