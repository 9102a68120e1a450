"""Which strings a schema takes at a field, told from the field's own part of the schema."""

from __future__ import annotations

import pytest

from gitopsgen.schemas import Bundled
from gitopsgen.schemas.freedom import test_of as of_field

SCHEMA = {
    "type": "object",
    "properties": {
        "free": {"type": "string"},
        "color": {"type": "string", "enum": ["red", "blue"]},
        "short": {"type": "string", "maxLength": 3},
        "port": {"oneOf": [{"type": "string"}, {"type": "integer", "format": "int32"}]},
        "map": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^a"}},
        "list": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
        "open": {"type": "object"},
        "either": {"type": "object", "properties": {"x": {"type": "string"}}, "oneOf": [{"required": ["x"]}]},
        "timed": {"type": "string", "x-kubernetes-validations": [{"rule": "duration(self) > duration('1s')"}]},
        "blind": {
            "type": "object",
            "properties": {"x": {"type": "string"}},
            "x-kubernetes-validations": [{"rule": "has(self.x)"}, {"rule": "oldSelf.x.size() == self.x.size()"}],
        },
        "sighted": {
            "type": "object",
            "properties": {"x": {"type": "string"}},
            "x-kubernetes-validations": [{"rule": "self.x.size() < 5"}],
        },
        "branching": {
            "type": "object",
            "properties": {"x": {"type": "string"}},
            "oneOf": [{"properties": {"x": {"enum": ["a"]}}}, {"required": ["y"]}],
        },
    },
    "$defs": {"entry": {"type": "object", "properties": {"name": {"type": "string", "minLength": 1}}}},
}


@pytest.mark.parametrize("path", [("free",), ("port",), ("open", "anything", "below"), ("either", "x"), ("blind", "x")])
def test_any_string_is_as_good_as_another(path):
    assert of_field(SCHEMA, path) is None


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (("color",), "red", "green"),
        (("short",), "abc", "abcd"),
        (("map", "key"), "ab", "ba"),
        (("list", 0, "name"), "a", ""),
        (("timed",), "2s", "1s"),
    ],
)
def test_a_string_must_pass_the_test_of_its_field(path, good, bad):
    test = of_field(SCHEMA, path)

    assert test is not None
    assert test(good)
    assert not test(bad)


@pytest.mark.parametrize("path", [("branching", "x"), ("sighted", "x"), ("unknown",), ("free", "below")])
def test_what_only_the_whole_object_tells_cannot_be_told(path):
    with pytest.raises(LookupError):
        of_field(SCHEMA, path)


def test_fields_of_a_deployment():
    schema = Bundled("1.35").find("apps/v1", "Deployment").schema
    container = ("spec", "template", "spec", "containers", 0)

    assert of_field(schema, (*container, "env", 0, "value")) is None
    assert of_field(schema, ("metadata", "annotations", "any")) is None
    pull = of_field(schema, (*container, "imagePullPolicy"))
    assert pull is not None
    assert pull("Always")
    assert not pull("Sometimes")
