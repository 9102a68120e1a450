"""Verdicts on built-in kinds are those of kubernetes-validate, plus what servers publish."""

from __future__ import annotations

import copy
import json
import random
from importlib.resources import files
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import referencing
import yaml
from kubernetes_validate.utils import schema_contents

from gitopsgen.diagnostics import UsageError
from gitopsgen.schemas import Bundled
from gitopsgen.schemas.bundled import versions, versions_with
from gitopsgen.schemas.kind import node_at
from gitopsgen.schemas.validator import compile_kind

CORPUS = sorted((Path(__file__).parents[1] / "rules").glob("*.yaml"))
# what the bundled schemas do not say, and we add
VALIDATED = json.loads((files("gitopsgen.schemas") / "facts/validation.json").read_text(encoding="utf-8"))
REQUIRED = {
    "ip",
    "spec",
    *(name for fields in VALIDATED.values() for name, facts in fields.items() if "required" in facts),
}
SPARED = {("podFailurePolicy",)}
ADDED = {"unknown-value", "malformed-value", "duplicate-entry"}
VALUES = ["text", 3, 2.5, True, None, [], {}, ["text"], {"unknown": 1}, "100m", -1]
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "gateway", "namespace": "payment"},
    "spec": {
        "selector": {"matchLabels": {"app": "gateway"}},
        "template": {"metadata": {"labels": {"app": "gateway"}}, "spec": {"containers": [{"name": "gateway"}]}},
    },
}


@pytest.fixture(scope="module", params=["1.30", "1.35"])
def bundled(request):
    return Bundled(request.param)


@pytest.fixture(scope="module")
def objects(bundled):
    documents = (document for path in CORPUS for document in yaml.safe_load_all(path.read_text(encoding="utf-8")))
    known = [
        document
        for document in documents
        if document and bundled.find(document.get("apiVersion", ""), document.get("kind", ""))
    ]
    return [*known, *mutants(known, 8, random.Random(f"mutants for {bundled.kubernetes}"))]  # noqa: S311


@pytest.fixture(scope="module")
def validators(bundled, objects):
    names = {(document["apiVersion"], document["kind"]) for document in objects}
    return {name: compile_kind(bundled.find(*name)) for name in names}


def mutants(documents, count, chance):
    return [mutant(document, chance) for document in documents for _ in range(count)]


def mutant(document, chance):
    """Change one to three places: replace a value, drop a field, add an unknown one."""
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        spots = list(places(changed))
        if not spots:
            break
        spot, key = chance.choice(spots)
        change = chance.choice(["replace", "drop", "add"])
        if change == "replace":
            spot[key] = copy.deepcopy(chance.choice(VALUES))
        elif change == "drop":
            del spot[key]
        elif isinstance(spot, dict):
            spot[f"{key}s"] = copy.deepcopy(chance.choice(VALUES))
    return changed


def places(node, *, top=True):
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        if not (top and key in {"apiVersion", "kind"}):
            yield node, key
            if isinstance(node[key], (dict, list)):
                yield from places(node[key], top=False)


def at(data, field):
    for step in field:
        data = data[step]
    return data


def judged(validator, document):
    """Give path and sort of each violation, paths as their engine gives them: all, and those that we may add."""
    found, ours = set(), set()
    for violation in validator.violations(document):
        if violation.sort not in ADDED:
            above = violation.sort in {"unknown-field", "missing-field"}
            one = (violation.field[:-1] if above else violation.field, violation.sort)
            found.add(one)
            is_null = violation.sort == "wrong-type" and at(document, violation.field) is None
            is_needed = violation.sort == "missing-field" and violation.field[-1] in REQUIRED
            is_empty = violation.sort == "unknown-field" and violation.field[-3:-1] == ("subresources", "status")
            if is_null or is_needed or is_empty:
                ours.add(one)
    return found, ours


SORTS = {
    "additionalProperties": "unknown-field",
    "required": "missing-field",
    "type": "wrong-type",
    "oneOf": "wrong-type",
}


@pytest.fixture(scope="module")
def references(bundled, validators):
    """Give the validators of the package's own engine, kept, which its API makes anew for each call."""
    folder = f"kubernetes-json-schema/v{bundled.kubernetes}.0-local-strict"
    definitions = referencing.Resource.from_contents(schema_contents(f"{folder}/_definitions.json", ""))
    made = {}
    for version, kind in validators:
        group, _, number = version.rpartition("/")
        name = f"{kind.lower()}-{group.split('.')[0] + '-' if group else ''}{number}.json"
        schema = schema_contents(f"{folder}/{name}", "")
        registry = definitions @ (referencing.Resource.from_contents(schema) @ referencing.Registry())
        made[version, kind] = jsonschema.Draft202012Validator(schema, registry=registry)
    return made


def test_every_violation_is_that_of_the_bundled_schemas(objects, validators, references):
    broken = 0
    for document in objects:
        name = document["apiVersion"], document["kind"]
        expected = {(tuple(error.path), SORTS[error.validator]) for error in references[name].iter_errors(document)}
        expected = {one for one in expected if one[0][-1:] not in SPARED or one[1] != "missing-field"}
        broken += bool(expected)

        found, ours = judged(validators[name], document)
        assert found - ours <= expected <= found, document

    assert broken > len(objects) / 3, "the corpus breaks too little to prove anything"


def test_verdict_is_that_of_kubernetes_validate(bundled, objects, validators):
    for document in objects[:: len(objects) // 80]:
        found, ours = judged(validators[document["apiVersion"], document["kind"]], document)
        reported = first_violation(document, bundled.kubernetes)

        assert reported in {path for path, _ in found} or (not found - ours and reported is None), document


def first_violation(document, version):
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return tuple(error.path)
    return None


@pytest.mark.parametrize("version", versions())
def test_every_bundled_version_can_be_used(version):
    deployment = Bundled(version).find("apps/v1", "Deployment")

    assert deployment.namespaced
    assert deployment.plural == "deployments"
    assert compile_kind(deployment).violations(DEPLOYMENT) == ()
    assert [violation.field for violation in compile_kind(deployment).violations({})] == [("spec",)]


def test_unknown_version_is_a_usage_error_that_names_the_known_ones():
    with pytest.raises(UsageError, match=r"'1\.99'.*1\.35"):
        Bundled("1.99")


def test_kind_of_another_group_with_the_same_first_label_is_not_found():
    assert Bundled("1.35").find("apps.example.com/v1", "Deployment") is None


@pytest.mark.parametrize(
    "name", [("v1", "List"), ("v1", "ServiceList"), ("v1", "Affinity"), ("v1", "Status"), ("", "")]
)
def test_what_is_no_object_is_no_kind(name):
    assert Bundled("1.35").find(*name) is None


def test_facts_of_the_server_are_in_the_schema(bundled):
    schema = bundled.find("v1", "Pod").schema
    container = node_at(schema, ("spec", "containers", 0))

    assert container["properties"]["imagePullPolicy"]["enum"] == ["Always", "IfNotPresent", "Never", None]
    assert container["properties"]["ports"]["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"]
    assert node_at(schema, ("spec", "containers", 0, "ports", 0, "protocol"))["default"] == "TCP"


def test_scope_is_known_for_what_a_server_serves():
    bundled = Bundled("1.35")

    assert bundled.find("v1", "Namespace").namespaced is False
    assert bundled.find("v1", "ConfigMap").namespaced is True
    assert bundled.find("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy").served is False


def test_versions_with_a_kind_tell_its_history():
    assert versions_with("autoscaling/v2beta2", "HorizontalPodAutoscaler") == ("1.25",)
    assert versions_with("apps/v1", "Deployment") == versions()


def test_cut_schemas_are_kept_and_read_again(tmp_path):
    first = Bundled("1.35", tmp_path).find("v1", "Service")
    kept = list(tmp_path.iterdir())
    again = Bundled("1.35", tmp_path).find("v1", "Service")

    assert len(kept) == 1
    assert first == again == Bundled("1.35").find("v1", "Service")


def test_broken_cache_is_made_anew(tmp_path):
    Bundled("1.35", tmp_path).find("v1", "Service")
    next(tmp_path.iterdir()).write_text('{"kinds":', encoding="utf-8")

    assert Bundled("1.35", tmp_path).find("v1", "Service") is not None


def test_unwritable_cache_does_no_harm(tmp_path):
    (tmp_path / "file").touch()

    assert Bundled("1.35", tmp_path / "file").find("v1", "Service") is not None
