"""Pods that operators make of their own kinds: how many, and what they ask for.

Each fact is from the operator's own documentation, named beside it. Pods that come and go (backups, importers,
bootstraps) are not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.elastic import beat, elasticsearch, kibana, logstash
from gitopsgen.capacity.gateways import gateway
from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.strimzi import kafka, mirror, pool
from gitopsgen.capacity.surges import surge
from gitopsgen.capacity.templates import alone, claim_of, merged
from gitopsgen.capacity.virtual import machine
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, sequence, text

Maker = Callable[[Item, Objects, Setting], Iterator[Claim]]


def claims(objects: Objects, setting: Setting) -> Iterator[Claim]:
    """Give the claims of all objects that an operator makes pods of."""
    for item in objects.items:
        maker = _MAKERS.get((item.group, item.kind))
        if maker:
            yield from maker(item, objects, setting)


def _prometheus(item: Item, _objects: Objects, setting: Setting) -> Iterator[Claim]:
    """Give Prometheus beside the reloader of its configuration, whose size the operator is told.

    https://prometheus-operator.dev/docs/platform/operator/ (`--config-reloader-cpu-request`…)
    """
    reloader = at(
        setting.operators, "charts", "prometheus-operator", "values", "prometheusOperator", "prometheusConfigReloader"
    )
    main = {"name": "prometheus", "resources": mapping(item.spec.get("resources"))}
    side = {"name": "config-reloader", "resources": mapping(mapping(reloader).get("resources"))}
    spec = {**_placing(item.spec), "containers": [main, side]}
    labels = {
        "app.kubernetes.io/name": item.kind.lower().removesuffix("agent"),
        "operator.prometheus.io/name": item.name,
    }
    replicas = whole(item.spec.get("replicas"), 1) * whole(item.spec.get("shards"), 1)
    yield claim_of(item, item.name, replicas, spec, {**labels, **mapping(at(item.spec, "podMetadata", "labels"))})


def _rabbitmq(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give a StatefulSet of brokers, with the operator's defaults and what `override` changes.

    https://www.rabbitmq.com/kubernetes/operator/using-operator#resource-reqs
    """
    default = {"requests": {"cpu": "1", "memory": "2Gi"}}
    setup = {"name": "setup-container", "resources": {"requests": {"cpu": "100m", "memory": "500Mi"}}}
    spec = {
        **_placing(item.spec),
        "initContainers": [setup],
        "containers": [{"name": "rabbitmq", "resources": mapping(item.spec.get("resources")) or default}],
    }
    override = mapping(at(item.spec, "override", "statefulSet", "spec", "template", "spec"))
    labels = {
        "app.kubernetes.io/component": "rabbitmq",
        "app.kubernetes.io/name": item.name,
        "app.kubernetes.io/part-of": "rabbitmq",
    }
    yield claim_of(item, item.name, whole(item.spec.get("replicas"), 1), merged(spec, override), labels)


def _postgres(item: Item, objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give instances of CloudNativePG, each with what its plugins put beside it.

    https://cloudnative-pg.io/documentation/current/scheduling/
    https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/ (`instanceSidecarConfiguration`)
    """
    sidecars = []
    for plugin in sequence(item.spec.get("plugins")):
        store = text(at(plugin, "parameters", "barmanObjectName"))
        found = objects.get("ObjectStore", store, item.namespace, "barmancloud.cnpg.io")
        resources = at(found.spec, "instanceSidecarConfiguration", "resources") if found else None
        sidecars.append({"name": "plugin", "restartPolicy": "Always", "resources": mapping(resources)})
    affinity = mapping(item.spec.get("affinity"))
    labels = {"cnpg.io/cluster": item.name, **mapping(at(item.spec, "inheritedMetadata", "labels"))}
    spec = {
        "priorityClassName": item.spec.get("priorityClassName"),
        "nodeSelector": affinity.get("nodeSelector"),
        "tolerations": affinity.get("tolerations"),
        "topologySpreadConstraints": item.spec.get("topologySpreadConstraints"),
        "initContainers": sidecars,
        "containers": [{"name": "postgres", "resources": mapping(item.spec.get("resources"))}],
    }
    if affinity.get("podAntiAffinityType") == "required" and affinity.get("enablePodAntiAffinity") is not False:
        key = text(affinity.get("topologyKey")) or "kubernetes.io/hostname"
        spec["affinity"] = alone({"cnpg.io/cluster": item.name}, key)
    yield claim_of(item, item.name, whole(item.spec.get("instances"), 1), spec, labels, ("spec", "instances"))


def _pooler(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give a Deployment of PgBouncer: https://cloudnative-pg.io/documentation/current/connection_pooling/."""
    instances = whole(item.spec.get("instances"), 1)
    spec = mapping(at(item.spec, "template", "spec"))
    labels = {"cnpg.io/poolerName": item.name, **mapping(at(item.spec, "template", "metadata", "labels"))}
    more = surge(mapping(item.spec.get("deploymentStrategy")), instances)
    yield claim_of(item, item.name, instances, spec, labels, ("spec", "instances"), surge=more)


def _collector(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give a collector, as Deployment, StatefulSet or DaemonSet; as a sidecar it has no pods of its own.

    https://opentelemetry.io/docs/platforms/kubernetes/operator/
    """
    mode = text(item.spec.get("mode")) or "deployment"
    if mode == "sidecar":
        return
    scaler = mapping(item.spec.get("autoscaler"))
    replicas = whole(item.spec.get("replicas"), 1)
    spec = {**_placing(item.spec), "containers": [{"name": "otc", "resources": mapping(item.spec.get("resources"))}]}
    labels = {"app.kubernetes.io/name": f"{item.name}-collector", **mapping(item.spec.get("podLabels"))}
    yield claim_of(
        item,
        item.name,
        (whole(scaler.get("minReplicas"), replicas), whole(scaler.get("maxReplicas"), replicas)),
        spec,
        labels,
        ("spec", "replicas") if "replicas" in item.spec else ("spec",),
        per_node=mode == "daemonset",
        surge=surge(mapping(item.spec.get("deploymentUpdateStrategy")), replicas) if mode == "deployment" else 0,
    )


def _tempo(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give one pod with all of Tempo. https://grafana.com/docs/tempo/latest/ (Tempo Operator, TempoMonolithic)."""
    container = {"name": "tempo", "resources": mapping(item.spec.get("resources"))}
    spec = {**_placing(item.spec), "containers": [container]}
    yield claim_of(item, item.name, 1, spec, {"app.kubernetes.io/instance": item.name})


_PLACING: Final = (
    "affinity",
    "nodeSelector",
    "priorityClassName",
    "tolerations",
    "topologySpreadConstraints",
)


def _placing(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a specification says of where its pods stand, under the names that pods have for it."""
    return {name: spec[name] for name in _PLACING if spec.get(name) is not None}


_MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("beat.k8s.elastic.co", "Beat"): beat,
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): elasticsearch,
    ("gateway.networking.k8s.io", "Gateway"): gateway,
    ("kafka.strimzi.io", "Kafka"): kafka,
    ("kafka.strimzi.io", "KafkaMirrorMaker2"): mirror,
    ("kafka.strimzi.io", "KafkaNodePool"): pool,
    ("kibana.k8s.elastic.co", "Kibana"): kibana,
    ("kubevirt.io", "VirtualMachine"): machine,
    ("logstash.k8s.elastic.co", "Logstash"): logstash,
    ("monitoring.coreos.com", "Alertmanager"): _prometheus,
    ("monitoring.coreos.com", "Prometheus"): _prometheus,
    ("monitoring.coreos.com", "PrometheusAgent"): _prometheus,
    ("opentelemetry.io", "OpenTelemetryCollector"): _collector,
    ("postgresql.cnpg.io", "Cluster"): _postgres,
    ("postgresql.cnpg.io", "Pooler"): _pooler,
    ("rabbitmq.com", "RabbitmqCluster"): _rabbitmq,
    ("tempo.grafana.com", "TempoMonolithic"): _tempo,
}
