"""What is given to a real scheduler of a cluster's pods: rendered workloads at their ceiling while they are rolled out,
and pods in the place of those that operators and charts would make.

Only what placing asks for is kept: what admission refuses is tried elsewhere.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
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
POD_SECURITY = "pod-security.kubernetes.io/"


class StandIns:
    """The objects of one cluster, and what becomes of its workloads."""

    def __init__(self, items: Sequence[Item], setting: Setting) -> None:
        self._objects = Objects(items)
        self._setting = setting

    def of(self, workloads: Sequence[Workload]) -> Iterator[Object]:
        """Give all that a server needs to make the pods of these workloads, in the order in which it takes them."""
        made = [self._workload(number, each) for number, each in enumerate(workloads)]
        given = [_admitting(each.data) for each in self._objects.items if each.kind in GIVEN]
        given.sort(key=lambda each: GIVEN.index(each["kind"]))
        known = {(each["kind"], each["metadata"]["name"]) for each in given}
        namespaces = {each["metadata"]["namespace"] for each in (*made, *given) if "namespace" in each["metadata"]}
        for name in sorted(namespaces - SERVERS_OWN):
            if ("Namespace", name) not in known:
                yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        claims = (claim for each in made for claim in each["spec"].get("volumeClaimTemplates", []))
        for name in sorted({each["spec"].get("storageClassName", "") for each in claims} - {""}):
            if ("StorageClass", name) not in known:
                # Of the distribution, or of a chart.
                yield _storage_class(name)
        yield from given
        yield from made

    def _workload(self, number: int, workload: Workload) -> Object:
        claim = workload.claim
        native = self._objects.get(claim.kind, claim.name, claim.namespace, "apps")
        made = copy.deepcopy(dict(native.data)) if native and claim.kind in NATIVE else _stand_in(number, workload)
        made["metadata"]["labels"] = {**made["metadata"].get("labels", {}), LABEL: str(number)}
        pod = made["spec"]["template"]
        pod["metadata"].setdefault("labels", {})[LABEL] = str(number)
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
    labels = {**claim.labels, LABEL: str(number)}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet" if claim.per_node else "Deployment",
        "metadata": {"name": f"stand-in-{number}", "namespace": claim.namespace},
        "spec": {
            "selector": {"matchLabels": {LABEL: str(number)}},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def _container(name: str, resources: Mapping[str, Any]) -> Object:
    return {"name": name, "image": IMAGE, "resources": dict(resources)}


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
