"""Changes of objects, dangerous and not: each danger in what it is about."""

from __future__ import annotations

from copy import deepcopy

import pytest

from .reviewed import (
    CLUSTER,
    GATE,
    ISTIO,
    MESH,
    NETWORK,
    PROFILES,
    RBAC,
    REGISTRATION,
    SAFE,
    STATEFUL,
    allowing,
    confining,
    constrained,
    found,
    hooked,
    listening,
    pod,
    policy,
    role,
    serving,
    sidecar,
    thing,
)

DANGEROUS = [
    (None, listening(), "listens on HTTPS 443 for any host"),
    (listening(hostname="a.example"), listening(), "listens on HTTPS 443 for any host"),
    (
        listening(),
        listening(allowedRoutes={"namespaces": {"from": "All"}}),
        "takes routes from all namespaces on HTTPS 443",
    ),
    (None, serving("MUTUAL"), "listens on HTTPS 443 for a.example"),
    (serving("MUTUAL"), serving("SIMPLE"), "TLS goes from MUTUAL to SIMPLE"),
    (None, thing(NETWORK, "Ingress", spec={"rules": [{"host": "a.example"}]}), "lets requests for a.example in"),
    (None, thing(MESH, "ServiceEntry", spec={"hosts": ["rates.example"]}), "lets the mesh call rates.example"),
    (sidecar("REGISTRY_ONLY"), sidecar("ALLOW_ANY"), "call hosts that nobody named"),
    (sidecar("REGISTRY_ONLY"), None, "limits no more"),
    (constrained(), constrained("warn"), "its action goes from deny to warn"),
    (constrained(), constrained(excludedNamespaces=["shop"]), 'exempts the namespace "shop"'),
    (constrained(), None, "refuses nothing any more"),
    (hooked("Fail"), hooked("Ignore"), "lets pass what it cannot judge"),
    (
        thing(REGISTRATION, "ValidatingAdmissionPolicyBinding", spec={"validationActions": ["Deny", "Audit"]}),
        thing(REGISTRATION, "ValidatingAdmissionPolicyBinding", spec={"validationActions": ["Audit"]}),
        "does not deny any more",
    ),
    (
        thing(PROFILES, "SeccompProfile", spec=confining("read")),
        thing(PROFILES, "SeccompProfile", spec=confining("read", "ptrace")),
        "lets system calls through that it refused: ptrace",
    ),
    (
        thing(PROFILES, "SeccompProfile", spec=confining()),
        thing(PROFILES, "SeccompProfile", spec=confining(default="SCMP_ACT_LOG")),
        "its default goes from SCMP_ACT_ERRNO to SCMP_ACT_LOG",
    ),
    (
        None,
        thing(NETWORK, "NetworkPolicy", spec={"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}),
        "lets egress through to anyone on any port",
    ),
    (None, allowing({"operation": {}}), "allows requests that other policies may refuse"),
    (
        None,
        thing(ISTIO, "PeerAuthentication", spec={"mtls": {"mode": "PERMISSIVE"}}),
        "is new, and its mode is PERMISSIVE",
    ),
    (thing(ISTIO, "RequestAuthentication"), None, "no token is looked at any more"),
    (
        thing(CLUSTER, "Cluster", spec={"imageName": "pg:1@sha256:" + "1" * 64}),
        thing(CLUSTER, "Cluster", spec={"imageName": "pg:2"}),
        'spec.imageName runs "pg:2", which has no digest',
    ),
    (
        thing("apps/v1", "StatefulSet", spec=STATEFUL),
        thing("apps/v1", "StatefulSet", spec={**STATEFUL, "serviceName": "y"}),
        "spec.serviceName",
    ),
    (
        thing("v1", "ConfigMap", immutable=True, data={"a": "1"}),
        thing("v1", "ConfigMap", immutable=True, data={"a": "2"}),
        '"data" changes',
    ),
    (
        thing(RBAC, "RoleBinding", roleRef={"name": "a"}),
        thing(RBAC, "RoleBinding", roleRef={"name": "b"}),
        "roleRef",
    ),
    (
        thing(CLUSTER, "Cluster", spec={"storage": {"size": "2Ti"}}),
        thing(CLUSTER, "Cluster", spec={"storage": {"size": "1024Gi"}}),
        "from 2Ti to 1024Gi",
    ),
    (thing(CLUSTER, "Cluster", spec={"storage": {"size": "2Ti"}}), None, "is removed"),
    (role(([""], ["pods"], ["get"])), role(([""], ["pods"], ["get", "delete"])), "allows more: delete pods"),
    (None, role(([""], ["*"], ["get"])), "allows more: get *"),
    (
        thing(RBAC, "RoleBinding", subjects=[]),
        thing(RBAC, "RoleBinding", subjects=[{"kind": "Group", "name": "g"}]),
        "to Group g",
    ),
    (thing(ISTIO, "PeerAuthentication", spec={"mtls": {"mode": "STRICT"}}), None, "the mode STRICT"),
    (
        thing(ISTIO, "PeerAuthentication", spec={"mtls": {"mode": "STRICT"}}),
        thing(
            ISTIO,
            "PeerAuthentication",
            spec={"mtls": {"mode": "STRICT"}, "portLevelMtls": {"80": {"mode": "DISABLE"}}},
        ),
        "an exception has the mode DISABLE",
    ),
    (pod(SAFE), pod({**SAFE, "privileged": True}), "privileged of container"),
    (pod(SAFE), pod({**SAFE, "capabilities": {"drop": ["ALL"], "add": ["SYS_TIME"]}}), "the capability SYS_TIME"),
    (pod(SAFE), pod({**SAFE, "capabilities": {}}), "does not drop all"),
    (pod(SAFE), pod(SAFE, hostNetwork=True), "its pods get hostNetwork"),
    (pod(SAFE), pod(SAFE, volumes=[{"name": "v", "hostPath": {"path": "/run"}}]), '"/run" of the node'),
    (pod(SAFE, runtimeClassName="kata"), pod(SAFE), 'leave the runtime class "kata"'),
    (
        policy(),
        policy(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]),
        "from cidr=10.0.0.0/8 on any port",
    ),
    (policy(), policy(policyTypes=[]), "does not restrict ingress"),
    (policy(), None, "keeps nothing out"),
    (allowing(), allowing({"operation": {"ports": ["80"]}}), "none allowed before"),
    (allowing({"operation": {}}, action="DENY"), allowing(action="DENY"), "a rule that denied is gone"),
    (
        thing("v1", "Service", spec={}),
        thing("v1", "Service", spec={"type": "NodePort"}),
        "from outside the cluster",
    ),
    (thing("batch/v1", "CronJob", spec={}), thing("batch/v1", "CronJob", spec={"suspend": True}), "is suspended"),
    (
        thing("autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 3}),
        thing("autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 0}),
        "maxReplicas becomes 0, it was 3",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), DANGEROUS)
def test_what_is_dangerous_is_told(old, new, expected):
    assert [message for _, message in found(old, new) if expected in message] != []


PORTS = [{"port": 80}, {"port": 81}]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            thing("apps/v1", "Deployment", spec={"template": pod({**SAFE, "privileged": True})}),
            thing("apps/v1", "Deployment", spec={"template": pod(SAFE)}),
        ),
        (policy(ingress=[{}]), policy()),
        (policy(ingress=[{"ports": PORTS}]), policy(ingress=[{"ports": [one]} for one in reversed(PORTS)])),
        (allowing(action="DENY"), allowing({"operation": {}}, action="DENY")),
        (
            None,
            thing(GATE, "Gateway", spec={"gatewayClassName": "istio-waypoint", "listeners": [{"port": 15008}]}),
        ),
        (None, thing(MESH, "ServiceEntry", spec={"hosts": ["a.example"], "location": "MESH_INTERNAL"})),
        (None, thing(NETWORK, "NetworkPolicy", spec={"ingress": [{"from": [{"podSelector": {}}]}]})),
        (None, allowing({"operation": {}}, action="DENY")),
        (constrained("warn"), constrained()),
        (
            thing(PROFILES, "SeccompProfile", spec=confining("read", "ptrace")),
            thing(PROFILES, "SeccompProfile", spec=confining("read")),
        ),
        (thing("v1", "ConfigMap", data={"storage": "2Gi"}), thing("v1", "ConfigMap", data={"storage": "1Gi"})),
        (
            thing("apps/v1", "StatefulSet", spec=STATEFUL),
            thing("apps/v1", "StatefulSet", spec={**STATEFUL, "replicas": 1}),
        ),
    ],
)
def test_what_is_made_safer_or_moved_is_no_danger(old, new):
    assert found(old, new) == []


def broken(data, put):
    """Give the data with something else in place of each of its parts, one at a time."""
    if isinstance(data, dict | list):
        for step in data if isinstance(data, dict) else range(len(data)):
            for inner in (put, *broken(data[step], put)):
                changed = deepcopy(data)
                changed[step] = inner
                yield changed


@pytest.mark.parametrize(
    "put",
    [None, "x", [None], {"a": {}}, *(pytest.param(one, marks=pytest.mark.deep) for one in (3, True, [], {}, [{}]))],
    ids=repr,
)
def test_nothing_that_stands_in_an_object_breaks_a_rule(put):
    for old, new, _ in DANGEROUS:
        for changed in broken(new or old, put):
            found(old, changed)
            found(changed, old)
