"""What of the rendered objects holds data, which outlives a rollback: claims, databases, buckets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

# Objects that an operator turns into volumes, by group and kind.
_STORES: Final = {
    ("", "PersistentVolumeClaim"): "claim",
    ("postgresql.cnpg.io", "Cluster"): "database",
    ("kafka.strimzi.io", "KafkaNodePool"): "brokers' claims",
    ("kafka.strimzi.io", "Kafka"): "message log",
    ("rabbitmq.com", "RabbitmqCluster"): "message queues",
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): "index",
    ("kubevirt.io", "VirtualMachine"): "disks",
    ("cdi.kubevirt.io", "DataVolume"): "disk",
    ("monitoring.coreos.com", "Prometheus"): "series",
}
# Object storage, as the operators' kinds and Litestream's configuration name it.
_BUCKET: Final = re.compile(r"(?m)^ *(?:- )?(?:bucket|destinationPath): *[\"']?(s3://[^\s\"']+|[a-z0-9][a-z0-9.-]+)")


def holders(output: Path, files: Iterable[str]) -> dict[str, list[str]]:
    """Give what holds data among manifests below the output tree, with the clusters (region/cluster) that have it."""
    found: dict[str, list[str]] = {}
    for file in files:
        if not file.endswith(".yaml"):
            continue
        text = (output / file).read_text("utf-8")
        cluster = "/".join(file.split("/")[:2])
        for what in sorted({*_stores(text), *(f"bucket {name}" for name in _BUCKET.findall(text))}):
            found.setdefault(what, []).append(cluster)
    return {what: sorted(set(clusters)) for what, clusters in sorted(found.items())}


def _stores(text: str) -> Iterable[str]:
    kinds = {kind for _, kind in _STORES} | {"StatefulSet"}
    kind = re.search(r"(?m)^kind: (\w+)$", text)
    if kind is None or kind[1] not in kinds:
        return
    document: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    group = str(document.get("apiVersion", "")).rpartition("/")[0]
    name = f"{document['metadata'].get('namespace', '')}/{document['metadata']['name']}"
    spec: Mapping[str, Any] = document.get("spec") or {}
    if kind[1] == "StatefulSet" and spec.get("volumeClaimTemplates"):
        yield f"claims of StatefulSet {name}"
    if (group, kind[1]) in _STORES and (
        kind[1] != "Prometheus" or "volumeClaimTemplate" in (spec.get("storage") or {})
    ):
        yield f"{_STORES[group, kind[1]]} of {kind[1]} {name}"
