"""A kind that nobody knows is told with what leads on: the version or name meant, or where schemas come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

ROOT = Path(__file__).parents[2]
STRANGER = "a custom kind needs a schema: its definition among the manifests, schemas import, or --schema-location"
RELEASE = "known is strimzi 1.2.0; of another release, its definition among the manifests, or --schema-location"


@pytest.fixture(scope="module")
def checker():
    return Checker("1.35", ROOT / "schemas/modern", keep=False)


def unknown(checker, api_version, kind):
    data = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "namespace": "b"}}
    found = checker.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.yaml", 0, data))
    return [(each.message, each.hint) for each in found if each.code == "GG401"]


@pytest.mark.parametrize(
    ("api_version", "kind", "message", "hint"),
    [
        ("v1", "Deployment", '"v1" has no kind "Deployment", expected "apps/v1"', ""),
        (
            "kafka.strimzi.io/v1beta2",
            "KafkaTopic",
            '"kafka.strimzi.io/v1beta2" has no kind "KafkaTopic", expected "kafka.strimzi.io/v1"',
            RELEASE,
        ),
        (
            "apps/v1",
            "deployment",
            'cannot be checked: no schema for "deployment" of "apps/v1"',
            'did you mean "Deployment"?',
        ),
        (
            "metallb.io/v1",
            "IPAddressPool",
            'cannot be checked: no schema for "IPAddressPool" of "metallb.io/v1"',
            STRANGER,
        ),
        (
            "cluster.x-k8s.io/v1beta1",
            "Cluster",
            'cannot be checked: no schema for "Cluster" of "cluster.x-k8s.io/v1beta1"',
            f'that of "postgresql.cnpg.io/v1" is known; {STRANGER}',
        ),
    ],
)
def test_the_hint_leads_on(checker, api_version, kind, message, hint):
    assert unknown(checker, api_version, kind) == [(message, hint)]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("networking.istio.io/v1alpha3", "VirtualService"),
        ("networking.istio.io/v1beta1", "DestinationRule"),
        ("security.istio.io/v1beta1", "AuthorizationPolicy"),
        ("gateway.networking.k8s.io/v1beta1", "HTTPRoute"),
        ("cert-manager.io/v1", "ClusterIssuer"),
        ("monitoring.coreos.com/v1", "Alertmanager"),
        ("keda.sh/v1alpha1", "TriggerAuthentication"),
        ("mutations.gatekeeper.sh/v1", "Assign"),
    ],
)
def test_kinds_that_common_operators_serve_are_known(checker, api_version, kind):
    assert unknown(checker, api_version, kind) == []


def test_an_object_without_a_name_is_told_by_its_kind(checker):
    data = {"apiVersion": "v1", "kind": "Secret", "metadata": {}}
    found = checker.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.yaml", 0, data))

    assert 'Secret has no "metadata.namespace", expected one because the kind is namespaced' in [
        each.message for each in found
    ]
