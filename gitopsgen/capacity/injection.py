"""Containers that webhooks put into pods: proxies of Istio, clients of Network Service Mesh.

https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
https://github.com/networkservicemesh/cmd-admission-webhook-k8s
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.gateways import default
from gitopsgen.capacity.objects import Item
from gitopsgen.capacity.pods import Amounts, amounts, requests
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, sequence

_INJECT: Final = "sidecar.istio.io/inject"
_PROXY: Final = {"cpu": "sidecar.istio.io/proxyCPU", "memory": "sidecar.istio.io/proxyMemory"}
_PROXY_LIMIT: Final = {"cpu": "sidecar.istio.io/proxyCPULimit", "memory": "sidecar.istio.io/proxyMemoryLimit"}
_CLIENT: Final = "networkservicemesh.io"
_CLIENT_ASKS: Final = {"cpu": "100m", "memory": "40Mi"}  # NSM_SIDECAR_REQUESTS_CPU, NSM_SIDECAR_REQUESTS_MEMORY
# Where Network Service Mesh looks, and where Istio does not.
_OURS: Final = frozenset({"Gateway"})


def injected(claim: Claim, namespace: Item | None, setting: Setting) -> Iterator[Amounts]:
    """Give what each injected container asks for."""
    labels = mapping(mapping(namespace.data.get("metadata")).get("labels")) if namespace else {}
    if _has_proxy(claim, labels):
        yield _proxy(claim.annotations, setting)
    if _CLIENT in claim.annotations:
        yield amounts(_CLIENT_ASKS)


def _has_proxy(claim: Claim, labels: Mapping[str, Any]) -> bool:
    wanted = str(claim.labels.get(_INJECT, claim.annotations.get(_INJECT))).lower()
    if claim.spec.get("hostNetwork") is True or wanted == "false" or claim.kind in _OURS:
        return False
    if any(mapping(one).get("name") == "istio-proxy" for one in sequence(claim.spec.get("containers"))):
        return False  # it is one itself: the template `gateway` fills it
    chosen = labels.get("istio-injection")
    return chosen == "enabled" or (chosen != "disabled" and ("istio.io/rev" in labels or wanted == "true"))


def _proxy(annotations: Mapping[str, Any], setting: Setting) -> Amounts:
    """Give what a proxy asks: with any annotation on its resources, what they say and nothing else."""
    asked = {name: annotations[key] for name, key in _PROXY.items() if key in annotations}
    limits = {name: annotations[key] for name, key in _PROXY_LIMIT.items() if key in annotations}
    if not (asked or limits):
        return requests({"containers": [{"resources": default(setting, "istio")}]})
    return requests({"containers": [{"resources": {"requests": asked, "limits": limits}}]})
