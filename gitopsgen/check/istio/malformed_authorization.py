"""A rule of an AuthorizationPolicy that cannot be read, or says nothing.

What it finds:
    A source or an operation that is empty, an empty value, a port that is no number up to 65535, a condition without
    values or with a key that Istio does not know, a policy to DENY or CUSTOM without rules, and a `provider` without
    the action CUSTOM, or the other way round.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: pay, namespace: istio-system}
    spec:
      rules: [{to: [{operation: {ports: [http]}}], when: [{key: request.header, values: [a]}]}]

Instead:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: pay, namespace: istio-system}
    spec:
      rules: [{to: [{operation: {ports: ["80"]}}], when: [{key: "request.headers[x-role]", values: [a]}]}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import is_port_text
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule(
    "GG550",
    "malformed-authorization",
    Severity.ERROR,
    on=of_kind("AuthorizationPolicy.security.istio.io"),
    is_shared=True,
    reads=frozenset({"notPorts", "ports"}),
    refused_by=MESH,
)
_PLAIN: Final = frozenset(
    {
        "source.ip", "remote.ip", "source.namespace", "source.serviceAccount", "source.principal",
        "source.trustDomain", "request.auth.principal", "request.auth.audiences", "request.auth.presenter",
        "destination.ip", "destination.port", "connection.sni",
    }
)  # fmt: skip
_KEYED: Final = ("request.headers", "request.auth.claims", "experimental.envoy.filters.")
_LAST_PORT: Final = 65535


def check(subject: Subject) -> Iterator[Found]:
    """Report policies that are refused."""
    spec = mapping(subject.data.get("spec"))
    action, rules = text(spec.get("action")), sequence(spec.get("rules"))
    if action in {"DENY", "CUSTOM"} and not rules:
        message = f"{subject} has the action {action} and no rules, so it never applies"
        yield subject.found(("spec",), message, "rules: [{}] applies to each request")
    if action != "CUSTOM" and spec.get("provider") is not None:
        yield subject.found(("spec", "provider"), f"{subject} has a provider, expected one for the action CUSTOM only")
    if action == "CUSTOM" and rules and not mapping(spec.get("provider")).get("name"):
        yield subject.found(("spec",), f"{subject} has the action CUSTOM, expected the name of a provider")
    for side, part in (("from", "source"), ("to", "operation")):
        for path, entry in members(subject.data, "spec", "rules", EACH, side, EACH):
            yield from _part(subject, (*path, part), mapping(entry).get(part))
    for path, condition in members(subject.data, "spec", "rules", EACH, "when", EACH):
        yield from _condition(subject, path, mapping(condition))


def _part(subject: Subject, path: Path, part: Any) -> Iterator[Found]:
    if not any(sequence(values) for values in mapping(part).values()):
        yield subject.found(path, f"{path[-1]} of a rule of {subject} is empty, expected something to match")
    for name, values in mapping(part).items():
        for index, value in enumerate(sequence(values)):
            if value == "":
                yield subject.found((*path, name, index), f"a value in {name} of {subject} is empty, expected a text")
            elif name in {"ports", "notPorts"} and isinstance(value, str) and not is_port_text(value):
                message = f'a port of {subject} is "{value}", expected a number up to {_LAST_PORT}'
                yield subject.found((*path, name, index), message)


def _condition(subject: Subject, path: Path, condition: Mapping[str, Any]) -> Iterator[Found]:
    key = condition.get("key")
    if not isinstance(key, str):
        return
    if not _is_known(key):
        message = f'a condition of {subject} asks for "{key}", which Istio does not know'
        yield subject.found((*path, "key"), message, suggestion(key, _PLAIN))
    if not condition.get("values") and not condition.get("notValues"):
        yield subject.found(path, f'the condition on "{key}" of {subject} has no values, expected values or notValues')
    for name in ("values", "notValues"):
        for index, value in enumerate(sequence(condition.get(name))):
            if value == "":
                yield subject.found((*path, name, index), f'a value for "{key}" of {subject} is empty')


def _is_known(key: str) -> bool:
    opened = key.find("[")
    is_keyed = key.endswith("]") and 0 < opened < len(key) - 2
    return key in _PLAIN or (key.startswith(_KEYED) and is_keyed)
