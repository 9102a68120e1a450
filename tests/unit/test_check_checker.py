"""The checker judges a manifest by its data alone, reports all it finds, and breaks on nothing."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest
import yaml

from gitopsgen.check import Checker, Finding
from gitopsgen.diagnostics import Severity, UsageError
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from tests.policies.reading import cases, objects

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests/rules").glob("*.yaml"))
VARIANT = VariantId("shanghai", "edge", "payment-gateway")
VALUES = ["text", "", 3, 2.5, True, None, [], {}, ["text", 1], [{}], {"unknown": 1}, {"name": []}, -1, [[]], [None]]


@pytest.fixture(scope="module")
def checker():
    return Checker("1.35", ROOT / "schemas/modern", keep=False)


@pytest.fixture(scope="module")
def documents():
    found = (document for path in CORPUS for document in yaml.safe_load_all(path.read_text(encoding="utf-8")))
    return [document for document in found if document]


def manifest(data, document=0, **facts):
    return Manifest(VARIANT, f"{document}.yaml", "templates/x.yaml.j2", document, data, **facts)


def places(node):
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from places(node[key])


def mangled(document, chance):
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        spots = list(places(changed))
        if spots:
            spot, key = chance.choice(spots)
            spot[key] = copy.deepcopy(chance.choice(VALUES))
    return changed


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(1, 8))])
def test_nothing_breaks_the_checker(checker, documents, seed):
    chance = random.Random(seed)  # noqa: S311
    changed = [manifest(mangled(document, chance), index) for index, document in enumerate(documents * 3)]

    for each in changed:
        before = copy.deepcopy(each.data)

        assert checker.manifest(each) == checker.manifest(each)
        assert before == each.data

    for start in range(0, len(changed), 30):
        some = changed[start : start + 30]

        assert checker.cluster(some) == checker.cluster(some)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_breaks_the_policies(checker, seed):
    chance = random.Random(seed)  # noqa: S311
    for path in cases():
        found = objects(path)
        sound, broken = [manifest(one) for one in found], [manifest(mangled(one, chance)) for one in found]

        for some in (broken, [*sound, *broken]):
            assert checker.policies(some) == checker.policies(some)


@pytest.mark.parametrize("data", [None, "text", 3, [], [{}], {}, {"kind": 1}, {"apiVersion": [], "kind": {}}])
def test_what_is_no_object_is_reported_as_such(checker, data):
    assert "GG401" in {finding.code for finding in checker.manifest(manifest(data))}
    checker.cluster([manifest(data)])


def test_node_files_are_no_objects(checker):
    file = manifest({"any": "thing"}, is_resource=False)

    assert checker.manifest(file) == ()
    assert checker.cluster([file]) == ()


def test_all_that_is_wrong_with_one_manifest_is_found_at_once(checker):
    data = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "Gateway", "labels": {"city": "上海"}},
        "spec": {
            "restartPolicy": "always",
            "container": [],
            "containers": [{"name": "x", "image": "x:latest", "env": [{"name": "PASSWORD", "value": "correct-horse"}]}],
        },
    }

    assert {finding.code for finding in checker.manifest(manifest(data))} == {
        "GG403",  # container
        "GG406",  # restartPolicy
        "GG410",  # name
        "GG411",  # namespace
        "GG413",  # label
        "GG421",  # no digest
        "GG422",  # no registry
        "GG425",  # password
    }


def test_finding_names_rule_manifest_and_field(checker):
    made = manifest({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x"}})
    (finding,) = checker.manifest(made)

    assert finding == Finding(
        code="GG411",
        name="missing-namespace",
        severity=Severity.ERROR,
        message='ServiceAccount x has no "metadata.namespace", expected one because the kind is namespaced',
        hint="name it; in a template: {{ case.namespace }}",
        manifest=made,
        field=("metadata", "namespace"),
    )


def test_verdict_does_not_depend_on_where_the_manifest_comes_from(checker):
    data = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x"}}
    one = checker.manifest(manifest(data))
    other = checker.manifest(
        Manifest(VariantId("wuhan", "bank-a", "bank-core"), "y.yaml", "y.j2", 7, copy.deepcopy(data))
    )

    assert [(finding.code, finding.field, finding.message) for finding in one] == [
        (finding.code, finding.field, finding.message) for finding in other
    ]


def test_version_of_kubernetes_decides(documents):
    old = Checker("1.30", ROOT / "schemas/seed", keep=False)
    secret = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "x", "namespace": "y"},
    }
    (finding,) = old.manifest(manifest(secret))

    assert (
        finding.message
        == '"external-secrets.io/v1" has no kind "ExternalSecret", expected "external-secrets.io/v1beta1"'
    )


def test_unknown_version_is_a_usage_error():
    with pytest.raises(UsageError, match=r"1\.99"):
        Checker("1.99", ROOT / "schemas/modern", keep=False)


def test_cluster_needs_no_schema_of_what_it_compares(tmp_path):
    """A run whose single verdicts are all remembered reads no schema at all."""
    checker = Checker("1.35", tmp_path, keep=False)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x", "namespace": "y"}, "spec": {}}
    checker.cluster([manifest(service)])

    assert checker._known == {}


def test_removed_and_new_apis_say_since_when(checker):
    removed = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3", "kind": "FlowSchema", "metadata": {"name": "x"}}
    (finding,) = checker.manifest(manifest(removed))

    assert finding.hint == "removed in Kubernetes 1.32"
