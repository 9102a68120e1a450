"""Proxies that Istio starts for a Gateway of the Gateway API, waypoints included.

https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import yaml

from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.surges import surge
from gitopsgen.capacity.templates import claim_of, with_default
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, text

_CLASSES: Final = frozenset({"istio", "istio-remote", "istio-waypoint"})
# Values of the chart `istiod`: global.proxy, global.waypoint.
_PROXY: Final = {"requests": {"cpu": "100m", "memory": "128Mi"}}
_LONGEST: Final = 1 << 16


def gateway(item: Item, objects: Objects, setting: Setting) -> Iterator[Claim]:
    """Give the claim of a gateway's proxies, with what its parameters (a ConfigMap of patches) change."""
    name = text(item.spec.get("gatewayClassName"))
    if name not in _CLASSES or item.spec.get("addresses"):
        return  # someone else's, or one that stands already
    reference = mapping(at(item.spec, "infrastructure", "parametersRef"))
    options = objects.get("ConfigMap", text(reference.get("name")), item.namespace)
    data = mapping(options.data.get("data")) if options else {}
    deployment = mapping(_parsed(text(data.get("deployment"))))
    scaler = mapping(at(_parsed(text(data.get("horizontalPodAutoscaler"))), "spec"))
    replicas = whole(at(deployment, "spec", "replicas"), 1)
    bounds = (whole(scaler.get("minReplicas"), replicas), whole(scaler.get("maxReplicas"), replicas))
    template = mapping(at(deployment, "spec", "template"))
    spec = with_default(mapping(template.get("spec")), "istio-proxy", default(setting, name))
    labels = {
        "gateway.networking.k8s.io/gateway-name": item.name,
        **mapping(at(item.spec, "infrastructure", "labels")),
        **mapping(at(template, "metadata", "labels")),
    }
    more = surge(mapping(at(deployment, "spec", "strategy")), bounds[1])
    claim = claim_of(item, item.name, bounds, spec, labels, surge=more)
    # told where the number is written
    yield replace(claim, item=options, path=("data", "deployment")) if options and "deployment" in data else claim


def default(setting: Setting, name: str) -> Mapping[str, Any]:
    """Give the resources that the chart of istiod gives a proxy."""
    part = "waypoint" if name == "istio-waypoint" else "proxy"
    given = mapping(at(setting.operators, "charts", "istiod", "values", "global", part, "resources"))
    return given or _PROXY


@cache
def _parsed(source: str) -> Any:
    """Read a patch; what is no YAML changes nothing, and is told by others."""
    if not source or len(source) > _LONGEST:
        return None
    try:
        return yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError:
        return None
