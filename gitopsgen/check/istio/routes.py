"""The routes of the Gateway API.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject

GATEWAY_API = "gateway.networking.k8s.io"


def routes(cluster: Cluster) -> Iterator[Subject]:
    """Give all routes that lead to Services."""
    for kind in ("HTTPRoute", "GRPCRoute"):
        yield from cluster.of(kind, GATEWAY_API)
