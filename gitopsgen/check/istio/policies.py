"""The traffic policies of a DestinationRule: its own, of ports, of subsets; and the pools of a Sidecar.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path


def traffic_policies(rule: Subject) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Give each traffic policy of a DestinationRule, with its path."""
    spec = mapping(rule.data.get("spec"))
    yield from _with_ports(("spec", "trafficPolicy"), mapping(spec.get("trafficPolicy")))
    for index, subset in enumerate(sequence(spec.get("subsets"))):
        path: Path = ("spec", "subsets", index, "trafficPolicy")
        yield from _with_ports(path, mapping(mapping(subset).get("trafficPolicy")))


def sidecar_pools(sidecar: Subject) -> Iterator[tuple[Path, Any]]:
    """Give each connection pool of a Sidecar, with its path."""
    yield from members(sidecar.data, "spec", "inboundConnectionPool")
    yield from members(sidecar.data, "spec", "ingress", EACH, "connectionPool")


def _with_ports(path: Path, policy: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    yield path, policy
    for index, port in enumerate(sequence(policy.get("portLevelSettings"))):
        yield (*path, "portLevelSettings", index), mapping(port)
