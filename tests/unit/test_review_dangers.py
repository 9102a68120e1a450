"""Every danger: its documentation runs, and it fires on the change that brings it and on no other."""

from __future__ import annotations

import importlib
import pkgutil
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from gitopsgen.check.documentation import HEADINGS, sections
from gitopsgen.check.rules import RULES as CHECKS
from gitopsgen.diff import City, FilePair, difference
from gitopsgen.emit import emit
from gitopsgen.review import dangers, find_dangers, find_refusals, updates
from gitopsgen.review.documentation import pages
from gitopsgen.review.rules import CHANGE_RULES, RULES, UPDATE_RULES

ROOT = Path(__file__).parents[2]
CITIES = {name: City(name, wave=wave) for name, wave in (("lhasa", 0), ("jinan", 1), ("wuhan", 2), ("xian", 3))}


def pair(city, old, new, file="object"):
    sides = [None if side is None else emit(side).encode() for side in (old, new)]
    return FilePair(f"{city}/edge/shop/{file}.yaml", *sides)


def found(old, new):
    change = difference([pair("xian", old, new)], (CITIES, CITIES))
    return [(one.rule.code, one.message) for one in (*find_dangers(change), *find_refusals(change, {}))]


def codes(text):
    old, new = [*yaml.safe_load_all(text), None][:2]
    return {code for code, _ in found(old, new)}


@pytest.mark.parametrize("module", [*CHANGE_RULES, *UPDATE_RULES], ids=lambda module: module.RULE.name)
def test_example_of_the_documentation_triggers_and_its_cure_does_not(module):
    text = sections(module)

    assert module.RULE.code in codes(text["Example"])
    assert module.RULE.code not in codes(text["Instead"])


@pytest.mark.parametrize("module", [*CHANGE_RULES, *UPDATE_RULES], ids=lambda module: module.RULE.name)
def test_a_danger_is_in_the_change_and_not_in_the_state(module):
    """What has been dangerous for long is told by the rules of `check`, or accepted."""
    for heading in ("Example", "Instead"):
        for state in filter(None, yaml.safe_load_all(sections(module)[heading])):
            touched = deepcopy(state)
            touched["metadata"].setdefault("annotations", {})["touched"] = "yes"
            assert found(state, touched) == []


def test_every_module_with_a_danger_is_listed_once_in_the_order_of_codes():
    modules = [
        importlib.import_module(f"{package.__name__}.{info.name}")
        for package in (dangers, updates)
        for info in pkgutil.iter_modules(package.__path__)
    ]
    listed = [module.RULE.code for module in RULES]

    assert {module.__name__ for module in modules} == {module.__name__ for module in RULES}
    assert sorted(set(listed)) == listed
    assert not {(one.RULE.code, one.RULE.name) for one in RULES} & {(one.RULE.code, one.RULE.name) for one in CHECKS}
    assert all(list(sections(module)) == list(HEADINGS) for module in RULES)


def test_pages_of_the_dangers_are_fresh():
    directory = ROOT / "docs/dangers"

    assert pages() == {path.name: path.read_text("utf-8") for path in directory.glob("*.md")}


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


DANGEROUS = [
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
BINDING = {"roleRef": {"name": "reader"}, "subjects": [{"kind": "Group", "name": "g"}]}


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
        (None, thing(RBAC, "RoleBinding", **BINDING)),
        (thing("v1", "ConfigMap", data={"storage": "2Gi"}), thing("v1", "ConfigMap", data={"storage": "1Gi"})),
        (
            thing("apps/v1", "StatefulSet", spec=STATEFUL),
            thing("apps/v1", "StatefulSet", spec={**STATEFUL, "replicas": 1}),
        ),
    ],
)
def test_what_is_made_safer_or_moved_is_no_danger(old, new):
    assert found(old, new) == []


def fleet(*changing):
    old, new = thing("v1", "ConfigMap", data={"a": "1"}), thing("v1", "ConfigMap", data={"a": "2"})
    listing = [f"{name}/edge/shop/object.yaml" for name in CITIES]
    return find_dangers(difference([pair(name, old, new) for name in sorted(changing)], (CITIES, CITIES), listing))


def test_a_change_of_several_whole_waves_is_told_once_a_case():
    (danger,) = fleet("lhasa", "jinan")

    assert danger.rule.code == "GG913"
    assert danger.message == '1 object of "shop" at once in all cities of the waves 0, 1'
    assert sorted(danger.files) == ["jinan/edge", "lhasa/edge"]
    assert fleet("jinan") == ()


def test_the_same_danger_in_many_cities_is_one_with_all_places():
    pairs = [pair(name, thing("v1", "Service", spec={"type": "LoadBalancer"}), None, "a") for name in sorted(CITIES)]
    turned = [FilePair(one.path, one.new, one.old) for one in pairs]

    (danger,) = find_dangers(difference(turned, (CITIES, CITIES)))

    assert danger.message == "is reachable from outside the cluster (LoadBalancer)"
    assert sorted(danger.files) == [f"{name}/edge" for name in sorted(CITIES)]


def test_what_guarded_a_namespace_may_go_with_it():
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    both = [pair("xian", namespace, None, "a"), pair("xian", policy(), None, "b")]

    told = find_dangers(difference([*both, pair("wuhan", policy(), None, "b")], (CITIES, CITIES)))

    assert [(one.rule.name, sorted(one.files)) for one in told] == [
        ("removed-namespace", ["xian/edge"]),
        ("opened-network", ["wuhan/edge"]),
    ]


def broken(data, put):
    """Give the data with something else in place of each of its parts, one at a time."""
    if isinstance(data, dict | list):
        for step in data if isinstance(data, dict) else range(len(data)):
            for inner in (put, *broken(data[step], put)):
                changed = deepcopy(data)
                changed[step] = inner
                yield changed


@pytest.mark.parametrize("put", [None, 3, "x", [], {}, [{}], [None], {"a": {}}, True], ids=repr)
def test_nothing_that_stands_in_an_object_breaks_a_rule(put):
    for old, new, _ in DANGEROUS:
        for changed in broken(new or old, put):
            found(old, changed)
            found(changed, old)
