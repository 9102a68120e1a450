"""What the host of a route means: a Service of the cluster, a ServiceEntry, or nothing.

Judges nothing. Facts from Istio: a short name is completed with the namespace of the rule that uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject, mapping, sequence, text
from gitopsgen.model.variant import Path

NETWORKING = "networking.istio.io"
_SUFFIXES = (".svc.cluster.local", ".svc")


class Destination(NamedTuple):
    """A destination of a route, and where it stands."""

    route: Subject
    field: Path
    host: str
    subset: str
    port: int | None


def qualified(host: str, namespace: str) -> str:
    """Give the full name of a host: `gateway` in `payment` -> `gateway.payment.svc.cluster.local`."""
    for suffix in _SUFFIXES:
        if host.endswith(suffix):
            return host.removesuffix(suffix) + ".svc.cluster.local"
    return host if "." in host or "*" in host else f"{host}.{namespace}.svc.cluster.local"


def service_address(host: str) -> tuple[str, str] | None:
    """Give name and namespace of the Service that a full name means, None for another host."""
    name, _, rest = host.removesuffix(".svc.cluster.local").partition(".")
    return (name, rest) if host.endswith(".svc.cluster.local") and rest and "." not in rest else None


def entries(cluster: Cluster, host: str) -> list[Subject]:
    """Give the ServiceEntries that cover a host."""
    return [
        entry
        for entry in cluster.of("ServiceEntry", NETWORKING)
        if any(covers(text(known), host) for known in sequence(mapping(entry.data.get("spec")).get("hosts")))
    ]


def covers(pattern: str, host: str) -> bool:
    """Whether a host pattern, which may begin with `*`, covers a host."""
    return host.endswith(pattern[1:]) if pattern.startswith("*") else pattern == host


def ports(target: Subject, field: str) -> set[int]:
    """Give the port numbers of a Service (`port`) or ServiceEntry (`number`)."""
    found = (mapping(port).get(field) for port in sequence(mapping(target.data.get("spec")).get("ports")))
    return {number for number in found if isinstance(number, int)}


def destinations(cluster: Cluster) -> Iterator[Destination]:
    """Give each destination of each VirtualService."""
    for route in cluster.of("VirtualService", NETWORKING):
        spec = mapping(route.data.get("spec"))
        for protocol in ("http", "tcp", "tls"):
            for index, rule in enumerate(sequence(spec.get(protocol))):
                yield from _of_rule(route, mapping(rule), ("spec", protocol, index))


def _of_rule(route: Subject, rule: Mapping[str, Any], path: Path) -> Iterator[Destination]:
    for field in ("route", "mirrors"):
        for index, target in enumerate(sequence(rule.get(field))):
            yield from _of_target(
                route, mapping(mapping(target).get("destination")), (*path, field, index, "destination")
            )
    yield from _of_target(route, mapping(rule.get("mirror")), (*path, "mirror"))


def _of_target(route: Subject, target: Mapping[str, Any], path: Path) -> Iterator[Destination]:
    host = text(target.get("host"))
    if host:
        number = mapping(target.get("port")).get("number")
        port = number if isinstance(number, int) else None
        full = qualified(host, route.namespace)
        yield Destination(route, path, full, text(target.get("subset")), port)
