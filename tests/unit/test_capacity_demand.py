"""What pods ask for, by who makes them: as the scheduler, webhooks and operators reckon it."""

from __future__ import annotations

import copy
import random

import pytest
import yaml

from gitopsgen.capacity import Item, Setting, judge
from gitopsgen.capacity.demand import workloads
from gitopsgen.capacity.objects import Objects
from gitopsgen.capacity.pods import requests

MEBI = 2**20
RUNTIME = """
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: wasm}
handler: wasm
overhead: {podFixed: {cpu: 10m, memory: 24Mi}}
scheduling: {nodeSelector: {wasm: "true"}, tolerations: [{key: wasm, operator: Exists}]}
"""
POD = {"cpu": "100m", "memory": "64Mi"}


def objects(*texts):
    documents = [document for text in texts for document in yaml.safe_load_all(text)]
    return Objects([Item("case", document) for document in documents])


def claimed(*texts, facts=None, operators=None, without=()):
    """Give by name: least, most and surge, what each pod asks (thousandths, mebibytes)."""
    setting = Setting(facts or {}, operators or {}, frozenset(without))
    return {
        one.claim.name: (
            "each" if one.claim.per_node else (one.claim.least, one.claim.most, one.claim.surge),
            one.requests.get("cpu", 0),
            one.requests.get("memory", 0) // MEBI,
        )
        for one in workloads(objects(*texts), setting)
    }


def container(cpu="100m", memory="64Mi", **more):
    return {"name": "x", "resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


@pytest.mark.parametrize(
    ("spec", "cpu", "memory"),
    [
        ({"containers": [container(), container("50m", "1Gi")]}, 150, 1088),
        # what runs before the containers counts where it is larger, resource by resource
        ({"containers": [container()], "initContainers": [container("1", "32Mi")]}, 1000, 64),
        # a sidecar runs beside both
        ({"containers": [container()], "initContainers": [container("50m", "8Mi", restartPolicy="Always")]}, 150, 72),
        (
            {
                "containers": [container()],
                "initContainers": [container("50m", "8Mi", restartPolicy="Always"), container("200m", "8Mi")],
            },
            250,
            72,
        ),
        # a limit without a request is the request
        ({"containers": [{"name": "x", "resources": {"limits": {"cpu": "2", "memory": "1Gi"}}}]}, 2000, 1024),
        ({"containers": [container("1.5m", "1k")]}, 2, 0),
        ({"resources": {"requests": {"cpu": "1", "memory": "8Mi"}}, "containers": [container("3")]}, 1000, 8),
        ({}, 0, 0),
    ],
)
def test_a_pod_asks_for_its_greediest_moment(spec, cpu, memory):
    asked = requests(spec)

    assert (asked.get("cpu", 0), asked.get("memory", 0) // MEBI) == (cpu, memory)


def deployment(name="web", replicas=4, **spec):
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container()], **spec}}
    return yaml.safe_dump(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": "n"},
            "spec": {"replicas": replicas, "template": template},
        }
    )


def namespace(**labels):
    metadata = {"name": "n", "labels": labels}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def test_the_runtime_adds_its_overhead_and_says_where_pods_may_stand():
    (found,) = workloads(objects(RUNTIME, deployment(runtimeClassName="wasm")), Setting({}))

    assert found.requests == {"cpu": 110, "memory": 88 * MEBI}
    assert dict(found.selector) == {"wasm": "true"}
    assert found.tolerations == ({"key": "wasm", "operator": "Exists"},)


def test_a_namespace_fills_in_what_containers_do_not_ask():
    limits = """
apiVersion: v1
kind: LimitRange
metadata: {name: l, namespace: n}
spec: {limits: [{type: Container, default: {cpu: 1, memory: 1Gi}, defaultRequest: {cpu: 20m}}]}
"""

    assert claimed(limits, deployment(containers=[{"name": "x"}]))["web"] == ((4, 4, 1), 20, 1024)
    assert claimed(limits, deployment())["web"] == ((4, 4, 1), 100, 64)


@pytest.mark.parametrize(
    ("labels", "annotations", "cpu", "memory"),
    [
        ({"istio-injection": "enabled"}, {}, 200, 192),
        ({"istio-injection": "enabled"}, {"sidecar.istio.io/inject": "false"}, 100, 64),
        ({"istio-injection": "enabled"}, {"sidecar.istio.io/proxyCPU": "40m"}, 140, 64),
        ({}, {"sidecar.istio.io/inject": "true"}, 200, 192),
        ({}, {}, 100, 64),
        ({"istio.io/dataplane-mode": "ambient"}, {}, 100, 64),
        ({}, {"networkservicemesh.io": "kernel://wire/nsm-1"}, 200, 104),
    ],
)
def test_webhooks_add_containers(labels, annotations, cpu, memory):
    web = yaml.safe_load(deployment())
    web["spec"]["template"]["metadata"]["annotations"] = annotations

    assert claimed(namespace(**labels), yaml.safe_dump(web))["web"][1:] == (cpu, memory)


SCALERS = {
    "HorizontalPodAutoscaler": """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: s, namespace: n}
spec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
""",
    "ScaledObject": """
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: s, namespace: n}
spec: {minReplicaCount: 2, maxReplicaCount: 9, scaleTargetRef: {name: web}}
""",
    "HTTPScaledObject": """
apiVersion: http.keda.sh/v1alpha1
kind: HTTPScaledObject
metadata: {name: s, namespace: n}
spec: {replicas: {min: 2, max: 9}, scaleTargetRef: {name: web, kind: Deployment, apiVersion: apps/v1}}
""",
}


@pytest.mark.parametrize("kind", SCALERS)
def test_an_autoscaler_sets_the_bounds_and_is_where_the_upper_one_stands(kind):
    (found,) = workloads(objects(deployment(), SCALERS[kind]), Setting({}))

    claim = found.claim
    assert (claim.least, claim.most, claim.surge, claim.is_scaled) == (2, 9, 3, True)
    assert claim.item.kind == kind
    value = claim.item.data
    for step in claim.path:
        value = value[step]
    assert value == 9


# One object of each kind that an operator makes pods of, and what comes of it.
OPERATED = {
    "prometheus": ("monitoring.coreos.com/v1", "Prometheus", {"replicas": 2, "resources": {"requests": POD}}, {"x": ((2, 2, 0), 110, 114)}),  # noqa: E501
    "rabbitmq": ("rabbitmq.com/v1beta1", "RabbitmqCluster", {"replicas": 3}, {"x": ((3, 3, 0), 1000, 2048)}),
    "rabbitmq sized": ("rabbitmq.com/v1beta1", "RabbitmqCluster", {"resources": {"requests": POD}}, {"x": ((1, 1, 0), 100, 500)}),  # noqa: E501
    "postgres": ("postgresql.cnpg.io/v1", "Cluster", {"instances": 3, "resources": {"requests": POD}, "plugins": [{"name": "barman", "parameters": {"barmanObjectName": "s"}}]}, {"x": ((3, 3, 0), 150, 192)}),  # noqa: E501
    "pooler": ("postgresql.cnpg.io/v1", "Pooler", {"instances": 2, "deploymentStrategy": {"rollingUpdate": {"maxSurge": 1}}, "template": {"spec": {"containers": [container()]}}}, {"x": ((2, 2, 1), 100, 64)}),  # noqa: E501
    "collector": ("opentelemetry.io/v1beta1", "OpenTelemetryCollector", {"replicas": 2, "resources": {"requests": POD}}, {"x": ((2, 2, 1), 100, 64)}),  # noqa: E501
    "collector on nodes": ("opentelemetry.io/v1beta1", "OpenTelemetryCollector", {"mode": "daemonset", "resources": {"requests": POD}}, {"x": ("each", 100, 64)}),  # noqa: E501
    "collector beside": ("opentelemetry.io/v1beta1", "OpenTelemetryCollector", {"mode": "sidecar"}, {}),
    "tempo": ("tempo.grafana.com/v1alpha1", "TempoMonolithic", {"resources": {"requests": POD}}, {"x": ((1, 1, 0), 100, 64)}),  # noqa: E501
    "elasticsearch": ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", {"nodeSets": [{"name": "d", "count": 3}]}, {"x-d": ((3, 3, 0), 0, 2048)}),  # noqa: E501
    "kibana": ("kibana.k8s.elastic.co/v1", "Kibana", {"count": 1, "podTemplate": {"spec": {"containers": [{"name": "kibana", "resources": {"requests": POD}}]}}}, {"x": ((1, 1, 0), 100, 64)}),  # noqa: E501
    "logstash": ("logstash.k8s.elastic.co/v1alpha1", "Logstash", {"count": 2}, {"x": ((2, 2, 0), 0, 2048)}),
    "beat": ("beat.k8s.elastic.co/v1beta1", "Beat", {"type": "filebeat", "daemonSet": {}}, {"x": ("each", 100, 300)}),
    "pool": ("kafka.strimzi.io/v1", "KafkaNodePool", {"replicas": 3, "resources": {"requests": POD}}, {"x": ((3, 3, 0), 100, 64)}),  # noqa: E501
    "kafka": ("kafka.strimzi.io/v1", "Kafka", {"kafkaExporter": {"resources": {"requests": POD}}, "entityOperator": {"topicOperator": {"resources": {"requests": POD}}, "userOperator": {"resources": {"requests": POD}}}}, {"x-entity-operator": ((1, 1, 1), 200, 128), "x-kafka-exporter": ((1, 1, 1), 100, 64)}),  # noqa: E501
    "mirror": ("kafka.strimzi.io/v1", "KafkaMirrorMaker2", {"replicas": 2, "resources": {"requests": POD}}, {"x": ((2, 2, 0), 100, 64)}),  # noqa: E501
    # 8 GiB, 16 MiB of page tables, 228 fixed, 8 a processor, 32 of screen
    "machine": ("kubevirt.io/v1", "VirtualMachine", {"runStrategy": "Always", "template": {"spec": {"domain": {"cpu": {"cores": 4}, "resources": {"requests": {"cpu": "4", "memory": "8Gi"}}}}}}, {"x": ((1, 1, 0), 4000, 8192 + 16 + 228 + 32 + 32)}),  # noqa: E501
    "machine off": ("kubevirt.io/v1", "VirtualMachine", {"runStrategy": "Halted"}, {}),
    "gateway": ("gateway.networking.k8s.io/v1", "Gateway", {"gatewayClassName": "istio"}, {"x": ((1, 1, 1), 100, 128)}),
    "gateway with options": ("gateway.networking.k8s.io/v1", "Gateway", {"gatewayClassName": "istio-waypoint", "infrastructure": {"parametersRef": {"group": "", "kind": "ConfigMap", "name": "o"}}}, {"x": ((2, 5, 2), 300, 128)}),  # noqa: E501
    "gateway of others": ("gateway.networking.k8s.io/v1", "Gateway", {"gatewayClassName": "nginx"}, {}),
    "cron job": ("batch/v1", "CronJob", {"jobTemplate": {"spec": {"template": {"spec": {"containers": [container()]}}}}}, {"x": ((0, 1, 0), 100, 64)}),  # noqa: E501
}  # fmt: skip
AROUND = """
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: s, namespace: n}
spec: {instanceSidecarConfiguration: {resources: {requests: {cpu: 50m, memory: 128Mi}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: o, namespace: n}
data:
  deployment: |
    spec:
      strategy: {rollingUpdate: {maxSurge: 2}}
      template: {spec: {containers: [{name: istio-proxy, resources: {requests: {cpu: 300m, memory: 128Mi}}}]}}
  horizontalPodAutoscaler: "spec: {minReplicas: 2, maxReplicas: 5}"
"""
RELOADER = {
    "prometheusOperator": {"prometheusConfigReloader": {"resources": {"requests": {"cpu": "10m", "memory": "50Mi"}}}}
}
OPERATORS = {"charts": {"prometheus-operator": {"values": RELOADER}}}


def operated(name):
    version, kind, spec, _ = OPERATED[name]
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "n"}, "spec": spec}


@pytest.mark.parametrize("name", OPERATED)
def test_operators_make_pods(name):
    found = claimed(AROUND, yaml.safe_dump(operated(name)), operators=OPERATORS)

    assert found == OPERATED[name][3]


CHARTS = {
    "install": ["mesh", "agent", "gone"],
    "system": {"k3s": [{"name": "dns", "requests": POD}], "kubeadm": [{"name": "proxy"}]},
    "charts": {
        "mesh": {
            "namespace": "m",
            "values": {"scale": {"replicas": 3}, "resources": {"requests": {"cpu": "20m"}}},
            "pods": [
                {"name": "told", "requests": POD, "requestsFrom": "resources", "replicasFrom": "scale.replicas"},
                {"name": "untold", "replicas": 2, "requests": POD, "requestsFrom": "other.resources"},
            ],
        },
        "agent": {"namespace": "a", "pods": [{"name": "agent", "kind": "DaemonSet", "nodes": "all", "requests": POD}]},
        "gone": {"namespace": "g", "pods": [{"name": "gone"}]},
        "not-installed": {"namespace": "g", "pods": [{"name": "never"}]},
    },
}


def test_charts_and_the_distribution_bring_pods_and_values_of_a_chart_win():
    found = claimed(facts={"distribution": "k3s"}, operators=CHARTS, without={"gone"})

    assert found == {
        "dns": ((1, 1, 0), 100, 64),
        "told": ((3, 3, 0), 20, 0),
        "untold": ((2, 2, 0), 100, 64),
        "agent": ("each", 100, 64),
    }


VALUES = (None, "", "x", -1, 0, 3, 2.5, True, [], [[]], [None], {}, {"x": []}, "1e9", "100m", "-5Mi")


def places(node):
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from places(node[key])


@pytest.mark.parametrize("seed", range(30))
def test_no_data_breaks_it(seed):
    """Objects that a schema refuses are judged too: rules see them together."""
    chance = random.Random(seed)  # noqa: S311
    node = {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": "a"},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}},
    }
    texts = [AROUND, RUNTIME, deployment(runtimeClassName="wasm"), *SCALERS.values(), namespace()]
    documents = [node, *map(operated, OPERATED), *(one for text in texts for one in yaml.safe_load_all(text))]
    changed = copy.deepcopy(documents)
    for document in changed:
        for _ in range(chance.randint(0, 3)):
            spot, key = chance.choice(list(places(document)) or [({}, "x")])
            spot[key] = copy.deepcopy(chance.choice(VALUES))

    verdict = judge([Item("case", one) for one in (node, *changed)], [], Setting({}, OPERATORS))

    assert verdict is not None
    assert verdict.asked(verdict.peak)
    assert isinstance(verdict.problems, tuple)
