"""CRDs become closed schemas, byte for byte the same each time, and can be turned back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitopsgen.schemas import Pack
from gitopsgen.schemas.definitions import folded
from gitopsgen.schemas.importer import import_crds
from gitopsgen.schemas.kind import node_at
from gitopsgen.schemas.origins import release
from gitopsgen.schemas.pack import RESOURCE
from gitopsgen.schemas.structural import close, normalised, reopen
from gitopsgen.schemas.validator import compile_kind

ROOT = Path(__file__).parents[2]
COMMITTED = sorted((ROOT / "schemas").glob("*/*/*.json"))
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: payments.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Payment, plural: payments}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          description: prose
          required: [spec]
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            status: {type: object, properties: {phase: {type: string}}}
            spec:
              type: object
              required: [amount]
              x-kubernetes-validations: [{rule: self.amount > 0, message: prose, fieldPath: .amount}]
              properties:
                amount: {type: integer, format: int32, minimum: 0, exclusiveMinimum: true}
                description: {type: string, maxLength: 5, description: prose}
                mode: {type: string, enum: [fast, =, safe], default: fast}
                note: {type: string, nullable: true}
                port: {anyOf: [{type: integer}, {type: string}], x-kubernetes-int-or-string: true}
                labels: {type: object, additionalProperties: {type: string}}
                anything: {type: object, x-kubernetes-preserve-unknown-fields: true}
                nothing: {type: object}
                strategy: {type: string, pattern: "^(?i)(abort|warn)?$"}
                template:
                  type: object
                  x-kubernetes-embedded-resource: true
                  properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                steps:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items:
                    type: object
                    properties:
                      name: {type: string}
                      run: {type: string}
                      wait: {type: string}
                    oneOf: [{required: [run]}, {required: [wait]}]
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object}}
"""


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "payments-1.2.3" / "crds"
    folder.mkdir(parents=True)
    (folder / "payments.yaml").write_text(f"kind: ConfigMap\n---\n{CRD}", encoding="utf-8")
    return folder


@pytest.fixture
def payment(tmp_path, sources):
    outcome = import_crds([sources], tmp_path / "pack")

    assert outcome.diagnostics == ()
    assert [tmp_path / "pack/example.com/payment_v1.json"] == list(outcome.value)
    return Pack(tmp_path / "pack").find("example.com/v1", "Payment")


def violations(kind, spec, **fields):
    document = {
        "apiVersion": "example.com/v1",
        "kind": "Payment",
        "metadata": {"name": "first"},
        "spec": spec,
        **fields,
    }
    return [(".".join(map(str, found.field)), found.sort) for found in compile_kind(kind).violations(document)]


def test_names_scope_and_source_are_kept(payment):
    assert (payment.plural, payment.namespaced, payment.source) == ("payments", True, "payments 1.2.3")


def test_no_prose_is_kept_but_a_field_named_like_prose_is(tmp_path, payment):
    text = (tmp_path / "pack/example.com/payment_v1.json").read_text(encoding="utf-8")

    assert "prose" not in text
    assert "description" in node_at(payment.schema, ("spec",))["properties"]


def test_rules_are_kept_without_their_messages(payment):
    assert payment.schema["properties"]["spec"]["x-kubernetes-validations"] == [
        {"fieldPath": ".amount", "rule": "self.amount > 0"}
    ]


@pytest.mark.parametrize(
    "spec",
    [
        {"amount": 1},
        {"amount": 1, "mode": "="},
        {"amount": 1, "mode": None},
        {"amount": 1, "note": None},
        {"amount": 1, "port": "http"},
        {"amount": 1, "port": 80},
        {"amount": 1, "labels": {"any": "key"}},
        {"amount": 1, "anything": {"at": [{"any": "depth"}]}},
        {"amount": 1, "nothing": {}},
        {"amount": 1, "strategy": "WARN"},
        {"amount": 1, "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"a": 1}}},
        {"amount": 1, "steps": [{"name": "one", "run": "x"}, {"name": "two", "wait": "x"}]},
    ],
)
def test_what_the_server_takes_is_valid(payment, spec):
    assert violations(payment, spec) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, ("spec.amount", "missing-field")),
        ({"amount": 0}, ("spec.amount", "malformed-value")),
        ({"amount": 2**31}, ("spec.amount", "malformed-value")),
        ({"amount": "1"}, ("spec.amount", "wrong-type")),
        ({"amount": 1, "amounts": 2}, ("spec.amounts", "unknown-field")),
        ({"amount": 1, "description": "longer"}, ("spec.description", "malformed-value")),
        ({"amount": 1, "mode": "slow"}, ("spec.mode", "unknown-value")),
        ({"amount": 1, "port": 1.5}, ("spec.port", "wrong-type")),
        ({"amount": 1, "port": None}, ("spec.port", "wrong-type")),
        ({"amount": 1, "labels": {"any": 1}}, ("spec.labels.any", "wrong-type")),
        ({"amount": 1, "nothing": {"at": {"all": 1}}}, ("spec.nothing.at", "unknown-field")),
        ({"amount": 1, "strategy": "retry"}, ("spec.strategy", "malformed-value")),
        ({"amount": 1, "template": {"spec": {}, "data": {}}}, ("spec.template.data", "unknown-field")),
        ({"amount": 1, "steps": [{"name": "one"}]}, ("spec.steps.0", "malformed-value")),
        ({"amount": 1, "steps": [{"name": "one", "run": "x", "wait": "x"}]}, ("spec.steps.0", "malformed-value")),
        (
            {"amount": 1, "steps": [{"name": "one", "run": "x"}, {"name": "one", "run": "y"}]},
            ("spec.steps.1", "duplicate-entry"),
        ),
    ],
)
def test_what_the_server_refuses_is_one_violation(payment, spec, expected):
    assert violations(payment, spec) == [expected]


def test_metadata_is_that_of_every_object(payment):
    metadata = {"name": "first", "lables": {}, "labels": {"wave": 1}}

    assert violations(payment, {"amount": 1}, metadata=metadata) == [
        ("metadata.labels.wave", "wrong-type"),
        ("metadata.lables", "unknown-field"),
    ]


def test_status_is_the_controllers_business(payment):
    assert violations(payment, {"amount": 1}, status={"anything": 1}) == []


def test_import_twice_gives_the_same_bytes(tmp_path, sources):
    written = [import_crds([sources], tmp_path / name).value[0].read_bytes() for name in ("one", "two")]

    assert written[0] == written[1]


def test_only_wanted_kinds_are_written(tmp_path, sources):
    assert import_crds([sources], tmp_path / "none", only=["Refund.example.com/v1"]).value == ()
    assert len(import_crds([sources], tmp_path / "one", only=["Payment.example.com/v1"]).value) == 1


def test_every_unusable_source_is_reported(tmp_path):
    (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "empty.yaml").write_text("kind: ConfigMap\n", encoding="utf-8")
    (tmp_path / "old.yaml").write_text(
        "kind: CustomResourceDefinition\nspec: {versions: [{served: true}]}", encoding="utf-8"
    )

    sources = [tmp_path / name for name in ("broken.yaml", "empty.yaml", "old.yaml", "absent.yaml")]
    outcome = import_crds(sources, tmp_path / "pack")

    assert [(Path(found.location.file).name, found.code) for found in outcome.diagnostics] == [
        ("broken.yaml", "GG131"),
        ("empty.yaml", "GG132"),
        ("old.yaml", "GG133"),
        ("absent.yaml", "GG131"),
    ]


def test_release_is_read_from_the_folders_and_else_is_the_file():
    assert release(Path("/crds/istio-1.30.3/crd-all.gen.yaml")) == "istio 1.30.3"
    assert release(Path("/crds/gateway-api-v1.5.1/standard/x.yaml")) == "gateway-api 1.5.1"
    assert release(Path("/crds/x.yaml")) == "x.yaml"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^(?i)(abort|warn)?$", "^(?i:(abort|warn)?)$"),
        ("^((?i)sun|mon)day$", "^(?i:sun|mon)day$"),
        ("^[a-z]+$", "^[a-z]+$"),
    ],
)
def test_flags_of_patterns_stand_where_every_engine_reads_them(pattern, expected):
    assert normalised(pattern) == expected


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_committed_schema_is_what_the_importer_writes(path):
    schema = json.loads(path.read_bytes())
    resource = schema[RESOURCE]

    assert path.read_text(encoding="utf-8") == json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert (path.parent.name, path.stem) == (resource["group"], f"{resource['kind'].lower()}_{resource['version']}")
    assert {key: value for key, value in schema.items() if key != RESOURCE} == folded(close(reopen(schema)))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_committed_schema_compiles(path):
    resource = json.loads(path.read_bytes())[RESOURCE]
    kind = Pack(path.parents[1]).find(f"{resource['group']}/{resource['version']}", resource["kind"])

    assert compile_kind(kind).kind.plural == resource["plural"]


def test_pack_lists_its_kinds_and_finds_nothing_outside_itself():
    pack = Pack(ROOT / "schemas/modern")

    assert ("networking.istio.io/v1", "VirtualService") in set(pack.names())
    assert pack.find("networking.istio.io/v1", "virtualservice") is None
    assert pack.find("../seed/networking.istio.io/v1", "VirtualService") is None
    assert pack.find("v1", "Service") is None
    assert list(Pack(ROOT / "absent").names()) == []
