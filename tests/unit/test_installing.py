"""What a chart leaves to `helm install`, the namespace of its objects, is told by a file in Git."""

from __future__ import annotations

from pathlib import Path

from gitopsgen.check import Checker
from gitopsgen.diagnostics import Location
from gitopsgen.pipeline.adoptable import Found
from gitopsgen.pipeline.installing import installed

DEFINED = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "tills.example.com"},
    "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Till"}},
}


def thing(api_version, kind, **metadata):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "one", **metadata}}


def test_objects_of_kinds_with_namespaces_get_the_one_they_are_installed_into(tmp_path):
    some = [
        thing("v1", "Service", labels={"a": "b"}),
        thing("v1", "Service", namespace="other"),
        thing("rbac.authorization.k8s.io/v1", "ClusterRole"),
        thing("example.com/v1", "Till"),
        thing("example.com/v1", "Unknown"),
        DEFINED,
    ]
    found = [Found(data, lambda: Location("a.yaml")) for data in some]

    placed = [one.data for one in installed(found, "shop", Checker("1.35", Path(tmp_path), keep=False))]

    assert [one["metadata"].get("namespace") for one in placed] == ["shop", "other", None, "shop", None, None]
    assert list(placed[0]["metadata"]) == ["name", "namespace", "labels"]
    assert "namespace" not in some[0]["metadata"]
