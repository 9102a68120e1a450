"""One city of each tier, read by Istio's own analyzers: no error, and no warning that is not explained here."""

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from . import documents
from .components import istio_analyzers, istioctl
from .fleet import objects_below
from .meshed import running
from .needs import program
from .test_apiserver import CHECKOUT

pytestmark = pytest.mark.real

# A small edge city, a large one, and the classes of a core city that have a mesh.
CLUSTERS = ["wuhu/edge", "suzhou/edge", "shanghai/edge", "shanghai/risk", "shanghai/platform", "shanghai/bank-a"]
TOLD = {"Error", "Warning"}


class Said(NamedTuple):
    """What is said of an object, by the code of the message."""

    cluster: str
    code: str
    origin: str


# Each has to be said, or its explanation is not needed any more.
EXPLAINED = {
    Said("shanghai/platform", "IST0133", "EnvoyFilter ingress/edge-rate-limit"): (
        "no other API of Istio limits rates; the filter is pinned to the proxy's version"
    ),
    Said("shanghai/platform", "IST0144", "Deployment ingress/edge"): "it is the proxy itself, not a pod beside one",
    Said("shanghai/platform", "IST0144", "Pod ingress/edge-0"): "as its Deployment",
}

# Mistakes, or nothing would be said because nothing was read.
PLANTED = [
    {"kind": "DestinationRule", "spec": {"host": "nowhere", "subsets": [{"labels": {"a": "b"}}]}},
    {
        "kind": "VirtualService",
        "spec": {"hosts": ["planted"], "http": [{"route": [{"destination": {"host": "nowhere"}}]}]},
    },
    {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "spec": {"selector": {"matchLabels": {"app": "nobody"}}, "action": "DENY", "rules": [{}]},
    },
]
FOUND_IN_FILES = {"IST0106"}
FOUND_IN_A_CLUSTER = {"IST0101", "IST0106", "IST0127", "IST0174"}


def planted(namespace: str) -> list[dict[str, Any]]:
    metadata = {"name": "planted", "namespace": namespace}
    return [{"apiVersion": "networking.istio.io/v1", **each, "metadata": metadata} for each in PLANTED]


def mesh_config(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Give what the case adds to the mesh's configuration."""
    texts = [each["data"]["mesh"] for each in objects if each["kind"] == "ConfigMap" and "mesh" in each["data"]]
    return {key: value for text in texts for key, value in yaml.safe_load(text).items()}


def said(cluster: str, messages: list[dict[str, Any]]) -> tuple[set[Said], set[str]]:
    """Give what is said of the cluster, and the codes of what is said of the planted mistakes."""
    told = [Said(cluster, each["code"], each["origin"]) for each in messages if each["level"] in TOLD]
    ours = {each for each in told if not each.origin.endswith("/planted")}
    return ours, {each.code for each in told if each not in ours}


def analyzed_offline(cluster: str, folder: Path) -> tuple[set[Said], set[str]]:
    """Ask istioctl, as anyone can: of files it reads the kinds of Istio alone."""
    objects = objects_below(CHECKOUT / "generated" / cluster)
    path = folder / "cluster.yaml"
    path.write_text(documents.joined([*objects, *planted("monitoring")]), encoding="utf-8")
    command = [program(istioctl), "analyze", "--use-kube=false", "--all-namespaces", "--output", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return said(cluster, json.loads(done.stdout))


def analyzed(cluster: str, folder: Path) -> tuple[set[Said], set[str]]:
    """Ask all analyzers, with what would run there."""
    objects = objects_below(CHECKOUT / "generated" / cluster)
    config, path, answer = (folder / name for name in ("mesh.yaml", "cluster.yaml", "answer.json"))
    config.write_text(json.dumps(mesh_config(objects)), encoding="utf-8")
    path.write_text(documents.joined([*running(objects), *planted("monitoring")]), encoding="utf-8")
    command = [program(istio_analyzers), str(config), str(path), str(answer)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(answer.read_text(encoding="utf-8"))
    assert not result["skipped"]
    return said(cluster, result["messages"])


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_istioctl_finds_nothing_that_is_not_explained(cluster: str, tmp_path: Path) -> None:
    found, mistakes = analyzed_offline(cluster, tmp_path)

    assert mistakes == FOUND_IN_FILES
    assert found - set(EXPLAINED) == set()


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_all_analyzers_together_find_what_is_explained_and_nothing_else(cluster: str, tmp_path: Path) -> None:
    found, mistakes = analyzed(cluster, tmp_path)

    assert mistakes == FOUND_IN_A_CLUSTER
    assert found == {each for each in EXPLAINED if each.cluster == cluster}
