"""The namespace of objects that leave it to whoever installs them, as most charts do: `helm install --namespace`.

A cluster puts an object without one into the namespace that it is asked for; a file in Git has to say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitopsgen.check import Checker, claim_of
from gitopsgen.pipeline.adoptable import Found
from gitopsgen.schemas import split_api_version


def installed(some: Iterable[Found], namespace: str, checker: Checker) -> Iterator[Found]:
    """Give objects with the namespace that they are installed into, those of kinds that have one and that name none."""
    found = tuple(some)
    scopes = dict(_defined(one.data for one in found))
    for one in found:
        metadata = one.data["metadata"]
        if metadata.get("namespace") or not _is_namespaced(one.data, scopes, checker):
            yield one
        else:
            rest = {key: value for key, value in metadata.items() if key not in ("name", "namespace")}
            placed = {"name": metadata["name"], "namespace": namespace, **rest}
            yield replace(one, data={**one.data, "metadata": placed})


def _is_namespaced(data: Mapping[str, Any], scopes: Mapping[tuple[str, str], bool], checker: Checker) -> bool:
    api_version, name = claim_of(data)
    kind = checker.kind(api_version, name)
    if kind is not None and kind.namespaced is not None:
        return kind.namespaced
    return scopes.get((split_api_version(api_version)[0], name), False)


def _defined(some: Iterable[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, str], bool]]:
    """Give the scopes of custom kinds that are defined among the objects themselves."""
    for data in some:
        spec = data.get("spec")
        if data["kind"] == "CustomResourceDefinition" and isinstance(spec, dict):
            names = spec.get("names")
            kind = names.get("kind") if isinstance(names, dict) else None
            yield (str(spec.get("group")), str(kind)), spec.get("scope") == "Namespaced"
