"""What kubectl's kustomize builds from the rendered tree is what was checked, object for object."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from tests.real.builds import UnavailableError
from tests.real.components import kubectl

THREADS = 2
FIELDS = ("apiVersion", "kind")
CASE = 3  # parts of the path of a case: region, cluster, case
EVERY = bool(os.environ.get("GITOPSGEN_REAL"))
SOME = ("argocd", "beijing", "shanghai", "suzhou", "wuhu")


@pytest.fixture(scope="module")
def kustomize():
    try:
        return kubectl()
    except UnavailableError as error:
        pytest.skip(str(error))


def identity(data):
    metadata = data["metadata"]
    return (*(data[field] for field in FIELDS), metadata.get("namespace", ""), metadata["name"])


def parsed(texts):
    """Give objects by identity; each must stand there once."""
    objects = [one for text in texts for one in yaml.load_all(text, Loader=yaml.CSafeLoader)]
    by_identity = {identity(one): one for one in objects}
    assert len(by_identity) == len(objects)
    return by_identity


def rendered(folder):
    files = sorted(folder.rglob("*.yaml"))
    return parsed(
        file.read_text("utf-8")
        for file in files
        if file.name != "kustomization.yaml" and "bootstrap" not in file.relative_to(folder).parts
    )


def differences(program, folder):
    """Build one kustomization; give what differs from the files below it."""
    done = subprocess.run([program, "kustomize", folder], capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        return [f"{folder}: {done.stderr}"]
    built, files = parsed([done.stdout]), rendered(folder)
    return [f"{folder}: {one}" for one in sorted({*built, *files}) if built.get(one) != files.get(one)]


def test_kustomizations_build_what_was_rendered(kustomize, whole_fleet):
    """Of every case, of every kind of cluster, and of Argo CD's own objects; in `make real`, of every city."""
    regions = sorted(whole_fleet.iterdir()) if EVERY else [whole_fleet / name for name in SOME]
    folders = [file.parent for region in regions for file in sorted(region.rglob("kustomization.yaml"))]
    with ThreadPoolExecutor(THREADS) as threads:
        found = [one for each in threads.map(lambda folder: differences(kustomize, folder), folders) for one in each]

    assert found == []
    parts = [folder.relative_to(whole_fleet).parts for folder in folders]
    assert {len(one) for one in parts} == {1, 2, 3}, "argocd/, clusters and cases"
    assert {one[2] for one in parts if len(one) == CASE} == {
        path.parent.name for path in whole_fleet.glob("*/*/*/app.json")
    }


def test_a_kustomization_only_lists_resources(whole_fleet):
    for file in whole_fleet.rglob("kustomization.yaml"):
        data = yaml.safe_load(file.read_text("utf-8"))

        assert set(data) == {"apiVersion", "kind", "resources"}
        assert data["resources"] == sorted(data["resources"])
        assert all((file.parent / name).exists() for name in data["resources"])
