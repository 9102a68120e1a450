"""The nodes of a cluster as its kubelets would register them, from its size and from the files that the nodes get.

What pods may use is reckoned as the kubelet does: all, less what is reserved, less where it begins to evict.
https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

K3S = Path("etc/rancher/k3s/config.yaml")
KUBEADM = Path("etc/kubernetes/kubeadm.yaml")
KIBI = 1024
BINARY = {"Ki": KIBI, "Mi": KIBI**2, "Gi": KIBI**3}
HUGE_PAGES = re.compile(r"hugepagesz=1G hugepages=(\d+)")
FUNCTIONS = re.compile(r"^ExecStart=.*/virtual-functions \S+ (\d+)$", re.MULTILINE)
RACK = re.compile(r"--node-labels=([^\"]+)")
SERVER = "node-role.kubernetes.io/control-plane"
# What firmware and kernel keep of a machine's memory: of 8 GiB the kubelet sees 7.75.
KERNEL_SHARE = 32

# Labels that an operator puts on the workers, by its name.
OPERATORS_LABELS = {"kata-deploy": {"katacontainers.io/kata-runtime": "true"}}


@dataclass(frozen=True, slots=True)
class Kubelet:
    """What a kubelet is told, in thousandths of processors and in bytes."""

    reserved_cpu: int
    reserved_memory: int
    max_pods: int
    labels: Mapping[str, str] = field(default_factory=dict)


def nodes(tree: Path, facts: Mapping[str, Any], operators: set[str]) -> list[dict[str, Any]]:
    """Make the Node objects of a cluster, whose files are in `tree`/bootstrap, servers without room for pods too."""
    bootstrap = tree / "bootstrap"
    kubelet = _k3s(bootstrap) if facts["distribution"] == "k3s" else _kubeadm(bootstrap)
    labels = {key: value for name in operators for key, value in OPERATORS_LABELS.get(name, {}).items()}
    amounts = {**_amounts(facts["size"], kubelet), **_extended(bootstrap, tree)}
    if "1Gi" in "".join(amounts):
        amounts["memory"] = str(int(amounts["memory"]) - amounts["hugepages-1Gi"] * BINARY["Gi"])
    racks = list(_racks(bootstrap)) or [{}]
    if facts["distribution"] == "k3s":
        labels[SERVER] = "true"
    workers = [
        _node(f"node-{index + 1}", {**kubelet.labels, **labels, **racks[index % len(racks)]}, amounts)
        for index in range(facts.get("workers", facts.get("nodes", 0)))
    ]
    servers = [
        _node(f"server-{index + 1}", {**kubelet.labels, SERVER: ""}, amounts, [{"key": SERVER, "effect": "NoSchedule"}])
        for index in range(facts.get("controlPlane", 0))
    ]
    return [*workers, *servers]


def _k3s(bootstrap: Path) -> Kubelet:
    config = yaml.safe_load((bootstrap / K3S).read_text(encoding="utf-8"))
    arguments = dict(each.split("=", 1) for each in config["kubelet-arg"])
    reserved = [_pairs(arguments[name], "=") for name in ("kube-reserved", "system-reserved")]
    if "reserved-cpus" in arguments:
        # Names processors, and takes the place of other reservations.
        cpu = 1000 * len(arguments["reserved-cpus"].split(","))
    else:
        cpu = sum(_cpu(each["cpu"]) for each in reserved)
    eviction = _pairs(arguments["eviction-hard"], "<")["memory.available"]
    memory = sum(_memory(each["memory"]) for each in reserved) + _memory(eviction)
    return Kubelet(cpu, memory, int(arguments["max-pods"]), dict(each.split("=") for each in config["node-label"]))


def _kubeadm(bootstrap: Path) -> Kubelet:
    first = list(yaml.safe_load_all((bootstrap / "first-server" / KUBEADM).read_text(encoding="utf-8")))
    config = next(each for each in first if each["kind"] == "KubeletConfiguration")
    reserved = [config["kubeReserved"], config["systemReserved"]]
    memory = sum(_memory(each["memory"]) for each in reserved) + _memory(config["evictionHard"]["memory.available"])
    join = yaml.safe_load((bootstrap / "worker" / KUBEADM).read_text(encoding="utf-8"))
    arguments = {each["name"]: each["value"] for each in join["nodeRegistration"]["kubeletExtraArgs"]}
    labels = _pairs(arguments["node-labels"], "=")
    return Kubelet(sum(_cpu(each["cpu"]) for each in reserved), memory, config["maxPods"], labels)


def _racks(bootstrap: Path) -> Iterator[dict[str, str]]:
    for path in sorted(bootstrap.glob("rack-*/etc/default/kubelet")):
        found = RACK.search(path.read_text(encoding="utf-8"))
        assert found, path
        yield _pairs(found[1], "=")


def _amounts(size: Mapping[str, Any], kubelet: Kubelet) -> dict[str, Any]:
    memory = _memory(size["memory"])
    return {
        "cpu": f"{_cpu(size['cpu']) - kubelet.reserved_cpu}m",
        "memory": str(memory - memory // KERNEL_SHARE - kubelet.reserved_memory),
        "pods": str(kubelet.max_pods),
    }


def _extended(bootstrap: Path, tree: Path) -> dict[str, int]:
    """Give large pages, and functions of network cards under the name that the device plugin gives them."""
    texts = [path.read_text(encoding="utf-8") for path in bootstrap.rglob("*") if path.is_file()]
    pages = sum(int(found[1]) for text in texts if (found := HUGE_PAGES.search(text)))
    functions = sum(int(found[1]) for text in texts if (found := FUNCTIONS.search(text)))
    names = [
        f"{each['resourcePrefix']}/{each['resourceName']}"
        for path in tree.glob("*/configmap-sriov-device-plugin.yaml")
        for each in yaml.safe_load(yaml.safe_load(path.read_text())["data"]["config.json"])["resourceList"]
    ]
    return {**({"hugepages-1Gi": pages} if pages else {}), **dict.fromkeys(names, functions)}


def _node(
    name: str, labels: Mapping[str, str], amounts: Mapping[str, Any], taints: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    own = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    quantities = {key: f"{value}Gi" if key.startswith("hugepages") else str(value) for key, value in amounts.items()}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {**own, **labels}},
        "spec": {"taints": taints or []},
        "status": {"capacity": quantities, "allocatable": quantities},
    }


def _pairs(text: str, between: str) -> dict[str, str]:
    return dict(each.split(between, 1) for each in text.split(",") if between in each)


def _cpu(value: Any) -> int:
    text = str(value)
    return int(text.removesuffix("m")) if text.endswith("m") else 1000 * int(text)


def _memory(value: str) -> int:
    return int(value[:-2]) * BINARY[value[-2:]]
