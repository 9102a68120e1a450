"""A value in an AuthorizationPolicy that Istio does not take there.

What it finds:
    In a source: a service account that is no name, or namespace and name, more than 16 of them, one beside namespaces
    or principals; a trust domain with `/` or with `*` in the middle. In an operation: a path with `{` or `}` that is no
    template of its own, or with anything behind `{**}`. In a condition: an address that is none, a port that is no
    number up to 65535, and the same of accounts and trust domains. With the action CUSTOM: who calls, which is not
    known when the provider is asked.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: pay, namespace: payment}
    spec:
      rules:
        - from: [{source: {serviceAccounts: [orders/api/main]}}]
          to: [{operation: {paths: ["/pay/{id}"]}}]
          when: [{key: source.ip, values: [10.0.0.0/40]}]

Instead:
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: pay, namespace: payment}
    spec:
      rules:
        - from: [{source: {serviceAccounts: [orders/api]}}]
          to: [{operation: {paths: ["/pay/{*}"]}}]
          when: [{key: source.ip, values: [10.0.0.0/24]}]

"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import is_block, is_port_text
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG579",
    "malformed-authorization-value",
    Severity.ERROR,
    on=of_kind("AuthorizationPolicy.security.istio.io"),
    is_shared=True,
    reads=frozenset({"notPaths", "notServiceAccounts", "notTrustDomains", "paths", "serviceAccounts", "trustDomains"}),
    refused_by=MESH,
)
_ONE, _ANY = "{*}", "{**}"
_LITERAL: Final = re.compile(r"[a-zA-Z0-9\-._~%!$&'()+,;:@=]+")
_MOST_ACCOUNTS: Final = 16
_LONGEST_ACCOUNT: Final = 320
_CALLERS: Final = ("namespaces", "serviceAccounts", "trustDomains", "principals", "requestPrincipals")
_CALLER_KEYS: Final = frozenset({"source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal"})
_NOT_WITH_ACCOUNTS: Final = ("principals", "notPrincipals", "namespaces", "notNamespaces")


def check(subject: Subject) -> Iterator[Found]:
    """Report values that are refused."""
    is_custom = mapping(subject.data.get("spec")).get("action") == "CUSTOM"
    for path, found in members(subject.data, "spec", "rules", EACH, "from", EACH, "source"):
        yield from _source(subject, path, mapping(found))
        if is_custom:
            for name in (*_CALLERS, *map(_negated, _CALLERS)):
                if sequence(mapping(found).get(name)):
                    yield subject.found((*path, name), f"{name} of {subject} cannot be asked for the action CUSTOM")
    for name in ("paths", "notPaths"):
        for path, found in members(subject.data, "spec", "rules", EACH, "to", EACH, "operation", name, EACH):
            yield from _told(subject, path, found, _path)
    for path, found in members(subject.data, "spec", "rules", EACH, "when", EACH):
        yield from _condition(subject, path, mapping(found), is_custom=is_custom)


def _source(subject: Subject, path: Path, source: Mapping[str, Any]) -> Iterator[Found]:
    accounts = [name for name in ("serviceAccounts", "notServiceAccounts") if sequence(source.get(name))]
    others = [name for name in _NOT_WITH_ACCOUNTS if sequence(source.get(name))]
    if accounts and others:
        message = f"{subject} has {accounts[0]} beside {others[0]}, expected one of them"
        yield subject.found((*path, accounts[0]), message)
    for name, judge in (("serviceAccounts", _account), ("trustDomains", _trust_domain)):
        for each in (name, _negated(name)):
            yield from _all(subject, (*path, each), source.get(each), judge)


def _condition(subject: Subject, path: Path, condition: Mapping[str, Any], *, is_custom: bool) -> Iterator[Found]:
    key = text(condition.get("key"))
    if is_custom and (key in _CALLER_KEYS or key.startswith("request.auth.")):
        yield subject.found((*path, "key"), f'"{key}" of {subject} cannot be asked for the action CUSTOM')
    judge = _CONDITIONS.get(key)
    for name in ("values", "notValues") if judge else ():
        yield from _all(subject, (*path, name), condition.get(name), judge)


def _all(subject: Subject, path: Path, values: Any, judge: Callable[[str], str] | None) -> Iterator[Found]:
    found = sequence(values)
    if judge is _account and len(found) > _MOST_ACCOUNTS:
        yield subject.found(path, f"{subject} has {len(found)} service accounts, expected at most {_MOST_ACCOUNTS}")
    for index, value in enumerate(found):
        yield from _told(subject, (*path, index), value, judge)


def _told(subject: Subject, path: Path, value: Any, judge: Callable[[str], str] | None) -> Iterator[Found]:
    expected = judge(value) if judge and isinstance(value, str) and value else ""
    if expected:
        yield subject.found(path, f'found "{value}" in {subject}, expected {expected}')


def _account(value: str) -> str:
    namespace, slash, name = value.partition("/")
    is_named = bool(namespace) and (bool(name) or not slash) and "/" not in name
    if not is_named or "*" in value or len(value) > _LONGEST_ACCOUNT:
        return "a service account, or namespace/account, without '*'"
    return ""


def _trust_domain(value: str) -> str:
    return "a trust domain without '/'" if "/" in value else _wildcard(value)


def _wildcard(value: str) -> str:
    is_fine = value.count("*") == 0 or (value.count("*") == 1 and (value.startswith("*") or value.endswith("*")))
    return "" if is_fine else "at most one '*', at the start or at the end"


def _path(value: str) -> str:
    parts = value.strip("/").split("/")
    is_template = _ONE in value or _ANY in value
    for index, part in enumerate(parts):
        if part in {_ONE, _ANY}:
            if _ANY in parts[:index]:
                return "no template behind {**}"
        elif "{" in part or "}" in part:
            return "no '{' and '}' but in {*} and {**}, each a whole part of the path"
        elif is_template and not _LITERAL.fullmatch(part):
            return "parts of a path with templates that need no escaping"
    return ""


def _address(value: str) -> str:
    return "" if is_block(value) else "an address, or one with '/' and the length of its prefix"


def _port(value: str) -> str:
    return "" if is_port_text(value) else "a number up to 65535"


def _negated(name: str) -> str:
    return f"not{name[0].upper()}{name[1:]}"


_CONDITIONS: Final[dict[str, Callable[[str], str]]] = {
    "source.ip": _address,
    "remote.ip": _address,
    "destination.ip": _address,
    "destination.port": _port,
    "source.serviceAccount": _account,
    "source.trustDomain": _wildcard,
}
