"""Fields of a Service that its type excludes or demands.

What it finds:
    Fields that only load balancers or ports of nodes have on a Service of another type; a headless Service
    that is to be reached from outside; a class of load balancers that is no name; an ExternalName without a name,
    or with an address of the cluster.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      type: ClusterIP
      externalTrafficPolicy: Local
      ports: [{name: http, port: 80, nodePort: 30080}]

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      type: NodePort
      externalTrafficPolicy: Local
      ports: [{name: http, port: 80, nodePort: 30080}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.kubernetes.lenience import release
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule(
    "GG464", "contradictory-service", Severity.ERROR, on=of_kind("Service"), is_shared=True, refused_by=API_SERVER
)
_TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_NEAR: Final = ("PreferClose", "PreferSameNode", "PreferSameZone")
_DISTRIBUTED: Final = [1, 31]  # the first that reads trafficDistribution unasked
_DAY: Final = 86400  # seconds


def check(subject: Subject) -> Iterator[Found]:
    """Report what the type of a Service does not go with."""
    spec = mapping(subject.data.get("spec"))
    kind = text(spec.get("type")) or "ClusterIP"
    if kind not in _TYPES:
        return  # reported as an unknown value
    if kind != "LoadBalancer":
        yield from _balancer(subject, spec, kind)
    elif isinstance(name := spec.get("loadBalancerClass"), str) and (expected := names.label_key(name)):
        yield subject.found(("spec", "loadBalancerClass"), f'the class "{name}" must be {expected}')
    elif spec.get("healthCheckNodePort") and spec.get("externalTrafficPolicy") != "Local":
        message = f"{subject} sets healthCheckNodePort, expected externalTrafficPolicy: Local with it"
        yield subject.found(("spec", "healthCheckNodePort"), message)
    if kind == "ExternalName":
        yield from _external_name(subject, spec)
    elif kind == "ClusterIP":
        yield from _inner(subject, spec)
    elif spec.get("clusterIP") == "None":
        message = f"{subject} is headless and of type {kind}, expected type ClusterIP or an address"
        yield subject.found(("spec", "clusterIP"), message)
    yield from _affinity(subject, spec)
    yield from _distribution(subject, text(spec.get("trafficDistribution")))


def _distribution(subject: Subject, near: str) -> Iterator[Found]:
    if near and near not in _NEAR and release(subject.known.kind) >= _DISTRIBUTED:
        message = f'trafficDistribution is "{near}", expected one of {listed(_NEAR)}'
        yield subject.found(("spec", "trafficDistribution"), message, suggestion(near, _NEAR))


def _balancer(subject: Subject, spec: Mapping[str, Any], kind: str) -> Iterator[Found]:
    """Report fields of load balancers: pointers count where they are there, others where they are not zero."""
    given = [name for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass") if spec.get(name) is not None]
    given += [name for name in ("healthCheckNodePort", "loadBalancerSourceRanges") if spec.get(name)]
    for name in given:
        message = f"{subject} of type {kind} sets {name}, expected so with type LoadBalancer only"
        yield subject.found(("spec", name), message)


def _external_name(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    target = text(spec.get("externalName")).removesuffix(".")
    expected = names.subdomain(target) if target else "a DNS name"
    if expected:
        message = f'the external name of {subject} is "{target}", expected {expected}'
        yield subject.found(("spec", "externalName"), message)
    for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "externalTrafficPolicy"):
        if spec.get(name):
            yield subject.found(("spec", name), f"{subject} of type ExternalName sets {name}, expected none")


def _inner(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    if spec.get("externalTrafficPolicy") and not spec.get("externalIPs"):
        message = f"{subject} of type ClusterIP sets externalTrafficPolicy, expected so with NodePort or LoadBalancer"
        yield subject.found(("spec", "externalTrafficPolicy"), message)
    for index, port in enumerate(sequence(spec.get("ports"))):
        if mapping(port).get("nodePort"):
            message = f"{subject} of type ClusterIP sets nodePort, expected so with NodePort or LoadBalancer"
            yield subject.found(("spec", "ports", index, "nodePort"), message)


def _affinity(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    seconds = mapping(mapping(spec.get("sessionAffinityConfig")).get("clientIP")).get("timeoutSeconds")
    if spec.get("sessionAffinity") == "ClientIP" and isinstance(seconds, int) and not 0 < seconds <= _DAY:
        message = f"the sessions of {subject} last {seconds} seconds, expected 1 to {_DAY}"
        yield subject.found(("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"), message)
