"""A control plane that schedules: controllers, the scheduler, and kwok in the place of nodes.

Knows nothing of the fleet. Volumes of one node are made where the scheduler wants them, as a provisioner would.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .client import ApiClient, Reply, Request
from .cluster import LOOPBACK, Site, api_server, free_ports, running
from .components import kubernetes_program, kwok
from .plane import ClusterError, ControlPlane, Object
from .reserved import requests_of

STAGES = Path(__file__).parent / "kwok.yaml"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
CLAIMS = "/api/v1/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"

POLL_SECONDS = 0.5
# So long after the last change nothing more is to be expected: a pod that found no place is tried again within ten.
QUIET_SECONDS = 16
SETTLED_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod: where it was placed, or why it was not; `homes` are the nodes where its volumes are already."""

    namespace: str
    name: str
    node: str
    reason: str
    labels: Mapping[str, str]
    spec: Mapping[str, Any]
    is_of_daemon_set: bool
    homes: frozenset[str]

    @property
    def has_volume(self) -> bool:
        """Whether it has a volume that stays where it is."""
        return any("persistentVolumeClaim" in each for each in self.spec.get("volumes", []))

    @property
    def requests(self) -> Mapping[str, int]:
        """What the scheduler reserves for it, as it stands after admission: thousandths of processors, bytes."""
        return requests_of(self.spec)


class Cluster:
    """A cluster whose nodes are only played; its pods are scheduled for real."""

    def __init__(self, client: ApiClient) -> None:
        self.plane = ControlPlane(client)
        self._client = client

    def create(self, objects: Iterable[Object]) -> None:
        """Make objects for real."""
        for obj in objects:
            made = self.plane.create(obj)
            if not made.accepted:
                message = f"{obj['kind']} {obj['metadata']['name']}: {made.message}"
                raise ClusterError(message)

    def pods(self) -> list[Pod]:
        """Give all pods that are to stay."""
        items = self._list("/api/v1/pods")
        homes = dict(map(_home, self._list(VOLUMES)))
        return [_pod(each, homes) for each in items if "deletionTimestamp" not in each["metadata"]]

    def refusals(self) -> list[str]:
        """Say which pods could not even be made."""
        return [each["message"] for each in self._list("/api/v1/events") if each.get("reason") == "FailedCreate"]

    def settle(self, expected: int) -> list[Pod]:
        """Wait until so many pods have their place, or nothing changes any more."""
        deadline = time.monotonic() + SETTLED_SECONDS
        seen: set[tuple[str, ...]] = set()
        quiet_since = time.monotonic()
        while True:
            self.provide_volumes()
            pods = self.pods()
            if len(pods) == expected and all(each.node for each in pods):
                return pods
            now, state = time.monotonic(), {(each.namespace, each.name, each.node, each.reason) for each in pods}
            if state != seen:
                seen, quiet_since = state, now
            if now - quiet_since > QUIET_SECONDS or now > deadline:
                return pods
            time.sleep(POLL_SECONDS)

    def lose(self, node: str) -> None:
        """Take a node away for good, with the pods that ran on it."""
        self._send("DELETE", f"/api/v1/nodes/{node}")
        for pod in self.pods():
            if pod.node == node:
                # As the garbage collector of pods does, a minute later.
                path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}"
                self._send("DELETE", f"{path}?gracePeriodSeconds=0")

    def provide_volumes(self) -> None:
        """Make the volumes that claims wait for, where the scheduler wants them."""
        for claim in self._list(CLAIMS):
            node = claim["metadata"].get("annotations", {}).get(SELECTED_NODE)
            if node and not claim["spec"].get("volumeName"):
                # Made by an earlier look, and not yet bound, is fine too.
                self._send("POST", VOLUMES, _volume(claim, node))

    def _list(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._client.request("GET", path).document()["items"]
        return items

    def _send(self, method: str, path: str, obj: Object | None = None) -> Reply:
        return self._client.request(
            method, path, Request(json.dumps(obj).encode(), "application/json") if obj else None
        )


@contextmanager
def scheduling_cluster(version: str) -> Iterator[Cluster]:
    """Run a cluster without nodes, for as long as the block lasts."""
    with scheduling_server(version) as (_, client):
        yield Cluster(client)


@contextmanager
def scheduling_server(version: str, controllers: str = "*") -> Iterator[tuple[Site, ApiClient]]:
    """Run the same with all or some controllers, and give what another program needs to talk to it."""
    programs = [kubernetes_program(name, version) for name in ("kube-controller-manager", "kube-scheduler")]
    with ExitStack() as stack:
        player = kwok()
        site, client = stack.enter_context(api_server(version))
        for program in programs:
            stack.enter_context(running(_command(program, site, controllers), site.folder))
        stack.enter_context(running(_player(player, site), site.folder))
        yield site, client


def _command(program: Path, site: Site, controllers: str) -> list[str]:
    (port,) = free_ports(1)
    command = [
        str(program),
        f"--kubeconfig={site.kubeconfig()}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={port}",
        f"--cert-dir={site.folder / program.name}",
        "--leader-elect=false",
    ]
    if program.name == "kube-controller-manager":
        command += [f"--service-account-private-key-file={site.signing_key}", f"--controllers={controllers}"]
    return command


def _player(program: Path, site: Site) -> list[str]:
    return [
        str(program),
        f"--kubeconfig={site.kubeconfig()}",
        f"--config={STAGES}",
        "--manage-all-nodes=true",
        f"--node-ip={LOOPBACK}",
        "--node-lease-duration-seconds=40",
    ]


def _pod(obj: Mapping[str, Any], homes: Mapping[tuple[str, str], str]) -> Pod:
    metadata, status = obj["metadata"], obj.get("status", {})
    volumes = (each.get("persistentVolumeClaim", {}) for each in obj["spec"].get("volumes", []))
    claims = [(metadata["namespace"], each["claimName"]) for each in volumes if each]
    scheduled = next((each for each in status.get("conditions", []) if each["type"] == "PodScheduled"), {})
    return Pod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        node=obj["spec"].get("nodeName", ""),
        reason=scheduled.get("message", ""),
        labels=metadata.get("labels", {}),
        spec=obj["spec"],
        is_of_daemon_set=any(each["kind"] == "DaemonSet" for each in metadata.get("ownerReferences", [])),
        homes=frozenset(homes[each] for each in claims if each in homes),
    )


def _home(volume: Mapping[str, Any]) -> tuple[tuple[str, str], str]:
    """Give the claim that a volume is for, and the node where it is."""
    claim = volume["spec"]["claimRef"]
    (term,) = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    return (claim["namespace"], claim["name"]), term["matchExpressions"][0]["values"][0]


def _volume(claim: Mapping[str, Any], node: str) -> Object:
    metadata, spec = claim["metadata"], claim["spec"]
    at_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{metadata['namespace']}-{metadata['name']}"},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "storageClassName": spec.get("storageClassName", ""),
            "local": {"path": f"/var/volumes/{metadata['name']}"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [at_node]}]}},
            "claimRef": {
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
        },
    }
