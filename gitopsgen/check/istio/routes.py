"""Routes, of the Gateway API and of Istio, and where they lead.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING, qualified
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path

GATEWAY_API: Final = "gateway.networking.k8s.io"
_BACKENDS: Final = (
    ("backendRefs", EACH),
    ("filters", EACH, "requestMirror", "backendRef"),
    ("backendRefs", EACH, "filters", EACH, "requestMirror", "backendRef"),
)
_DESTINATIONS: Final = (("route", EACH, "destination"), ("mirrors", EACH, "destination"), ("mirror",))


class Destination(NamedTuple):
    """A destination of a VirtualService, and where it stands."""

    route: Subject
    field: Path
    host: str
    subset: str
    port: int | None


def routes(cluster: Cluster) -> Iterator[Subject]:
    """Give all routes of the Gateway API that lead to Services."""
    for kind in ("HTTPRoute", "GRPCRoute"):
        yield from cluster.of(kind, GATEWAY_API)


def backends(cluster: Cluster) -> Iterator[tuple[Subject, Path, Mapping[str, Any]]]:
    """Give each backend of each route of the Gateway API, with its field."""
    for route in routes(cluster):
        for steps in _BACKENDS:
            for path, backend in members(route.data, "spec", "rules", EACH, *steps):
                yield route, path, mapping(backend)


def destinations(cluster: Cluster) -> Iterator[Destination]:
    """Give each destination of each VirtualService."""
    for route in cluster.of("VirtualService", NETWORKING):
        for protocol in ("http", "tcp", "tls"):
            for steps in _DESTINATIONS:
                for path, found in members(route.data, "spec", protocol, EACH, *steps):
                    target = mapping(found)
                    host, number = text(target.get("host")), mapping(target.get("port")).get("number")
                    if host:
                        full = qualified(host, route.namespace)
                        port = number if isinstance(number, int) else None
                        yield Destination(route, path, full, text(target.get("subset")), port)
