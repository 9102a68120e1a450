"""Pod templates that operators fill in: joined with their defaults, and made to claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.capacity.objects import Item
from gitopsgen.capacity.workload import Claim, Path
from gitopsgen.model.unchecked import mapping, sequence, text


def claim_of(  # noqa: PLR0913, PLR0917 - what any operator's pods have
    item: Item,
    name: str,
    number: int | tuple[int, int],
    spec: Mapping[str, Any],
    labels: Mapping[str, Any],
    path: Path = ("spec",),
    *,
    per_node: bool = False,
    surge: int = 0,
) -> Claim:
    """Give the claim of an operator's object; `number` is that of its pods, or its bounds."""
    least, most = (number, number) if isinstance(number, int) else number
    return Claim(
        item,
        item.kind,
        name,
        least,
        max(least, most),
        surge,
        per_node,
        is_scaled=most > least,
        spec=spec,
        labels=labels,
        namespace=item.namespace,
        case=item.case,
        path=path,
    )


def merged(default: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give an operator's own pod specification with what a template changes: containers by name, all else whole."""
    result = {**default, **{name: value for name, value in given.items() if name not in _CONTAINERS}}
    for kind in _CONTAINERS:
        result[kind] = _joined(sequence(default.get(kind)), sequence(given.get(kind)))
    return result


def with_default(spec: Mapping[str, Any], container: str, resources: Mapping[str, Any]) -> dict[str, Any]:
    """Give a template with the resources that its main container has where nothing is said."""
    return merged({"containers": [{"name": container, "resources": resources}]}, spec)


def alone(labels: Mapping[str, str], key: str) -> dict[str, Any]:
    """Give an affinity that keeps pods with these labels apart."""
    term = {"topologyKey": key, "labelSelector": {"matchLabels": dict(labels)}}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


_CONTAINERS = ("containers", "initContainers")


def _joined(default: list[Any], given: list[Any]) -> list[Any]:
    known = {text(mapping(one).get("name")): mapping(one) for one in default}
    for one in given:
        name = text(mapping(one).get("name"))
        known[name] = {**known.get(name, {}), **mapping(one)}
    return list(known.values())
