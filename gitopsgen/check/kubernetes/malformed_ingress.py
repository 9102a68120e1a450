"""A route of an Ingress that leads nowhere, or is none.

What it finds:
    An Ingress without rules and default backend; a host that is an address, or has its `*` elsewhere than as
    the first label; a rule without paths; a path without `pathType`, or that does not begin with `/`, or is
    not normalized; a backend with no target, or with two; a name that is none.

Why:
    The API server refuses the object.

Example:
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: payment, namespace: payment}
    spec:
      rules:
        - host: 10.1.0.4
          http:
            paths:
              - path: pay
                pathType: Prefix
                backend: {service: {name: payment-gateway}}

Instead:
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: payment, namespace: payment}
    spec:
      rules:
        - host: payment.bank.example
          http:
            paths:
              - path: /pay
                pathType: Prefix
                backend: {service: {name: payment-gateway, port: {name: http}}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.kubernetes.lenience import RELAXED, release
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text, texts
from gitopsgen.model.variant import Path

RULE = Rule(
    "GG465",
    "malformed-ingress",
    Severity.ERROR,
    on=of_kind("Ingress.networking.k8s.io"),
    is_shared=True,
    reads=frozenset({"port"}),
    refused_by=API_SERVER,
)
_LAST_PORT: Final = 65535
_INNER: Final = ("//", "/./", "/../", "%2f", "%2F")
_LAST: Final = ("/..", "/.")


def check(subject: Subject) -> Iterator[Found]:
    """Report hosts, paths and backends that are refused."""
    spec = mapping(subject.data.get("spec"))
    rules = sequence(spec.get("rules"))
    default = spec.get("defaultBackend")
    if not rules and default is None:
        yield subject.found(("spec",), f"{subject} has neither rules nor a default backend, expected one of them")
    if isinstance(default, dict):
        yield from _backend(subject, default, ("spec", "defaultBackend"))
    if (wanted := spec.get("ingressClassName")) == "":
        message = f"{subject} has an empty class, expected a name, or no field"
        yield subject.found(("spec", "ingressClassName"), message)
    yield from _name(subject, wanted, names.subdomain, ("spec", "ingressClassName"))
    for index, entry in enumerate(sequence(spec.get("tls"))):
        yield from _name(
            subject, mapping(entry).get("secretName"), names.subdomain, ("spec", "tls", index, "secretName")
        )
        for at, host in texts(mapping(entry).get("hosts")):
            yield from _host(subject, host, ("spec", "tls", index, "hosts", at))
    for index, entry in enumerate(rules):
        rule, path = mapping(entry), ("spec", "rules", index)
        yield from _host(subject, rule.get("host") or None, (*path, "host"))
        http = rule.get("http")
        if isinstance(http, dict):
            yield from _paths(subject, sequence(http.get("paths")), (*path, "http", "paths"))


def _host(subject: Subject, host: Any, path: Path) -> Iterator[Found]:
    expected = names.host(host) if isinstance(host, str) else ""
    if expected:
        yield subject.found(path, f'the host "{host}" of {subject} must be {expected}')


def _name(subject: Subject, name: Any, grammar: names.Grammar, path: Path) -> Iterator[Found]:
    expected = grammar(name) if isinstance(name, str) and name else ""
    if expected:
        yield subject.found(path, f'the name "{name}" in {subject} must be {expected}')


def _paths(subject: Subject, paths: list[Any], field: Path) -> Iterator[Found]:
    if not paths:
        yield subject.found(field, f"a rule of {subject} has no paths, expected at least one")
    for index, entry in enumerate(paths):
        route, at = mapping(entry), (*field, index)
        yield from _path(subject, text(route.get("path")), text(route.get("pathType")), at)
        if isinstance(route.get("backend", False), dict | None):
            yield from _backend(subject, mapping(route["backend"]), (*at, "backend"))


def _path(subject: Subject, path: str, sort: str, at: Path) -> Iterator[Found]:
    is_free = sort == "ImplementationSpecific"
    if not path.startswith("/"):
        if path or not is_free:
            message = f'the path "{path}" of {subject} is not absolute, expected one that begins with "/"'
            yield subject.found((*at, "path"), message)
        return
    bad = [part for part in _INNER if part in path] + [part for part in _LAST if path.endswith(part)]
    if bad and not is_free and sort in {"Exact", "Prefix"}:
        message = f'the path "{path}" of {subject} has "{bad[0]}", expected it normalized'
        yield subject.found((*at, "path"), message)


def _backend(subject: Subject, backend: Mapping[str, Any], at: Path) -> Iterator[Found]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        yield subject.found(at, f"a backend of {subject} has a service and a resource, expected one of them")
    elif service is None and resource is None:
        yield subject.found(at, f"a backend of {subject} has no target, expected a service or a resource")
    elif resource is not None:
        yield from _resource(subject, mapping(resource), (*at, "resource"))
    else:
        grammar = names.dns_label if release(subject.known.kind) >= RELAXED else names.service
        yield from _name(subject, mapping(service).get("name"), grammar, (*at, "service", "name"))
        port = mapping(mapping(service).get("port"))
        name, number = text(port.get("name")), port.get("number")
        if bool(name) == bool(number):
            found = "a name and a number" if name else "no port"
            message = f"a backend of {subject} has {found}, expected the name or the number of a port"
            yield subject.found((*at, "service", "port"), message)
        elif name and names.port_name(name):
            message = f'the port "{name}" of a backend must be {names.port_name(name)}'
            yield subject.found((*at, "service", "port", "name"), message)
        elif isinstance(number, int) and number and not 1 <= number <= _LAST_PORT:
            message = f"the port of a backend is {number}, expected 1 to {_LAST_PORT}"
            yield subject.found((*at, "service", "port", "number"), message)


def _resource(subject: Subject, resource: Mapping[str, Any], at: Path) -> Iterator[Found]:
    group = resource.get("apiGroup")
    if isinstance(group, str) and (expected := names.subdomain(group)):  # a pointer: no text is a name there
        yield subject.found((*at, "apiGroup"), f'the group "{group}" of a resource must be {expected}')
    for field in ("kind", "name"):
        value = resource.get(field)
        if isinstance(value, str) and (not value or names.path_segment(value)):
            message = f'a backend of {subject} names a resource whose {field} is "{value}", expected a name without "/"'
            yield subject.found((*at, field), message)
