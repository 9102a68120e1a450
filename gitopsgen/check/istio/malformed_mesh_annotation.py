"""An annotation of Istio that cannot be read.

What it finds:
    Annotations of pods whose value the injector does not take: ports and blocks of addresses that traffic is caught
    from, times of the proxy's probe, what the proxy asks of a node, how it catches traffic.

Why:
    Where the mesh injects a proxy, the pod is refused. `istioctl analyze` says IST0125.

Example:
    apiVersion: v1
    kind: Pod
    metadata:
      name: pay
      namespace: payment
      annotations: {traffic.sidecar.istio.io/excludeOutboundIPRanges: 10.0.0.7}
    spec: {containers: []}

Instead:
    apiVersion: v1
    kind: Pod
    metadata:
      name: pay
      namespace: payment
      annotations: {traffic.sidecar.istio.io/excludeOutboundIPRanges: 10.0.0.7/32}
    spec: {containers: []}

"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.pods import template
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

_LAST_PORT: Final = 65535
_LAST_NUMBER: Final = 2**32 - 1
_BLOCK: Final = re.compile(r"[^/]+/(?:0|[1-9][0-9]*)")
_MODES: Final = frozenset({"NONE", "REDIRECT", "TPROXY"})
_TRUTHS: Final = frozenset(["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"])


def _is_number(value: str, last: int = _LAST_NUMBER) -> bool:
    return value.isascii() and value.isdecimal() and int(value) <= last


def _is_port(value: str) -> bool:
    return _is_number(value.strip(), _LAST_PORT)


def _are_ports(value: str) -> bool:
    return not value.strip() or all(map(_is_port, value.split(",")))


def _is_block(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return _BLOCK.fullmatch(value) is not None


def _are_blocks(value: str) -> bool:
    return not value or all(map(_is_block, value.split(",")))


def _or_all(takes: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda value: value == "*" or takes(value)


_PORTS: Final = (_are_ports, "ports with ',' between them")
_NUMBER: Final = (_is_number, "a whole number")
_QUANTITY: Final = (lambda value: amount(value) is not None, "a quantity such as 100m or 128Mi")
_READ: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "prometheus.istio.io/merge-metrics": (_TRUTHS.__contains__, "true or false"),
    "readiness.status.sidecar.istio.io/failureThreshold": _NUMBER,
    "readiness.status.sidecar.istio.io/initialDelaySeconds": _NUMBER,
    "readiness.status.sidecar.istio.io/periodSeconds": _NUMBER,
    "sidecar.istio.io/interceptionMode": (_MODES.__contains__, "REDIRECT, TPROXY or NONE"),
    "sidecar.istio.io/proxyCPU": _QUANTITY,
    "sidecar.istio.io/proxyCPULimit": _QUANTITY,
    "sidecar.istio.io/proxyMemory": _QUANTITY,
    "sidecar.istio.io/proxyMemoryLimit": _QUANTITY,
    "status.sidecar.istio.io/port": (_is_port, "a port, 0 to 65535"),
    "traffic.sidecar.istio.io/excludeInboundPorts": _PORTS,
    "traffic.sidecar.istio.io/excludeOutboundIPRanges": (_are_blocks, "blocks as 10.0.0.0/8, with ',' between them"),
    "traffic.sidecar.istio.io/excludeOutboundPorts": _PORTS,
    "traffic.sidecar.istio.io/includeInboundPorts": (_or_all(_are_ports), "'*', or ports with ',' between them"),
    "traffic.sidecar.istio.io/includeOutboundIPRanges": (
        _or_all(_are_blocks),
        "'*', or blocks as 10.0.0.0/8, with ',' between them",
    ),
}
RULE = Rule(
    "GG736",
    "malformed-mesh-annotation",
    Severity.ERROR,
    on=has_pods,
    is_shared=True,
    reckons=frozenset(_READ),
)


def check(subject: Subject) -> Iterator[Found]:
    """Report annotations that the injector refuses."""
    for key, value in mapping(mapping(template(subject).get("metadata")).get("annotations")).items():
        if key in _READ and isinstance(value, str):
            takes, expected = _READ[key]
            if not takes(value):
                where = (*(subject.known.pods or ()), "metadata", "annotations", key)
                yield subject.found(where, f'"{key}" of {subject} is "{value}", expected {expected}')
