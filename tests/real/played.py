"""What operators would say of their objects, said for them: Argo CD's health checks read it.

Knows the kinds whose operators are not here, nothing of the fleet.
"""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from .argo import patch
from .client import ApiClient

Status = dict[str, Any]
CONSTRAINTS = "constraints.gatekeeper.sh/v1beta1"
_SINCE = "2026-01-01T00:00:00Z"


def _condition(kind: str, generation: int | None = None, reason: str = "Played") -> Status:
    observed = {} if generation is None else {"observedGeneration": generation}
    return {
        "type": kind,
        "status": "True",
        "reason": reason,
        "message": "",
        "lastTransitionTime": _SINCE,
        **observed,
    }


def _conditions(*kinds: str) -> Callable[[Mapping[str, Any]], Status]:
    return lambda obj: {"conditions": [_condition(kind, obj["metadata"]["generation"]) for kind in kinds]}


def _ready(_: Mapping[str, Any]) -> Status:
    return {"conditions": [_condition("Ready")]}


def _made_in_rabbit(_: Mapping[str, Any]) -> Status:
    return {"conditions": [_condition("Ready", reason="SuccessfulCreateOrUpdate")]}


def _rabbit(_: Mapping[str, Any]) -> Status:
    return {"conditions": [_condition(kind) for kind in ("AllReplicasReady", "ClusterAvailable", "ReconcileSuccess")]}


def _green(_: Mapping[str, Any]) -> Status:
    return {"health": "green"}


def _elasticsearch(obj: Mapping[str, Any]) -> Status:
    nodes = sum(one["count"] for one in obj["spec"]["nodeSets"])
    return {"availableNodes": nodes, "health": "green", "phase": "Ready"}


def _postgres(_: Mapping[str, Any]) -> Status:
    return {"phase": "Cluster in healthy state", "phaseReason": "", "conditions": [_condition("Ready")]}


def _leased(_: Mapping[str, Any]) -> Status:
    lease = {"id": "played", "duration": 3600, "renewable": True, "requestID": "played"}
    return {"secretLease": lease, "lastGeneration": 1, "lastRenewalTime": 1}


def _balanced(obj: Mapping[str, Any]) -> Status:
    is_balanced = obj["spec"].get("type") == "LoadBalancer"
    return {"loadBalancer": {"ingress": [{"ip": "192.0.2.1", "ipMode": "VIP"}]}} if is_balanced else {}


def _pooler(obj: Mapping[str, Any]) -> Status:
    return {"instances": obj["spec"].get("instances", 1)}


def _collector(obj: Mapping[str, Any]) -> Status:
    count = obj["spec"].get("replicas", 1)
    return {"scale": {"replicas": count, "statusReplicas": f"{count}/{count}"}}


def _scales(obj: Mapping[str, Any]) -> Status:
    return {
        "currentReplicas": obj["spec"]["minReplicas"],
        "desiredReplicas": obj["spec"]["minReplicas"],
        "conditions": [_condition("AbleToScale"), _condition("ScalingActive")],
    }


def _route(obj: Mapping[str, Any]) -> Status:
    generation = obj["metadata"]["generation"]
    found = [_condition(kind, generation) for kind in ("Accepted", "ResolvedRefs")]
    parents = obj["spec"].get("parentRefs", [])
    return {
        "parents": [{"parentRef": one, "controllerName": "example.com/played", "conditions": found} for one in parents]
    }


# Group with version, and plural, to what its operator says when all is well.
ANSWERS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Status]] = {
    ("v1", "services"): _balanced,
    ("external-secrets.io/v1", "secretstores"): _ready,
    ("external-secrets.io/v1", "externalsecrets"): _ready,
    ("gateway.networking.k8s.io/v1", "gateways"): _conditions("Accepted", "Programmed"),
    ("gateway.networking.k8s.io/v1", "httproutes"): _route,
    # Its controller is left out: there are no measurements that it could read.
    ("autoscaling/v2", "horizontalpodautoscalers"): _scales,
    ("monitoring.coreos.com/v1", "prometheuses"): _conditions("Available", "Reconciled"),
    ("templates.gatekeeper.sh/v1", "constrainttemplates"): lambda _: {"created": True},
    ("beat.k8s.elastic.co/v1beta1", "beats"): _green,
    ("cert-manager.io/v1", "certificates"): _ready,
    ("cert-manager.io/v1", "issuers"): _ready,
    ("elasticsearch.k8s.elastic.co/v1", "elasticsearches"): _elasticsearch,
    ("http.keda.sh/v1beta1", "interceptorroutes"): _ready,
    **{
        ("kafka.strimzi.io/v1", plural): _ready
        for plural in ("kafkas", "kafkamirrormaker2s", "kafkatopics", "kafkausers")
    },
    ("keda.sh/v1alpha1", "scaledobjects"): _ready,
    ("kibana.k8s.elastic.co/v1", "kibanas"): _green,
    ("kubevirt.io/v1", "virtualmachines"): _ready,
    ("logstash.k8s.elastic.co/v1alpha1", "logstashes"): lambda _: {"health": "green", "selector": "played"},
    ("opentelemetry.io/v1beta1", "opentelemetrycollectors"): _collector,
    ("postgresql.cnpg.io/v1", "clusters"): _postgres,
    ("postgresql.cnpg.io/v1", "poolers"): _pooler,
    ("rabbitmq.com/v1beta1", "rabbitmqclusters"): _rabbit,
    **{
        ("rabbitmq.com/v1beta1", plural): _made_in_rabbit
        for plural in ("bindings", "exchanges", "permissions", "policies", "queues", "shovels", "vhosts")
    },
    ("rabbitmq.com/v1beta1", "users"): lambda obj: {**_made_in_rabbit(obj), "username": obj["metadata"]["name"]},
    ("secrets.hashicorp.com/v1beta1", "vaultauths"): lambda _: {"valid": True, "error": ""},
    ("secrets.hashicorp.com/v1beta1", "vaultconnections"): lambda _: {"valid": True},
    ("secrets.hashicorp.com/v1beta1", "vaultdynamicsecrets"): _leased,
    ("security-profiles-operator.x-k8s.io/v1", "seccompprofiles"): lambda _: {"status": "Installed"},
    ("tempo.grafana.com/v1alpha1", "tempomonolithics"): _ready,
}


def _enforced(_: Mapping[str, Any]) -> Status:
    return {"byPod": [{"id": "played", "enforced": True}]}


def _constraints(client: ApiClient) -> Iterator[str]:
    """Give the kinds that Gatekeeper's templates brought, as plurals."""
    reply = client.request("GET", f"/apis/{CONSTRAINTS}")
    for resource in reply.document()["resources"] if reply.status == HTTPStatus.OK else ():
        if "/" not in resource["name"]:
            yield resource["name"]


def answer(client: ApiClient) -> None:
    """Write the status of every object that has not the one it should; kinds that are not there have none."""
    for (group, plural), says in {**ANSWERS, **{(CONSTRAINTS, one): _enforced for one in _constraints(client)}}.items():
        root = f"/apis/{group}" if "/" in group else f"/api/{group}"
        reply = client.request("GET", f"{root}/{plural}")
        for obj in reply.document()["items"] if reply.status == HTTPStatus.OK else ():
            wanted = says(obj)
            have = obj.get("status", {})
            if any(have.get(key) != value for key, value in wanted.items()):
                place = obj["metadata"]
                within = f"namespaces/{place['namespace']}/" if "namespace" in place else ""
                patch(client, f"{root}/{within}{plural}/{place['name']}/status", {"status": wanted})
