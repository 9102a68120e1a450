"""One city of each tier, read by Istio's own analyzers: no error, and no warning that is not explained here."""

import copy
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from . import documents
from .components import istioctl
from .fleet import manifest_files
from .needs import program
from .test_apiserver import CHECKOUT

pytestmark = pytest.mark.real

# A small edge city, a large one, and the classes of a core city that have a mesh.
CLUSTERS = ["wuhu/edge", "suzhou/edge", "shanghai/edge", "shanghai/risk", "shanghai/platform", "shanghai/bank-a"]

WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet"}


class Said(NamedTuple):
    """What the analyzers say of one object, without the words."""

    code: str
    origin: str


# Each has to be said somewhere, or it is not needed any more.
EXPLAINED: dict[Said, str] = {}


def pods(obj: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Make the pod that a workload would: the analyzers look for pods, not for what makes them."""
    if obj["kind"] in WORKLOADS:
        pod = copy.deepcopy(obj["spec"]["template"])
        metadata = {"name": f"{obj['metadata']['name']}-0", "namespace": obj["metadata"]["namespace"]}
        yield {"apiVersion": "v1", "kind": "Pod", **pod, "metadata": {**pod["metadata"], **metadata}}


def analyzed(cluster: str, folder: Path) -> list[dict[str, Any]]:
    tree = CHECKOUT / "generated" / cluster
    objects = [documents.parse(body) for path in manifest_files(tree) for _, body in documents.split(path.read_text())]
    made = [*objects, *(pod for obj in objects for pod in pods(obj))]
    path = folder / "cluster.yaml"
    path.write_text("\n---\n".join(map(json.dumps, made)), encoding="utf-8")
    command = [program(istioctl), "analyze", "--use-kube=false", "--all-namespaces", "--output", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    messages: list[dict[str, Any]] = json.loads(done.stdout)
    return messages
