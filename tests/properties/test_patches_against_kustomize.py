"""Strategic merge gives what kubectl's own kustomize gives, but for the place of new list items.

Left out on purpose is what that kustomize gets wrong: a list of several keys patched by one of them,
a label deleted by a patch that names its target outside.
It puts new items first, a server puts them last, as we do: keyed lists are compared without their order.
"""

from __future__ import annotations

import json
import random
import subprocess

import pytest
import yaml

from gitopsgen.emit import emit
from gitopsgen.model.project import Patch
from gitopsgen.patches import apply
from gitopsgen.schemas import Bundled
from tests.real.builds import UnavailableError
from tests.real.components import kubectl

NUMBER = 40
SEED = 20_26
LISTS_WITH_ORDER = {"args", "command", "tolerations"}


def deployment(name, pick):
    containers = [container(one, pick) for one in pick.sample(["web", "api", "proxy"], pick.randint(1, 3))]
    volumes = [{"name": one, "emptyDir": {}} for one in pick.sample(["tmp", "data", "log"], pick.randint(1, 3))]
    pod = {
        "containers": containers,
        "volumes": volumes,
        "tolerations": [{"key": "edge", "operator": "Exists"}],
        "nodeSelector": {"zone": "a", "disk": "ssd"},
        "securityContext": {"runAsUser": 1000, "runAsNonRoot": True},
    }
    labels = {"app": name, "team": "pay"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels, "annotations": {"note": "yes"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def container(name, pick):
    return {
        "name": name,
        "image": f"{name}:1",
        "args": ["-v", "on"],
        "env": [{"name": one, "value": one.lower()} for one in pick.sample("ABC", pick.randint(1, 3))],
        "ports": [{"containerPort": 8080, "protocol": "TCP", "name": "http"}],
        "volumeMounts": [{"name": "tmp", "mountPath": "/cache"}],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }


def change(data, pick):
    """Give a random patch of a deployment."""
    pod = data["spec"]["template"]["spec"]
    parts = {
        "containers": [container_change(one, pick) for one in pick.sample(pod["containers"], 1)],
        "volumes": [
            {"name": pod["volumes"][0]["name"], "$patch": "delete"},
            {"name": "extra", "configMap": {"name": "settings"}},
        ],
        "tolerations": [{"key": "gpu", "operator": "Equal", "value": "1e3"}],
        "nodeSelector": pick.choice([{"zone": None, "arch": "arm64"}, {"$patch": "replace", "arch": "amd64"}]),
        "securityContext": pick.choice([{"runAsUser": None}, {"$patch": "delete"}, {"runAsUser": 7, "fsGroup": 7}]),
        "terminationGracePeriodSeconds": 5,
    }
    chosen = {name: parts[name] for name in pick.sample(sorted(parts), pick.randint(1, len(parts)))}
    top = {"metadata": {"labels": {"tier": "edge", "team": None}, "annotations": {"note": "off"}}}
    return {**pick.choice([{}, top]), "spec": {"template": {"spec": chosen}}}


def container_change(one, pick):
    if pick.random() < 0.1:
        return {"name": "extra", "image": "extra:1", "env": [{"name": "Z", "value": "12:30"}]}
    parts = {
        "image": "other:2",
        "args": ["--only"],
        "env": [{"name": one["env"][0]["name"], "value": "new"}, {"name": "D", "value": "0755"}],
        "ports": [
            {"containerPort": 8080, "protocol": "TCP", "name": "web"},
            {"containerPort": 9090, "protocol": "TCP", "name": "metrics"},
        ],
        "volumeMounts": [{"mountPath": "/data", "name": "data"}, {"mountPath": "/cache", "$patch": "delete"}],
        "resources": {"requests": {"cpu": None, "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    }
    return {"name": one["name"], **{name: parts[name] for name in pick.sample(sorted(parts), pick.randint(1, 4))}}


def canonical(data, name=""):
    """Forget the order of keyed lists, and containers that a deletion left empty."""
    if isinstance(data, dict):
        below = {key: canonical(value, key) for key, value in data.items()}
        return {key: value for key, value in below.items() if value not in ({}, [])}
    if isinstance(data, list):
        items = [canonical(value) for value in data]
        return items if name in LISTS_WITH_ORDER else sorted(items, key=lambda one: json.dumps(one, sort_keys=True))
    return data


@pytest.fixture(scope="module")
def kustomize():
    try:
        return kubectl()
    except UnavailableError as error:
        pytest.skip(str(error))


def test_strategic_merge_is_that_of_kustomize(kustomize, tmp_path):
    pick = random.Random(SEED)  # noqa: S311 - examples, no secrets
    originals = [deployment(f"web-{number}", pick) for number in range(NUMBER)]
    changes = [change(one, pick) for one in originals]
    patches = []
    for number, (original, patch) in enumerate(zip(originals, changes, strict=True)):
        (tmp_path / f"{number}.yaml").write_text(json.dumps(original))
        target = {"kind": "Deployment", "name": original["metadata"]["name"]}
        named = {**patch, "apiVersion": "apps/v1", "kind": "Deployment"}
        named["metadata"] = {**patch.get("metadata", {}), "name": target["name"]}
        patches.append({"patch": emit(named)})
    kustomization = {"resources": [f"{number}.yaml" for number in range(NUMBER)], "patches": patches}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(kustomization))

    built = subprocess.run([kustomize, "kustomize", tmp_path], capture_output=True, text=True, check=True).stdout

    schema = Bundled("1.35").find("apps/v1", "Deployment").schema
    theirs = {one["metadata"]["name"]: canonical(one) for one in yaml.safe_load_all(built)}
    for original, patch in zip(originals, changes, strict=True):
        record = Patch({"kind": "Deployment", "name": original["metadata"]["name"]}, patch, (), "x.yaml", ())
        result = apply(original, [record], schema)

        assert result.faults == ()
        assert theirs[original["metadata"]["name"]] == canonical(result.data)
