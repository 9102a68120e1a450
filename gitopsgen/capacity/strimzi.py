"""Pods that Strimzi makes. https://strimzi.io/docs/operators/latest/configuring.html."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.templates import claim_of
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, text

_CLUSTER: Final = "strimzi.io/cluster"


def pool(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claim of a pool of brokers or controllers."""
    owner = text(at(item.data, "metadata", "labels", _CLUSTER))
    labels = {_CLUSTER: owner, "strimzi.io/pool-name": item.name, "strimzi.io/name": f"{owner}-kafka"}
    spec = _spec(item.spec, {"kafka": item.spec.get("resources")})
    yield claim_of(item, item.name, whole(item.spec.get("replicas"), 1), spec, labels, ("spec", "replicas"))


def kafka(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claims of what runs beside the brokers: operators of topics and users, exporter, Cruise Control."""
    for key, suffix, parts in (
        ("entityOperator", "entity-operator", ("topicOperator", "userOperator")),
        ("kafkaExporter", "kafka-exporter", ()),
        ("cruiseControl", "cruise-control", ()),
    ):
        owner = item.spec.get(key)
        if not isinstance(owner, dict):
            continue
        found = {part: mapping(owner[part]).get("resources") for part in parts if part in owner}
        name = f"{item.name}-{suffix}"
        labels = {_CLUSTER: item.name, "strimzi.io/name": name}
        spec = _spec(owner, found or {key: owner.get("resources")})
        yield claim_of(item, name, 1, spec, labels, ("spec", key), surge=1)


def mirror(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claim of a mirror between clusters."""
    labels = {_CLUSTER: item.name, "strimzi.io/name": f"{item.name}-mirrormaker2"}
    spec = _spec(item.spec, {"mirror": item.spec.get("resources")})
    yield claim_of(item, item.name, whole(item.spec.get("replicas"), 3), spec, labels, ("spec", "replicas"))


def _spec(owner: Mapping[str, Any], containers: Mapping[str, Any]) -> dict[str, Any]:
    pod = mapping(at(owner, "template", "pod"))
    return {**pod, "containers": [{"name": name, "resources": one} for name, one in containers.items()]}
