"""More of the world outside reaches the cluster, or is reached from it.

What it finds:
    A listener of a Gateway or a host of an Ingress that was not there before, and a Gateway that takes routes from
    more namespaces; a host outside of the mesh that a ServiceEntry makes known; a Sidecar that lets its pods call hosts
    that nobody named. What comes with a namespace of its own is not told.

Why:
    Each of these is a way in, or a way out for what was taken over. It should be opened by intent.

Example:
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: public, namespace: payment}
    spec:
      gatewayClassName: istio
      listeners: [{name: https, port: 443, protocol: HTTPS, hostname: pay.bank.example}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: public, namespace: payment}
    spec:
      gatewayClassName: istio
      listeners:
        - {name: https, port: 443, protocol: HTTPS, hostname: pay.bank.example}
        - {name: admin, port: 8443, protocol: HTTPS, hostname: admin.bank.example}

Instead:
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: public, namespace: payment}
    spec:
      gatewayClassName: istio
      listeners: [{name: https, port: 443, protocol: HTTPS, hostname: pay.bank.example}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: public, namespace: payment}
    spec:
      gatewayClassName: istio
      listeners: [{name: secure, port: 443, protocol: HTTPS, hostname: pay.bank.example}]

"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG914", "exposed-outside", Severity.WARNING)

_CURE: Final = "open the one port and host that are needed, and say in the change what for"
_OPEN_TO: Final = {"": 0, "Same": 0, "Selector": 1, "All": 2}
Way = tuple[Path, str]  # where it stands, and in words


def check(change: Changed) -> Iterator[Found]:
    """Report ways in and out that were not there before."""
    kind = change.subject.known.name
    if change.after is not None and kind in _WAYS:
        known = {told for _, told in _WAYS[kind](change.before)} if change.before else set()
        seen: set[str] = set()
        for path, told in _WAYS[kind](change.after):
            if told not in known | seen:
                seen.add(told)
                yield Found(path, told, _CURE)
    if kind == "Sidecar" and change.before is not None and _is_closed(change.before):
        if change.after is None:
            yield Found((), "is removed, and limits no more which hosts its pods call", _CURE)
        elif not _is_closed(change.after):
            path = ("spec", "outboundTrafficPolicy")
            yield Found(path, "lets its pods call hosts that nobody named", _CURE)


def _is_closed(sidecar: Subject) -> bool:
    spec = mapping(sidecar.data.get("spec"))
    return mapping(spec.get("outboundTrafficPolicy")).get("mode") == "REGISTRY_ONLY"


def _of_gateway(subject: Subject) -> Iterator[Way]:
    spec = mapping(subject.data.get("spec"))
    if subject.known.group == "networking.istio.io":
        for index, server in enumerate(map(mapping, sequence(spec.get("servers")))):
            port = mapping(server.get("port"))
            for host in sequence(server.get("hosts")):
                where = f"{port.get('protocol')} {port.get('number')} for {host}"
                yield ("spec", "servers", index), f"listens on {where}"
        return
    if "waypoint" in text(spec.get("gatewayClassName")):
        return  # for the services of the mesh alone
    for index, listener in enumerate(map(mapping, sequence(spec.get("listeners")))):
        path = ("spec", "listeners", index)
        where = f"{listener.get('protocol')} {listener.get('port')} for {listener.get('hostname') or 'any host'}"
        yield path, f"listens on {where}"
        given = text(mapping(mapping(listener.get("allowedRoutes")).get("namespaces")).get("from"))
        if _OPEN_TO.get(given, 0):
            who = "all namespaces" if given == "All" else "namespaces that a label chooses"
            yield (*path, "allowedRoutes"), f"takes routes from {who} on {where}"


def _of_ingress(subject: Subject) -> Iterator[Way]:
    spec = mapping(subject.data.get("spec"))
    for index, rule in enumerate(map(mapping, sequence(spec.get("rules")))):
        yield ("spec", "rules", index), f"lets requests for {rule.get('host') or 'any host'} in"
    if spec.get("defaultBackend"):
        yield ("spec", "defaultBackend"), "lets requests for any host in"


def _of_entry(subject: Subject) -> Iterator[Way]:
    spec = mapping(subject.data.get("spec"))
    if spec.get("location") == "MESH_INTERNAL":
        return
    for index, host in enumerate(sequence(spec.get("hosts"))):
        yield ("spec", "hosts", index), f"lets the mesh call {host}"


_WAYS: Final[dict[str, Callable[[Any], Iterator[Way]]]] = {
    "Gateway": _of_gateway,
    "Ingress": _of_ingress,
    "ServiceEntry": _of_entry,
}
