"""Operators and files of nodes, which are no manifests, make what manifests may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.capacity import Setting
from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

ROOT = Path(__file__).parents[2]
VARIANT = VariantId("shanghai", "edge", "payment-gateway")
OPERATORS = {"install": ["certManager"], "charts": {"certManager": {"namespace": "cert-manager"}}}


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker("1.35", ROOT / "schemas/modern", keep=False)


def account(namespace: str) -> Manifest:
    data = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "namespace": namespace}}
    return Manifest(VARIANT, "account.yaml", "account.j2", 0, data)


def pod(profile: str) -> Manifest:
    seccomp = {"type": "Localhost", "localhostProfile": profile}
    spec = {"securityContext": {"seccompProfile": seccomp}, "containers": []}
    data = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "payment"}, "spec": spec}
    return Manifest(VARIANT, "pod.yaml", "pod.j2", 0, data)


def told(checker, code, manifests, setting=None):
    return [found.message for found in checker.cluster(manifests, setting) if found.code == code]


@pytest.mark.parametrize(("namespace", "is_told"), [("payment", 0), ("cert-manager", 0), ("istio-system", 1)])
def test_namespaces_of_operators_are_there(checker, namespace, is_told):
    described = Manifest(
        VARIANT, "a.yaml", "a.j2", 0, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "payment"}}
    )

    found = told(checker, "GG517", [described, account(namespace)], Setting({}, OPERATORS))

    assert len(found) == is_told


@pytest.mark.parametrize(("profile", "is_told"), [("profiles/pay.json", 0), ("pay.json", 1)])
def test_profiles_of_nodes_are_there(checker, profile, is_told):
    file = "shanghai/edge/bootstrap/var/lib/kubelet/seccomp/profiles/pay.json"
    node = Manifest(VARIANT, file, "pay.j2", 0, {"defaultAction": "SCMP_ACT_LOG"}, is_resource=False)

    assert len(told(checker, "GG526", [node, pod(profile)])) == is_told


def test_of_nodes_without_files_nothing_is_told(checker):
    assert not told(checker, "GG526", [pod("profiles/pay.json")])
