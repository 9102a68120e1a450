"""Pods that ECK makes. Its defaults: https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/manage-compute-resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.templates import claim_of, with_default
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, sequence, text

_TWO: Final = {"requests": {"memory": "2Gi"}}
_ONE: Final = {"requests": {"memory": "1Gi"}}
_BEAT: Final = {"requests": {"cpu": "100m", "memory": "300Mi"}}


def elasticsearch(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give a claim for each set of nodes."""
    for index, one in enumerate(sequence(item.spec.get("nodeSets"))):
        template = mapping(mapping(one).get("podTemplate"))
        labels = {"elasticsearch.k8s.elastic.co/cluster-name": item.name, **_labels(template)}
        name = f"{item.name}-{text(mapping(one).get('name'))}"
        spec = with_default(mapping(template.get("spec")), "elasticsearch", _TWO)
        path = ("spec", "nodeSets", index, "count")
        yield claim_of(item, name, whole(mapping(one).get("count"), 1), spec, labels, path)


def kibana(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claim of Kibana."""
    yield _counted(item, "kibana", _ONE)


def logstash(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claim of Logstash."""
    yield _counted(item, "logstash", _TWO)


def beat(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claim of a Beat, on every node or replicated."""
    per_node = "daemonSet" in item.spec
    owner = mapping(item.spec.get("daemonSet" if per_node else "deployment"))
    template = mapping(owner.get("podTemplate"))
    spec = with_default(mapping(template.get("spec")), text(item.spec.get("type")), _BEAT)
    labels = {"beat.k8s.elastic.co/name": item.name, **_labels(template)}
    yield claim_of(item, item.name, whole(owner.get("replicas"), 1), spec, labels, per_node=per_node)


def _counted(item: Item, program: str, resources: Mapping[str, Any]) -> Claim:
    template = mapping(item.spec.get("podTemplate"))
    labels = {f"{program}.k8s.elastic.co/name": item.name, **_labels(template)}
    spec = with_default(mapping(template.get("spec")), program, resources)
    return claim_of(item, item.name, whole(item.spec.get("count"), 1), spec, labels, ("spec", "count"))


def _labels(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(at(template, "metadata", "labels"))
