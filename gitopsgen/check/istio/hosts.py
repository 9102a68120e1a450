"""What the host of a route means: a Service of the cluster, a ServiceEntry, or nothing.

Judges nothing. Facts from Istio: a short name is completed with the namespace of the rule that uses it.
"""

from __future__ import annotations

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text

NETWORKING = "networking.istio.io"
_SUFFIXES = (".svc.cluster.local", ".svc")


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


def servers(cluster: Cluster, host: str) -> list[Subject]:
    """Give what answers for a full name: ServiceEntries, and its Service."""
    address = service_address(host)
    service = cluster.get("Service", *address) if address else None
    return [*entries(cluster, host), *([service] if service else [])]


def is_unanswered(cluster: Cluster, host: str) -> bool:
    """Whether nothing answers for a full name, and a manifest would say so if something did."""
    address = service_address(host)
    return not servers(cluster, host) and (address is None or address[1] in cluster.namespaces)


def service_hosts(cluster: Cluster) -> list[str]:
    """Give the full names of all Services."""
    return [f"{service.name}.{service.namespace}.svc.cluster.local" for service in cluster.of("Service")]


def ports(server: Subject) -> set[int]:
    """Give the port numbers of a Service or ServiceEntry."""
    name = "number" if server.known.name == "ServiceEntry" else "port"
    found = (number for _, number in members(server.data, "spec", "ports", EACH, name))
    return {number for number in found if isinstance(number, int)}
