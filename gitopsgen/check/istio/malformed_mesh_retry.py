"""Retries that the mesh cannot do.

What it finds:
    In a VirtualService: a negative number of attempts; no attempts, but a timeout or conditions for them; a condition
    in `retryOn` that is neither one of Envoy's nor an HTTP status.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{retries: {attempts: 2, retryOn: "connect-failure, timeout"}, route: [{destination: {host: pay}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{retries: {attempts: 2, retryOn: "connect-failure,refused-stream"}, route: [{destination: {host: pay}}]}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG545", "malformed-mesh-retry", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)
_CONDITIONS: Final = frozenset(
    {
        "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream",
        "retriable-status-codes", "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure", "cancelled",
        "deadline-exceeded", "internal", "resource-exhausted", "unavailable",
    }
)  # fmt: skip
_NUMBER: Final = re.compile(r"\+?[0-9]+")
_STATUSES: Final = frozenset(status.value for status in HTTPStatus)


def check(subject: Subject) -> Iterator[Found]:
    """Report retries that are refused."""
    for path, found in members(subject.data, "spec", "http", EACH, "retries"):
        if isinstance(found, dict):
            yield from _judge(subject, path, mapping(found))


def _judge(subject: Subject, path: Path, retries: Mapping[str, Any]) -> Iterator[Found]:
    attempts = retries.get("attempts") or 0
    if not isinstance(attempts, int):
        return
    if attempts < 0:
        yield subject.found((*path, "attempts"), f"{subject} tries {attempts} times, expected 0 or more")
    told = [name for name in ("perTryTimeout", "retryRemoteLocalities") if retries.get(name) is not None]
    told += ["retryOn"] if retries.get("retryOn") else []
    if attempts == 0 and told:
        message = f"{subject} tries nothing again, but says how in {told[0]}: expected attempts above 0"
        yield subject.found((*path, told[0]), message)
    conditions = text(retries.get("retryOn"))
    for condition in conditions.split(",") if conditions else ():
        if condition not in _CONDITIONS and not _is_status(condition):
            message = f'{subject} tries again after "{condition}", which is no condition of Envoy and no status'
            hint = "no space beside the commas" if condition != condition.strip() else ""
            yield subject.found((*path, "retryOn"), message, hint or suggestion(condition, _CONDITIONS))


def _is_status(condition: str) -> bool:
    return _NUMBER.fullmatch(condition) is not None and int(condition) in _STATUSES
