"""What is given to a real scheduler of a cluster's pods: rendered workloads at their ceiling while they are rolled out,
and pods in the place of those that operators and charts would make.

Only what placing asks for is kept: what admission refuses is tried elsewhere.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gitopsgen.capacity import Setting, Workload
from gitopsgen.capacity.injection import injected
from gitopsgen.capacity.objects import Item, Objects
from gitopsgen.capacity.verdict import peak_of

from .plane import Object

IMAGE = "registry.example.com/stand-in:1"
LABEL = "gitopsgen.io/stand-in"
# What pods name, or what changes them on their way in.
GIVEN = ("Namespace", "PriorityClass", "RuntimeClass", "StorageClass", "LimitRange", "PersistentVolumeClaim")
NATIVE = {"Deployment", "StatefulSet", "DaemonSet"}
PLACING = (
    "affinity",
    "hostNetwork",
    "nodeSelector",
    "priorityClassName",
    "runtimeClassName",
    "tolerations",
    "topologySpreadConstraints",
)
SERVERS_OWN = {"default", "kube-system"}
LONGEST_LABEL = 63
POD_SECURITY = "pod-security.kubernetes.io/"


class StandIns:
    """The objects of one cluster as they are given to a server; a workload is known by its place in the sequence."""

    def __init__(self, items: Sequence[Item], setting: Setting, workloads: Sequence[Workload]) -> None:
        self._objects = Objects(items)
        self._setting = setting
        self._made = [self._workload(number, each) for number, each in enumerate(workloads)]

    def workloads(self, numbers: Iterable[int]) -> list[Object]:
        """Give some of the workloads."""
        return [self._made[number] for number in numbers]

    def surroundings(self) -> Iterator[Object]:
        """Give all that a server looks at when pods are made, in the order in which it takes them."""
        given = [_admitting(each.data) for each in self._objects.items if each.kind in GIVEN]
        given.sort(key=lambda each: GIVEN.index(each["kind"]))
        known = {(each["kind"], each["metadata"]["name"]) for each in given}
        namespaces = {
            each["metadata"]["namespace"] for each in (*self._made, *given) if "namespace" in each["metadata"]
        }
        for name in sorted(namespaces - SERVERS_OWN):
            if ("Namespace", name) not in known:
                yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        claims = (claim for each in self._made for claim in each["spec"].get("volumeClaimTemplates", []))
        for name in sorted({each["spec"].get("storageClassName", "") for each in claims} - {""}):
            if ("StorageClass", name) not in known:
                # Of the distribution, or of a chart.
                yield _storage_class(name)
        yield from given

    def _workload(self, number: int, workload: Workload) -> Object:
        claim = workload.claim
        native = self._objects.get(claim.kind, claim.name, claim.namespace, "apps")
        made = copy.deepcopy(dict(native.data)) if native and claim.kind in NATIVE else _stand_in(number, workload)
        pod = made["spec"]["template"]
        pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), LABEL: str(number)}
        namespace = self._objects.get("Namespace", claim.namespace)
        for index, amounts in enumerate(injected(claim, namespace, self._setting)):
            asked = {name: f"{value}m" if name == "cpu" else str(value) for name, value in amounts.items()}
            pod["spec"]["containers"].append(_container(f"injected-{index}", {"requests": asked}))
        if made["kind"] != "DaemonSet":
            made["spec"]["replicas"] = peak_of(workload)
        return made


def _stand_in(number: int, workload: Workload) -> Object:
    claim = workload.claim
    spec = {key: claim.spec[key] for key in PLACING if claim.spec.get(key) is not None}
    spec["containers"] = [
        _container(f"c-{index}", each.get("resources") or {}) for index, each in enumerate(claim.spec["containers"])
    ]
    spec["initContainers"] = [
        {**_container(f"i-{index}", each.get("resources") or {}), **_stays(each)}
        for index, each in enumerate(claim.spec.get("initContainers") or ())
    ]
    # Systems are told apart by a label of our own, which may be longer than a server takes.
    labels = {**{key: value[-LONGEST_LABEL:] for key, value in claim.labels.items()}, LABEL: str(number)}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet" if claim.per_node else "Deployment",
        "metadata": {"name": f"stand-in-{number}", "namespace": claim.namespace},
        "spec": {
            "selector": {"matchLabels": {LABEL: str(number)}},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def _container(name: str, resources: Mapping[str, Any]) -> dict[str, Any]:
    """Make a container whose limits hold what it asks for: what a namespace gives as default may be less."""
    asked = dict(resources.get("requests") or {})
    limits = {**{key: asked[key] for key in asked if key in {"cpu", "memory"}}, **(resources.get("limits") or {})}
    return {"name": name, "image": IMAGE, "resources": {"requests": asked, "limits": limits}}


def _stays(container: Mapping[str, Any]) -> Object:
    return {"restartPolicy": "Always"} if container.get("restartPolicy") == "Always" else {}


def _admitting(obj: Object) -> Object:
    """Give a namespace that lets stand-ins in: they have no security context."""
    if obj["kind"] != "Namespace":
        return obj
    labels = obj["metadata"].get("labels", {})
    kept = {key: value for key, value in labels.items() if not key.startswith(POD_SECURITY)}
    return {**obj, "metadata": {**obj["metadata"], "labels": kept}}


def _storage_class(name: str) -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "rancher.io/local-path",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
