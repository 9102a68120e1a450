"""Namespaces as a cluster has them: with the label that their name gives them, and those that nobody writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.model.unchecked import mapping

_ALWAYS: Final = ("default", "kube-node-lease", "kube-public", "kube-system")


def as_created(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an object with the label that the API server gives each Namespace.

    https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
    """
    if data.get("kind") != "Namespace" or data.get("apiVersion") != "v1":
        return data
    metadata = mapping(data.get("metadata"))
    labels = {**mapping(metadata.get("labels")), "kubernetes.io/metadata.name": metadata.get("name")}
    return {**data, "metadata": {**metadata, "labels": labels}}


def always_there(known: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Give the Namespaces that every cluster has, but for those known from manifests."""
    for name in sorted({*_ALWAYS} - {*known}):
        yield as_created({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
