"""What of the rendered objects holds data, which outlives a rollback: claims, databases, buckets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

# Objects that an operator turns into volumes, by group and kind.
_STORES: Final = {
    ("", "PersistentVolumeClaim"): "claim",
    ("", "PersistentVolume"): "volume",
    ("postgresql.cnpg.io", "Cluster"): "database",
    ("kafka.strimzi.io", "KafkaNodePool"): "brokers' claims",
    ("kafka.strimzi.io", "Kafka"): "message log",
    ("rabbitmq.com", "RabbitmqCluster"): "message queues",
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): "index",
    ("kubevirt.io", "VirtualMachine"): "disks",
    ("cdi.kubevirt.io", "DataVolume"): "disk",
    ("databases.spotahome.com", "RedisFailover"): "cache",
    ("redis.redis.opstreelabs.in", "Redis"): "cache",
    ("redis.redis.opstreelabs.in", "RedisCluster"): "cache",
    ("vault.banzaicloud.com", "Vault"): "secrets",
    ("minio.min.io", "Tenant"): "buckets",
    ("objectbucket.io", "ObjectBucketClaim"): "bucket",
    ("snapshot.storage.k8s.io", "VolumeSnapshot"): "snapshot",
    ("loki.grafana.com", "LokiStack"): "logs",
    ("tempo.grafana.com", "TempoStack"): "traces",
    ("tempo.grafana.com", "TempoMonolithic"): "traces",
}
# Fields from which controllers make claims or disks, wherever they stand in an object.
_CLAIMS: Final = {"volumeClaimTemplates": "claims", "volumeClaimTemplate": "claims", "dataVolumeTemplates": "disks"}
_KIND: Final = re.compile(r"(?m)^kind: (\w+)$")
_FIELD: Final = re.compile("|".join(sorted(_CLAIMS)))
# Object storage, as the operators' kinds and Litestream's configuration name it.
_BUCKET: Final = re.compile(
    r"""(?m)^\ *(?:-\ )?
        (?:bucket|bucketName|destinationPath|url|path):\ *["']?
        ((?:s3|gs|abs|azblob)://[^\s"']+|(?<=bucket:\ )[a-z0-9][a-z0-9.-]+|(?<=bucketName:\ )[a-z0-9][a-z0-9.-]+)
    """,
    re.VERBOSE,
)


def holders(output: Path, files: Iterable[str]) -> dict[str, list[str]]:
    """Give what holds data among manifests below the output tree, with the clusters (region/cluster) that have it."""
    found: dict[str, list[str]] = {}
    for file in files:
        if not file.endswith((".yaml", ".json")):
            continue
        text = (output / file).read_text("utf-8")
        cluster = "/".join(file.split("/")[:2])
        stores = _of_charts(text) if file.endswith("/operators.json") else _stores(text)
        for what in sorted({*stores, *(f"bucket {name}" for name in _BUCKET.findall(text))}):
            found.setdefault(what, []).append(cluster)
    return {what: sorted(set(clusters)) for what, clusters in sorted(found.items())}


def _stores(text: str) -> Iterator[str]:
    kind = _KIND.search(text)
    if kind is None or not (_FIELD.search(text) or kind[1] in {known for _, known in _STORES}):
        return
    document: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    metadata, spec = document.get("metadata") or {}, document.get("spec") or {}
    group, _, _ = str(document.get("apiVersion", "")).rpartition("/")
    called = f"{kind[1]} {metadata.get('namespace', '')}/{metadata.get('name', '')}"
    known = _STORES.get((group, kind[1]))
    if known:
        yield f"{known} of {called}"
    elif kind[1] == "Prometheus" and "volumeClaimTemplate" in (spec.get("storage") or {}):
        yield f"series of {called}"
    elif kind[1] != "CustomResourceDefinition":
        yield from (f"{_CLAIMS[field]} of {called}" for field in _claims(spec))
    secret = _bucket_secret(spec.get("storage"))
    if secret:
        yield f"bucket of Secret {metadata.get('namespace', '')}/{secret}"


def _claims(value: Any) -> Iterator[str]:
    """Give the fields below a value from which claims are made; those of a pod alone (`ephemeral`) go with it."""
    if isinstance(value, Mapping):
        yield from (name for name in value if name in _CLAIMS and value[name])
        value = [each for name, each in value.items() if name != "ephemeral"]
    for each in value if isinstance(value, list) else ():
        yield from _claims(each)


def _bucket_secret(value: Any) -> str:
    """Give the Secret that names the bucket, as the operators of Tempo and Loki want it."""
    if not isinstance(value, Mapping):
        return ""
    s3 = value.get("s3")
    if isinstance(s3, Mapping) and isinstance(s3.get("secret"), str):
        return str(s3["secret"])
    secret = value.get("secret")
    if isinstance(secret, Mapping) and "name" in secret:
        return str(secret["name"])
    return next((found for each in value.values() if (found := _bucket_secret(each))), "")


def _of_charts(text: str) -> Iterator[str]:
    """Give the releases of charts whose values ask for storage, as Vault's does."""
    for one in json.loads(text):
        helm = (one.get("source") or {}).get("helm") or {}
        if _has_storage(helm.get("valuesObject")):
            yield f"claims of chart {one.get('namespace', '')}/{one.get('name', '')}"


def _has_storage(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_storage, value))
    if not isinstance(value, Mapping):
        return False
    asked = [value.get(name) for name in ("dataStorage", "persistence", "auditStorage")]
    if any(isinstance(one, Mapping) and one.get("enabled", "size" in one) for one in asked):
        return True
    return any((name in _CLAIMS and bool(each)) or _has_storage(each) for name, each in value.items())
