"""Objects that changes are made of, and what is said of a change."""

from __future__ import annotations

from pathlib import Path

from gitopsgen.check import Checker
from gitopsgen.diff import City, FilePair, difference
from gitopsgen.emit import emit
from gitopsgen.review import find_dangers, find_refusals
from gitopsgen.review.change import Server

PACK = Path(__file__).parents[2] / "schemas/modern"
SERVER = Server((1, 35), Checker("1.35", PACK).known)
CITIES = {name: City(name, wave=wave) for name, wave in (("lhasa", 0), ("jinan", 1), ("wuhan", 2), ("xian", 3))}


def pair(city, old, new, file="object"):
    sides = [None if side is None else emit(side).encode() for side in (old, new)]
    return FilePair(f"{city}/edge/shop/{file}.yaml", *sides)


def found(old, new):
    change = difference([pair("xian", old, new)], (CITIES, CITIES))
    return [
        (one.rule.code, one.message) for one in (*find_dangers(change), *find_refusals(change, {"xian/edge": SERVER}))
    ]


def thing(version, kind, **fields):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "shop"}, **fields}


def pod(context=None, **spec):
    return thing("v1", "Pod", spec={"containers": [{"name": "app", "securityContext": context or {}}], **spec})


SAFE = {
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}
STATEFUL = {"serviceName": "x", "replicas": 2, "volumeClaimTemplates": []}
CLUSTER = "postgresql.cnpg.io/v1"
RBAC, NETWORK, ISTIO = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1", "security.istio.io/v1"


def role(*rules):
    return thing(
        RBAC, "Role", rules=[dict(zip(("apiGroups", "resources", "verbs"), rule, strict=True)) for rule in rules]
    )


def policy(**spec):
    return thing(NETWORK, "NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress"], **spec})


def allowing(*rules, action="ALLOW"):
    return thing(ISTIO, "AuthorizationPolicy", spec={"action": action, "rules": [{"to": [one]} for one in rules]})


GATE = "gateway.networking.k8s.io/v1"
MESH = "networking.istio.io/v1"
CONSTRAINT = "constraints.gatekeeper.sh/v1beta1"
REGISTRATION = "admissionregistration.k8s.io/v1"
PROFILES = "security-profiles-operator.x-k8s.io/v1beta1"


def listening(**more):
    listener = {"name": "a", "port": 443, "protocol": "HTTPS", **more}
    return thing(GATE, "Gateway", spec={"gatewayClassName": "istio", "listeners": [listener]})


def serving(mode):
    server = {"port": {"number": 443, "protocol": "HTTPS"}, "hosts": ["a.example"], "tls": {"mode": mode}}
    return thing(MESH, "Gateway", spec={"servers": [server]})


def sidecar(mode):
    return thing(MESH, "Sidecar", spec={"outboundTrafficPolicy": {"mode": mode}})


def constrained(action="deny", **match):
    return thing(CONSTRAINT, "Owned", spec={"enforcementAction": action, "match": match})


def confining(*calls, default="SCMP_ACT_ERRNO"):
    return {"defaultAction": default, "syscalls": [{"names": [*calls], "action": "SCMP_ACT_ALLOW"}]}


def hooked(failure):
    return thing(REGISTRATION, "ValidatingWebhookConfiguration", webhooks=[{"name": "a", "failurePolicy": failure}])
