"""Two ServiceEntries with different protocols for one host and port.

What it finds:
    ServiceEntries that one namespace sees both and that give one port of one host different protocols.

Why:
    One of them counts, and Istio does not say which. `istioctl analyze` says IST0177.

Example:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec: {hosts: [api.bank.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
    ---
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: risk}
    spec: {hosts: [api.bank.example], ports: [{number: 443, name: http, protocol: HTTP}], resolution: DNS}

Instead:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec: {hosts: [api.bank.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
    ---
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: risk}
    spec: {hosts: [api.bank.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.istio.visibility import ALL, visible_in
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG748", "contested-entry-port", Severity.WARNING, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report ports to which an earlier ServiceEntry gives another protocol."""
    earlier: dict[tuple[str, str], list[tuple[Subject, frozenset[str], str]]] = {}
    for entry in cluster.of("ServiceEntry", NETWORKING):
        hosts = sequence(mapping(entry.data.get("spec")).get("hosts"))
        seen = visible_in(entry)
        for path, found in members(entry.data, "spec", "ports", EACH):
            port = mapping(found)
            number, protocol = str(port.get("number")), text(port.get("protocol")).upper()
            for host in map(text, hosts):
                others = earlier.setdefault((host, number), [])
                for other, where, told in others:
                    if told != protocol and str(other) != str(entry) and (ALL in seen | where or seen & where):
                        message = f'{entry} speaks {protocol} on port {number} of "{host}", but {other} speaks {told}'
                        yield entry.found((*path, "protocol"), message)
                        break
                others.append((entry, seen, protocol))
