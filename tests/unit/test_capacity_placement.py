"""Nodes, and where the scheduler puts pods on them."""

from __future__ import annotations

import pytest
import yaml

from gitopsgen.capacity import Item, Setting, judge
from gitopsgen.capacity.failover import Neighbour, takeovers
from gitopsgen.capacity.growth import breaks
from gitopsgen.capacity.likeness import likeness
from gitopsgen.capacity.nodes import nodes_of
from gitopsgen.capacity.objects import Objects

MEBI = 2**20
SERVER = "node-role.kubernetes.io/control-plane"
K3S = {
    "node-label": ["topology.kubernetes.io/zone=shanghai", "wasm=true"],
    "node-taint": ["dedicated=edge:NoExecute"],
    "kubelet-arg": [
        "kube-reserved=cpu=300m,memory=1Gi",
        "system-reserved=cpu=200m,memory=512Mi",
        "eviction-hard=memory.available<100Mi,nodefs.available<10%",
        "max-pods=60",
    ],
}
EXCLUSIVE = {
    "kubelet-arg": [
        "reserved-cpus=0,1",
        "kube-reserved=memory=1536Mi",
        "system-reserved=memory=768Mi",
        "eviction-hard=memory.available<100Mi",
    ]
}
KUBEADM = [
    {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "InitConfiguration",
        "nodeRegistration": {"kubeletExtraArgs": [{"name": "node-labels", "value": "zone=a"}]},
    },
    {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "kubeReserved": {"cpu": "500m", "memory": "1536Mi"},
        "systemReserved": {"cpu": "300m", "memory": "768Mi"},
        "evictionHard": {"memory.available": "100Mi"},
    },
]
WORKER = {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "JoinConfiguration", "nodeRegistration": {"taints": []}}


# The numbers that domain.md assumes, and the memory that the kernel keeps of each size.
@pytest.mark.parametrize(
    ("data", "facts", "cpu", "memory"),
    [
        (K3S, {"nodes": 1, "size": {"cpu": 4, "memory": "8Gi"}}, 3500, 6300),
        (EXCLUSIVE, {"nodes": 3, "size": {"cpu": 8, "memory": "16Gi"}}, 6000, 13468),
        (
            EXCLUSIVE,
            {"nodes": 3, "size": {"cpu": 16, "memory": "64Gi", "resources": {"hugepages-1Gi": "2Gi"}}},
            14000,
            59036,
        ),
    ],
)
def test_a_node_gives_what_is_left_of_it(data, facts, cpu, memory):
    found = nodes_of(Objects([]), [("a/etc/rancher/k3s/config.yaml", data)], Setting(facts))

    assert len(found) == facts["nodes"]
    assert (found[0].free["cpu"], found[0].free["memory"]) == (cpu, memory * MEBI)


def test_files_of_k3s_say_labels_taints_and_how_many_pods():
    (node,) = nodes_of(
        Objects([]), [("etc/rancher/k3s/config.yaml", K3S)], Setting({"nodes": 1, "size": {"cpu": 4, "memory": "8Gi"}})
    )

    assert node.free["pods"] == 60
    assert (node.labels["wasm"], node.labels["topology.kubernetes.io/zone"]) == ("true", "shanghai")
    assert node.taints == ({"key": "dedicated", "value": "edge", "effect": "NoExecute"},)


def test_servers_of_kubeadm_take_no_pods_and_workers_stand_in_racks():
    files = [("first-server/kubeadm.yaml", KUBEADM), ("worker/kubeadm.yaml", WORKER)]
    facts = {"controlPlane": 3, "workers": 4, "racks": 2, "size": {"cpu": 8, "memory": "16Gi"}}

    found = nodes_of(Objects([]), files, Setting(facts))

    assert [node.takes_any for node in found] == [False] * 3 + [True] * 4
    assert [node.labels.get("gitopsgen.io/rack") for node in found] == [None] * 3 + ["r1", "r2", "r1", "r2"]
    assert {node.free["cpu"] for node in found} == {7200}


def test_without_a_size_nothing_is_known():
    assert nodes_of(Objects([]), [], Setting({"nodes": 3})) == ()


def node(name, cpu="4", labels=None, taints=(), **resources):
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"taints": list(taints)},
        "status": {"allocatable": {"cpu": cpu, "memory": "8Gi", **resources}},
    }


def workload(name, replicas=1, cpu="1", kind="Deployment", **spec):
    requests = {"cpu": cpu, **spec.pop("requests", {})}
    pod = {"containers": [{"name": "c", "resources": {"requests": requests}}], **spec}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "n"},
        "spec": {
            "replicas": replicas,
            "strategy": {"rollingUpdate": {"maxSurge": 0}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }


def judged(*documents):
    verdict = judge([Item("case", one, one) for one in documents], [], Setting({}))
    assert verdict is not None
    return verdict


def told(*documents):
    """Give what does not fit: name, pods, the resource, and whether a node is lost then."""
    found = judged(*documents).problems
    return [
        (
            one.unplaced.workload.claim.name,
            one.unplaced.pods,
            one.unplaced.lacks or one.unplaced.is_apart,
            bool(one.lost),
        )
        for one in found
    ]


def spread_over(name, replicas, **more):
    rule = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule", **more}
    constraints = [{**rule, "labelSelector": {"matchLabels": {"app": name}}}]
    return workload(name, replicas, topologySpreadConstraints=constraints)


def apart(name):
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": name}}}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


TAINT = {"key": "dedicated", "value": "x", "effect": "NoSchedule"}
CLOSED = node("b", taints=[TAINT])
TOLERATION = [{"key": "dedicated", "operator": "Equal", "value": "x", "effect": "NoSchedule"}]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([node("a"), workload("w", 4)], []),
        ([node("a"), workload("w", 5)], [("w", 1, "cpu", False)]),
        ([node("a", memory="1Gi"), workload("w", 2, requests={"memory": "600Mi"})], [("w", 1, "memory", False)]),
        ([node("a", pods="3"), workload("w", 4, "1m")], [("w", 1, "pods", False)]),
        ([node("a"), workload("w", 1, requests={"hugepages-1Gi": "1Gi"})], [("w", 1, "hugepages-1Gi", False)]),
        ([node("a", **{"card/vf": "1"}), workload("w", 2, requests={"card/vf": "1"})], [("w", 1, "card/vf", False)]),
        # a DaemonSet takes its share of every node first
        ([node("a"), workload("d", kind="DaemonSet"), workload("w", 4)], [("w", 1, "cpu", False)]),
        # taints, selectors, affinity to nodes
        ([node("a", taints=[TAINT]), workload("w")], [("w", 1, False, False)]),
        ([node("a", taints=[TAINT]), workload("w", tolerations=TOLERATION)], []),
        ([node("a"), workload("w", nodeSelector={"disk": "fast"})], [("w", 1, False, False)]),
        ([node("a", labels={"disk": "fast"}), workload("w", nodeSelector={"disk": "fast"})], []),
        # apart from each other
        ([node("a"), workload("w", 2, affinity=apart("w"))], [("w", 1, True, False)]),
        ([node("a"), workload("v"), workload("w", affinity=apart("v"))], [("w", 1, True, False)]),
        ([node("a"), spread_over("w", 3)], []),
        # a node that its taint closes counts among those to spread over, unless it is said that it does not
        ([node("a"), CLOSED, spread_over("w", 2)], [("w", 1, True, False)]),
        ([node("a"), CLOSED, spread_over("w", 2, nodeTaintsPolicy="Honor")], [("w", 2, False, True)]),
        # with one of several lost; where that is the only one that takes pods, as well
        ([node("a"), node("b"), workload("w", 4)], []),
        ([node("a"), node("b"), workload("w", 5)], [("w", 1, "cpu", True)]),
        ([node("a", "6"), node("b", "2"), workload("w", 3)], [("w", 1, "cpu", True)]),
        # its own neighbours keep the second from the node that is left: it waits for the lost one
        ([node("a"), node("b"), workload("w", 2, affinity=apart("w"))], []),
    ],
)  # fmt: skip
def test_pods_find_nodes_as_the_scheduler_finds_them(documents, expected):
    assert told(*documents) == expected


PRIORITIES = [
    {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1000},
    {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": "waits"},
        "value": 10,
        "preemptionPolicy": "Never",
    },
]


def test_the_higher_priority_has_the_room():
    first, last = workload("a", 4), workload("z", 4, priorityClassName="high")

    assert told(*PRIORITIES, node("n"), first, last) == [("a", 4, "cpu", False)]


def test_what_pushes_nobody_out_may_wait_for_a_lost_node_but_needs_room_otherwise():
    waits = workload("w", 2, priorityClassName="waits")

    assert told(*PRIORITIES, node("a"), node("b"), workload("x", 4, priorityClassName="high"), waits) == []
    assert told(*PRIORITIES, node("a"), workload("x", 4, priorityClassName="high"), waits) == [("w", 2, "cpu", False)]


def scaler(name, least, most):
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec = {"minReplicas": least, "maxReplicas": most, "scaleTargetRef": target}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": "n"},
        "spec": spec,
    }


def test_what_breaks_first_is_told_of_quotas_and_of_nodes():
    quota = (
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: n}, spec: {hard: {requests.cpu: 10500m}}}"
    )
    documents = [node("a", "11"), workload("w"), scaler("w", 2, 10), yaml.safe_load(quota)]
    objects = Objects([Item("case", one) for one in documents])

    found = breaks(judged(*documents), objects)

    # the eleventh pod at 1 % more is refused, the twelfth at 11 % more finds no node
    assert [(one.percent, one.quota, one.resource) for one in found] == [(1, "n/q", "cpu"), (11, "", "cpu")]


def test_neighbours_take_over_what_their_autoscalers_leave_the_nearest_first():
    def city(most, cpu="20"):
        return judged(node("a", cpu), workload("w"), scaler("w", 4, most))

    near = [Neighbour("one/edge", 10, 2.1, city(6)), Neighbour("two/edge", 20, 2.3, city(9, "5"))]

    (found,) = takeovers([city(4)], "case", near)

    # the second may have five more, but its node takes one
    assert [(one.cluster, one.pods) for one in found.taken] == [("one/edge", 2), ("two/edge", 1)]
    assert (found.pods, found.carried, found.is_carried) == (4, 3, False)


@pytest.mark.parametrize(
    ("changed", "is_alike"),
    [
        ({"labels": {"zone": "wuxi", "disk": "fast"}}, True),  # no pod asks for the city's name
        ({"labels": {"zone": "suzhou", "disk": "slow"}}, False),
        ({"cpu": "5"}, False),
        ({"taints": [TAINT]}, False),
        ({"pods": "9"}, False),
    ],
)
def test_nodes_are_alike_as_far_as_pods_ask(changed, is_alike):
    known = {"labels": {"zone": "suzhou", "disk": "fast"}}
    pods = [workload("w", nodeSelector={"disk": "fast"}), spread_over("s", 2)]

    one, other = (judged(node("a", **facts), *pods) for facts in (known, {**known, **changed}))

    assert (likeness(one.workloads, one.nodes) == likeness(other.workloads, other.nodes)) is is_alike


@pytest.mark.parametrize(
    "change", [{"replicas": 3}, {"cpu": "2"}, {"tolerations": TOLERATION}, {"affinity": apart("w")}]
)
def test_pods_are_not_alike_where_they_ask_otherwise(change):
    one, other = (judged(node("a"), workload("w", **more)) for more in ({}, change))

    assert likeness(one.workloads, one.nodes) != likeness(other.workloads, other.nodes)
