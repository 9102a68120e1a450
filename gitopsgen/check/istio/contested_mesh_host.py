"""Two VirtualServices of the mesh for one host.

What it finds:
    VirtualServices for the same host that are both bound to the gateway `mesh` (as those without `gateways` are) and
    that one namespace sees both; hosts with `*` count where they are written alike.

Why:
    Sidecars merge nothing: the routes of one of them count, those of the other are dropped without a word.
    `istioctl analyze` says IST0109.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec: {hosts: [pay], http: [{route: [{destination: {host: pay}}]}]}
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay-canary, namespace: payment}
    spec: {hosts: [pay], http: [{route: [{destination: {host: pay-canary}}]}]}

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http:
        - match: [{headers: {canary: {exact: "true"}}}]
          route: [{destination: {host: pay-canary}}]
        - route: [{destination: {host: pay}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.istio.hosts import NETWORKING, qualified
from gitopsgen.check.istio.visibility import ALL, visible_in
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG730", "contested-mesh-host", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report hosts that an earlier VirtualService has already."""
    earlier: dict[str, list[tuple[Subject, frozenset[str]]]] = {}
    for route in cluster.of("VirtualService", NETWORKING):
        spec = mapping(route.data.get("spec"))
        if "mesh" not in (sequence(spec.get("gateways")) or ["mesh"]):
            continue
        seen = visible_in(route)
        for index, entry in enumerate(sequence(spec.get("hosts"))):
            host = qualified(text(entry), route.namespace)
            others = earlier.setdefault(host, [])
            for other, where in others:
                if str(other) != str(route) and (ALL in seen | where or seen & where):
                    message = f'{route} routes "{host}" in the mesh, as {other} does: one of them is dropped'
                    yield route.found(("spec", "hosts", index), message, "make one VirtualService of both")
                    break
            others.append((route, seen))
