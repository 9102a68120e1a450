"""Which object of a cluster names, selects or makes which other one.

Judges nothing: what a rule calls dangling is a link to an object without a manifest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING, qualified, servers
from gitopsgen.check.istio.routes import GATEWAY_API, backends, destinations, routes
from gitopsgen.check.pod_references import references
from gitopsgen.check.references.monitors import scrapes
from gitopsgen.check.references.scaling import autoscalers, target_of
from gitopsgen.check.references.selection import pods_selected
from gitopsgen.check.rule import Subject
from gitopsgen.check.secrets import made
from gitopsgen.model.unchecked import mapping, text

_RBAC: Final = "rbac.authorization.k8s.io"
# what pods name: the verb, and the group where it is not the core's
_OF_PODS: Final = {
    "ConfigMap": ("reads", ""),
    "Secret": ("reads", ""),
    "ServiceAccount": ("runs as", ""),
    "PersistentVolumeClaim": ("mounts", ""),
    "PriorityClass": ("ranks by", "scheduling.k8s.io"),
    "RuntimeClass": ("runs in", "node.k8s.io"),
}
_CLUSTER_WIDE: Final = frozenset({"PriorityClass", "RuntimeClass"})
_INGRESS: Final = (("defaultBackend",), ("rules", EACH, "http", "paths", EACH, "backend"))
# what selects pods by labels: kind, group, the path of the selector, the verb
_SELECTING: Final = (
    ("Service", "", ("spec", "selector"), "leads to"),
    ("NetworkPolicy", "networking.k8s.io", ("spec", "podSelector"), "guards"),
    ("PodDisruptionBudget", "policy", ("spec", "selector"), "guards"),
    ("AuthorizationPolicy", "security.istio.io", ("spec", "selector"), "guards"),
    ("PeerAuthentication", "security.istio.io", ("spec", "selector"), "guards"),
)


class Link(NamedTuple):
    """One object, what it does with another, and that one; `target` is None where no manifest describes it."""

    source: Subject
    verb: str
    kind: str
    namespace: str
    name: str
    target: Subject | None


def links(cluster: Cluster) -> Iterator[Link]:
    """Give every link between the objects of a cluster, each once."""
    for family in (_of_pods, _of_selectors, _of_scalers, _of_routes, _of_mesh, _of_bindings, _of_secrets, _of_sets):
        yield from dict.fromkeys(family(cluster))


def _named(cluster: Cluster, source: Subject, verb: str, address: tuple[str, str, str, str]) -> Iterator[Link]:
    """Give the link to an object by group, kind, namespace and name; none where there is no name."""
    group, kind, namespace, name = address
    if name:
        yield Link(source, verb, kind, namespace, name, cluster.get(kind, name, namespace, group))


def _found(source: Subject, verb: str, target: Subject) -> Link:
    return Link(source, verb, target.known.name, target.namespace, target.name, target)


def _of_pods(cluster: Cluster) -> Iterator[Link]:
    for subject in cluster.workloads():
        for reference in references(subject):
            verb, group = _OF_PODS[reference.kind]
            namespace = "" if reference.kind in _CLUSTER_WIDE else subject.namespace
            yield from _named(cluster, subject, verb, (group, reference.kind, namespace, reference.name))


def _of_selectors(cluster: Cluster) -> Iterator[Link]:
    for kind, group, path, verb in _SELECTING:
        for subject in cluster.of(kind, group):
            for _, found in members(subject.data, *path):
                labels = mapping(found)
                # an empty selector means every pod of the namespace: that is no link worth a line
                if labels:
                    selector: Mapping[str, Any] = {"matchLabels": labels} if kind == "Service" else labels
                    pods = pods_selected(cluster, subject.namespace, selector)
                    yield from (_found(subject, verb, one) for one in pods)
    for scrape in scrapes(cluster):
        yield from (_found(scrape.monitor, "scrapes", one) for one in scrape.selected)


def _of_scalers(cluster: Cluster) -> Iterator[Link]:
    for scaler in autoscalers(cluster):
        kind, name, target = target_of(cluster, scaler)
        if name:
            yield Link(scaler, "scales", kind, scaler.namespace, name, target)


def _of_routes(cluster: Cluster) -> Iterator[Link]:
    for route, _, backend in backends(cluster):
        namespace = text(backend.get("namespace")) or route.namespace
        address = ("", text(backend.get("kind")) or "Service", namespace, text(backend.get("name")))
        yield from _named(cluster, route, "leads to", address)
    for route in routes(cluster):
        for _, parent in members(route.data, "spec", "parentRefs", EACH):
            namespace = text(mapping(parent).get("namespace")) or route.namespace
            kind = text(mapping(parent).get("kind")) or "Gateway"
            group = GATEWAY_API if kind == "Gateway" else ""
            address = (group, kind, namespace, text(mapping(parent).get("name")))
            yield from _named(cluster, route, "is attached to", address)
    for ingress in cluster.of("Ingress", "networking.k8s.io"):
        for steps in _INGRESS:
            for _, name in members(ingress.data, "spec", *steps, "service", "name"):
                yield from _named(cluster, ingress, "leads to", ("", "Service", ingress.namespace, text(name)))


def _of_mesh(cluster: Cluster) -> Iterator[Link]:
    for one in destinations(cluster):
        yield from (_found(one.route, "leads to", server) for server in servers(cluster, one.host))
    for rule in cluster.of("DestinationRule", NETWORKING):
        host = text(mapping(rule.data.get("spec")).get("host"))
        full = qualified(host, rule.namespace) if host else ""
        yield from (_found(rule, "rules", server) for server in servers(cluster, full))
    for route in cluster.of("VirtualService", NETWORKING):
        for _, found in members(route.data, "spec", "gateways", EACH):
            namespace, slash, name = text(found).rpartition("/")
            if name != "mesh":
                address = (NETWORKING, "Gateway", namespace if slash else route.namespace, name)
                yield from _named(cluster, route, "is attached to", address)


def _of_bindings(cluster: Cluster) -> Iterator[Link]:
    for binding in (*cluster.of("RoleBinding", _RBAC), *cluster.of("ClusterRoleBinding", _RBAC)):
        role = mapping(binding.data.get("roleRef"))
        kind = text(role.get("kind"))
        namespace = binding.namespace if kind == "Role" else ""
        yield from _named(cluster, binding, "gives", (_RBAC, kind, namespace, text(role.get("name"))))
        for _, account in members(binding.data, "subjects", EACH):
            one = mapping(account)
            if one.get("kind") == "ServiceAccount":
                namespace = text(one.get("namespace")) or binding.namespace
                address = ("", "ServiceAccount", namespace, text(one.get("name")))
                yield from _named(cluster, binding, "gives to", address)


def _of_secrets(cluster: Cluster) -> Iterator[Link]:
    for subject, name, _ in made(cluster):
        if subject.known.name != "Secret":
            yield from _named(cluster, subject, "makes", ("", "Secret", subject.namespace, name))
    for subject in cluster.of("ExternalSecret", "external-secrets.io"):
        store = mapping(mapping(subject.data.get("spec")).get("secretStoreRef"))
        kind = text(store.get("kind")) or "SecretStore"
        namespace = subject.namespace if kind == "SecretStore" else ""
        address = ("external-secrets.io", kind, namespace, text(store.get("name")))
        yield from _named(cluster, subject, "asks", address)


def _of_sets(cluster: Cluster) -> Iterator[Link]:
    for subject in cluster.of("StatefulSet", "apps"):
        name = text(mapping(subject.data.get("spec")).get("serviceName"))
        yield from _named(cluster, subject, "is named by", ("", "Service", subject.namespace, name))
