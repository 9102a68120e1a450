"""A fault that cannot be injected.

What it finds:
    In a VirtualService: a fault that neither delays nor aborts, one for a share of requests below 0 or above 100
    percent, a code that no answer has, an abort of HTTP/2.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{fault: {abort: {httpStatus: 42}}, route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{fault: {abort: {httpStatus: 503}}, route: [{destination: {host: pay}}]}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES, STATUS, is_status
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG569", "malformed-fault", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_LEAST: Final = 0.0001
_MOST: Final = 100
# https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
_OF_GRPC: Final = frozenset(
    {
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    }
)  # fmt: skip


def check(subject: Subject) -> Iterator[Found]:
    """Report faults that are refused."""
    for path, found in members(subject.data, "spec", "http", EACH, "fault"):
        if not isinstance(found, dict):
            continue
        if found.get("abort") is None and found.get("delay") is None:
            yield subject.found(path, f"a fault of {subject} does nothing, expected abort or delay")
        for part in ("abort", "delay"):
            yield from _share(subject, (*path, part, "percentage", "value"), mapping(found.get(part)))
        yield from _abort(subject, (*path, "abort"), mapping(found.get("abort")))
        if mapping(found.get("delay")).get("exponentialDelay") is not None:
            message = f"a fault of {subject} has an exponentialDelay, which is not supported, expected fixedDelay"
            yield subject.found((*path, "delay", "exponentialDelay"), message)


def _share(subject: Subject, path: Path, part: Mapping[str, Any]) -> Iterator[Found]:
    share = mapping(part.get("percentage")).get("value")
    if isinstance(share, (int, float)) and share != 0 and not _LEAST <= share <= _MOST:
        yield subject.found(path, f"a fault of {subject} is for {share} percent, expected 0, or {_LEAST} to {_MOST}")


def _abort(subject: Subject, path: Path, abort: Mapping[str, Any]) -> Iterator[Found]:
    status, of_grpc = abort.get("httpStatus"), abort.get("grpcStatus")
    if not is_status(status):
        yield subject.found((*path, "httpStatus"), f"a fault of {subject} has the code {status}, expected {STATUS}")
    if isinstance(of_grpc, str) and of_grpc not in _OF_GRPC:
        message = f'a fault of {subject} has the status "{of_grpc}", expected one of gRPC such as NOT_FOUND'
        yield subject.found((*path, "grpcStatus"), message, suggestion(of_grpc, _OF_GRPC))
    if abort.get("http2Error") is not None:
        message = f"a fault of {subject} has an http2Error, which is not supported, expected httpStatus"
        yield subject.found((*path, "http2Error"), message)
