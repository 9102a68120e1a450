"""Something that holds data goes: a StatefulSet, a claim, a database.

What it finds:
    A StatefulSet, a PersistentVolumeClaim, or an object from which an operator makes a database, a queue, a store or
    their backups, that was rendered and is not any more.

Why:
    What runs there stops, and depending on the policy of its class the data is deleted with it.

Example:
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: ledger, namespace: payment}
    ---

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: proxy, namespace: payment}
    ---

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG905", "removed-store", Severity.WARNING)

_STORES: Final = frozenset(
    {
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("apps", "StatefulSet"),
        ("barmancloud.cnpg.io", "ObjectStore"),
        ("cdi.kubevirt.io", "DataVolume"),
        ("elasticsearch.k8s.elastic.co", "Elasticsearch"),
        ("kafka.strimzi.io", "Kafka"),
        ("kafka.strimzi.io", "KafkaNodePool"),
        ("kafka.strimzi.io", "KafkaTopic"),
        ("kubevirt.io", "VirtualMachine"),
        ("monitoring.coreos.com", "Alertmanager"),
        ("monitoring.coreos.com", "Prometheus"),
        ("postgresql.cnpg.io", "Cluster"),
        ("postgresql.cnpg.io", "Database"),
        ("postgresql.cnpg.io", "ScheduledBackup"),
        ("rabbitmq.com", "Queue"),
        ("rabbitmq.com", "RabbitmqCluster"),
        ("snapshot.storage.k8s.io", "VolumeSnapshot"),
        ("tempo.grafana.com", "TempoMonolithic"),
        ("tempo.grafana.com", "TempoStack"),
    }
)


def check(change: Changed) -> Iterator[Found]:
    """Report stores that go."""
    if change.after is None and (change.subject.known.group, change.subject.known.name) in _STORES:
        yield Found(
            (), "is removed, and may take its data with it", "copy the data, or keep the object with Prune=false"
        )
