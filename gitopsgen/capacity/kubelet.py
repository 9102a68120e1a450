"""What the files of nodes say of kubelets: what they keep, how many pods they take, labels and taints.

K3s: https://docs.k3s.io/cli/server (`kubelet-arg`, `node-label`, `node-taint`)
kubeadm: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from gitopsgen.capacity.objects import whole
from gitopsgen.capacity.pods import amounts
from gitopsgen.capacity.quantities import amount
from gitopsgen.model.unchecked import mapping, sequence, text

_K3S: Final = "/etc/rancher/k3s/config.yaml"
_PODS: Final = 110
_EVICTION: Final = 100 * 2**20  # the kubelet's own default


@dataclass(frozen=True, slots=True)
class Reserve:
    """What a kubelet keeps: bytes of memory, thousandths of processors; how many pods it takes; what it registers."""

    kept: int = _EVICTION
    processors: int = 0
    pods: int = _PODS
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, Any], ...] = ()


class Kubelets(NamedTuple):
    """What servers keep, and what workers keep."""

    server: Reserve = Reserve()
    worker: Reserve = Reserve()


def kubelets(files: Iterable[tuple[str, Any]]) -> Kubelets:
    """Read the files of a cluster's nodes: their paths, and their data."""
    known = [(f"/{path}", data) for path, data in files]
    k3s = next((mapping(data) for path, data in known if path.endswith(_K3S)), None)
    if k3s is not None:
        found = _of_k3s(k3s)
        return Kubelets(found, found)
    documents = [mapping(one) for _, data in known for one in (data if isinstance(data, list) else [data])]
    kept = next((_of_configuration(one) for one in documents if one.get("kind") == "KubeletConfiguration"), Reserve())
    servers, workers = kept, kept
    for one in documents:
        if text(one.get("apiVersion")).startswith("kubeadm.k8s.io/") and "nodeRegistration" in one:
            registered = _registered(kept, mapping(one["nodeRegistration"]), one["kind"])
            if one["kind"] == "InitConfiguration":
                servers = registered
            elif "controlPlane" not in one:
                workers = registered
    return Kubelets(servers, workers)


def _of_k3s(config: Mapping[str, Any]) -> Reserve:
    arguments = dict(_pairs(sequence(config.get("kubelet-arg"))))
    configuration = {
        "kubeReserved": dict(_pairs(arguments.get("kube-reserved", "").split(","))),
        "systemReserved": dict(_pairs(arguments.get("system-reserved", "").split(","))),
        "evictionHard": dict(_bounds(arguments.get("eviction-hard", ""))),
        "reservedSystemCPUs": arguments.get("reserved-cpus", ""),
        "maxPods": int(arguments["max-pods"]) if arguments.get("max-pods", "").isdigit() else _PODS,
    }
    found = _of_configuration(configuration)
    labels = dict(_pairs(sequence(config.get("node-label"))))
    taints = tuple(taint_of(one) for one in sequence(config.get("node-taint")))
    return Reserve(found.kept, found.processors, found.pods, labels, taints)


def _of_configuration(data: Mapping[str, Any]) -> Reserve:
    kube, system = amounts(data.get("kubeReserved")), amounts(data.get("systemReserved"))
    eviction = amount(mapping(data.get("evictionHard")).get("memory.available"))
    kept = kube.get("memory", 0) + system.get("memory", 0) + int(_EVICTION if eviction is None else eviction)
    own = text(data.get("reservedSystemCPUs"))
    # a list of processors takes the place of both amounts
    processors = 1000 * _processors(own) if own else kube.get("cpu", 0) + system.get("cpu", 0)
    return Reserve(kept, processors, whole(data.get("maxPods"), _PODS))


def _registered(kept: Reserve, registration: Mapping[str, Any], kind: str) -> Reserve:
    arguments = registration.get("kubeletExtraArgs")
    named = (
        arguments.items()
        if isinstance(arguments, dict)
        else ((mapping(one).get("name"), mapping(one).get("value")) for one in sequence(arguments))
    )
    labels = dict(_pairs(text(dict(named).get("node-labels")).split(",")))
    taints = registration.get("taints")
    if taints is None and kind == "InitConfiguration":  # what kubeadm does where nothing is said
        taints = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    return Reserve(kept.kept, kept.processors, kept.pods, labels, tuple(map(mapping, sequence(taints))))


def _pairs(written: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for one in written:
        key, equals, value = str(one).partition("=")
        if equals:
            yield key.lstrip("-"), value


def _bounds(written: str) -> Iterator[tuple[str, str]]:
    for one in written.split(","):
        key, less, value = one.partition("<")
        if less:
            yield key, value


def _processors(written: str) -> int:
    """Count the processors of a list such as `0,1` or `0-3,8`."""
    total = 0
    for part in written.split(","):
        first, dash, last = part.strip().partition("-")
        if first.isdigit():
            total += int(last) - int(first) + 1 if dash and last.isdigit() else 1
    return total


def taint_of(written: Any) -> Mapping[str, Any]:
    """Read a taint as `key=value:Effect`, with the value left out or not."""
    pair, _, effect = str(written).rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "value": value, "effect": effect}
