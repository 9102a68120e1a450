"""A field of Istio that has a successor, or that nothing reads any longer.

What it finds:
    `fault.delay.percent` of a VirtualService, and `outboundTrafficPolicy.egressProxy` of a Sidecar.

Why:
    The first takes whole percents only and goes one day; the other has no effect, and requests go out past the proxy
    that was meant. `istioctl analyze` says IST0002.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.payment.svc.cluster.local]
      http:
        - fault: {delay: {percent: 5, fixedDelay: 2s}}
          route: [{destination: {host: pay.payment.svc.cluster.local}}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay.payment.svc.cluster.local]
      http:
        - fault: {delay: {percentage: {value: 5}, fixedDelay: 2s}}
          route: [{destination: {host: pay.payment.svc.cluster.local}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.hosts import NETWORKING
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule(
    "GG752",
    "deprecated-mesh-field",
    Severity.WARNING,
    on=of_kind(f"VirtualService.{NETWORKING}", f"Sidecar.{NETWORKING}"),
    is_shared=True,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report what is deprecated."""
    for path, percent in members(subject.data, "spec", "http", EACH, "fault", "delay", "percent"):
        if subject.known.name == "VirtualService" and isinstance(percent, int) and percent > 0:
            message = f"{subject} delays by percent, which is deprecated"
            yield subject.found(path, message, f"write percentage: {{value: {percent}}}")
    for path, _ in members(subject.data, "spec", "outboundTrafficPolicy", "egressProxy"):
        if subject.known.name == "Sidecar":
            message = f"{subject} names an egress proxy, which Istio ignores"
            yield subject.found(path, message, "lead requests to it by a VirtualService")
