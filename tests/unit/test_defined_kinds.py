"""Manifests that bring the definition of their own kind are held to it, as the cluster will hold them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gitopsgen.pipeline import CheckOptions, check_manifests
from gitopsgen.pipeline.foreign import ForeignOptions

PACK = Path(__file__).parents[2] / "schemas/modern"
SIZE = {"type": "integer", "minimum": 1, "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]}
PARTS = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]},
        },
    },
}


def definition(spec, *versions, group="example.com"):
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": spec}}}
    served = [
        {"name": name, "served": True, "storage": not at, "schema": {"openAPIV3Schema": schema}}
        for at, name in enumerate(versions or ("v1",))
    ]
    names = {"plural": "widgets", "kind": "Widget"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": served},
    }


def widget(version="v1", group="example.com", **spec):
    metadata = {"name": "a", "namespace": "shop"}
    return {"apiVersion": f"{group}/{version}", "kind": "Widget", "metadata": metadata, "spec": spec}


def check(folder, *objects, jobs=1, **options):
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(yaml.safe_dump_all(objects), "utf-8")
    report = check_manifests(
        (str(folder),), (), ForeignOptions("1.35", PACK, jobs=jobs), CheckOptions(only=("GG4*", "GG92*"), **options)
    )
    return [(one.code, one.message) for one in report.findings if one.severity.value == "error"]


def test_objects_are_held_to_the_definition_before_or_after_them(tmp_path):
    for objects in ((definition({"size": SIZE}), widget(size=0)), (widget(size=0), definition({"size": SIZE}))):
        ((code, message),) = check(tmp_path, *objects)

        assert (code, "at least 1" in message) == ("GG407", True)
    assert check(tmp_path, definition({"size": SIZE}), widget(size=1)) == []


def test_a_definition_in_a_list_and_its_other_versions_count(tmp_path):
    listed = {"apiVersion": "v1", "kind": "List", "items": [definition({"size": SIZE}, "v1", "v2")]}

    assert check(tmp_path, listed, widget("v2", size=1)) == []
    assert check(tmp_path, listed, widget("v3", size=1)) == [
        ("GG401", '"example.com/v3" has no kind "Widget", expected "example.com/v1", "example.com/v2"')
    ]


def test_a_definition_at_hand_wins_over_the_pack(tmp_path):
    older = definition({"size": SIZE}, group="networking.istio.io")
    older["metadata"]["name"] = "sidecars.networking.istio.io"
    older["spec"]["names"] = {"plural": "sidecars", "kind": "Sidecar"}
    sidecar = {**widget(group="networking.istio.io", size=0), "kind": "Sidecar"}

    assert [code for code, _ in check(tmp_path, sidecar)] == ["GG403"]
    assert [code for code, _ in check(tmp_path, older, sidecar)] == ["GG407"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda spec: spec.pop("names"),
        lambda spec: spec.pop("group"),
        lambda spec: spec["versions"].append(None),
        lambda spec: spec["versions"][0].update(schema=None),
        lambda spec: spec["versions"][0]["schema"]["openAPIV3Schema"].update(type="thing"),
        lambda spec: spec["versions"][0]["schema"]["openAPIV3Schema"].update(properties=[1]),
    ],
)
def test_a_definition_that_is_refused_defines_nothing(spoil, tmp_path):
    broken = definition({"size": SIZE})
    spoil(broken["spec"])

    found = [code for code, _ in check(tmp_path, broken, widget(size=1))]

    assert "GG401" in found
    assert len(found) > 1  # the definition's own fault


def test_a_null_in_a_definition_says_nothing(tmp_path):
    field = {"type": "string", "default": "a", "enum": None, "format": None, "properties": None}

    assert check(tmp_path, definition({"size": field}), widget(size="b")) == []


def test_rules_about_changes_are_asked_of_updates(tmp_path):
    kind = definition({"size": SIZE, "parts": PARTS})
    check(tmp_path / "old", kind, widget(size=3, parts=[{"name": "a", "size": 1}, {"name": "b", "size": 5}]))

    def updated(**spec):
        return check(tmp_path / "new", kind, widget(**spec), against=str(tmp_path / "old"))

    assert updated(size=4) == []
    assert updated(size=3, parts=[{"name": "b", "size": 6}, {"name": "a", "size": 2}]) == []
    assert updated(size=2, parts=[{"name": "b", "size": 1}, {"name": "c", "size": 0}]) == [
        ("GG924", 'Widget shop/a: "spec.parts[0].size" is against a rule of Widget: self >= oldSelf'),
        ("GG924", 'Widget shop/a: "spec.size" is against a rule of Widget: self >= oldSelf'),
    ]


def test_a_field_left_empty_is_refused_unless_something_stays_in_it(tmp_path):
    open_kind = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    mode = {"type": "string", "default": "fast"}
    kind = definition(
        {
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "nullable": {"type": "object", "nullable": True, "properties": {"a": {"type": "string"}}},
            "open": {"type": "object", "properties": {"inside": open_kind}},
            "run": {"type": "object", "properties": {"mode": mode, "size": {"type": "integer"}}},
            "parts": PARTS,
            "texts": {"type": "array", "items": {"type": "string"}},
        }
    )

    def updated(old, new):
        check(tmp_path / "old", kind, widget(**old))
        return [
            message.partition('"')[2].partition('"')[0]
            for code, message in check(tmp_path / "new", kind, widget(**new), against=str(tmp_path / "old"))
            if code == "GG925"
        ]

    assert updated({"labels": {"a": "b"}}, {"labels": {}}) == ["spec.labels"]
    assert updated({"labels": {"a": "b"}, "texts": []}, {"texts": ["a"]}) == []  # goes as a whole
    assert updated({"labels": {}}, {"labels": {}}) == []
    assert updated({"labels": {"a": "b"}}, {"labels": {"c": "d"}}) == []
    assert updated({"nullable": {"a": "b"}}, {"nullable": {}}) == []
    assert updated({"open": {"inside": {"a": 1}}}, {"open": {"inside": {}}}) == ["spec.open.inside"]
    assert updated({"run": {"mode": "slow"}}, {"run": {}}) == ["spec.run"]
    assert updated({"run": {"size": 3}}, {"run": {}}) == []  # the server has put the mode in
    assert updated({"parts": [{"name": "a"}]}, {"parts": []}) == []
    assert updated({"texts": ["a"]}, {"texts": []}) == []
