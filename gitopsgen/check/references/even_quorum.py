"""Members that cannot outvote each other.

What it finds:
    A cluster of an even number of members that elect one of them: PostgreSQL under CloudNativePG, brokers of RabbitMQ,
    controllers of Kafka.

Why:
    Of two members neither knows, when they lose each other, which has failed: either both write or none does. A fourth
    member outlives no more failures than a third, and is one more that can fail.

Example:
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: risk-db, namespace: risk-data}
    spec: {instances: 2, storage: {size: 20Gi}}

Instead:
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: risk-db, namespace: risk-data}
    spec: {instances: 3, storage: {size: 20Gi}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence

_FIELDS: Final = {"Cluster": "instances", "KafkaNodePool": "replicas", "RabbitmqCluster": "replicas"}
_electing = of_kind("Cluster.postgresql.cnpg.io", "KafkaNodePool.kafka.strimzi.io", "RabbitmqCluster.rabbitmq.com")
RULE = Rule("GG538", "even-quorum", Severity.WARNING, on=_electing, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report even numbers of members."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == "KafkaNodePool" and "controller" not in sequence(spec.get("roles")):
        return
    field = _FIELDS[subject.known.name]
    members = spec.get(field)
    if isinstance(members, int) and members > 0 and members % 2 == 0:
        message = f"{subject} has {members} members, of which no half is a majority"
        yield subject.found(("spec", field), message, "take one more, or one less")
