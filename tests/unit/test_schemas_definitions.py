"""What a schema repeats is written once, and comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.schemas.definitions import folded, unfolded

ROOT = Path(__file__).parents[2]
LARGE = {"type": "object", "properties": {f"field{number}": {"type": "string"} for number in range(40)}}
LEAVES = st.sampled_from([LARGE, {**LARGE, "required": ["field1"]}, {"type": "string"}, {"type": "integer"}])
SCHEMAS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.dictionaries(st.sampled_from(["a", "type", "items"]), parts, min_size=1).map(
            lambda fields: {"type": "object", "properties": fields}
        ),
        parts.map(lambda part: {"type": "array", "items": part}),
        st.lists(parts, min_size=1, max_size=3).map(lambda some: {"type": "object", "anyOf": some}),
    ),
    max_leaves=12,
)


@given(SCHEMAS)
def test_what_is_folded_comes_back(schema):
    short = folded(schema)

    assert unfolded(short) == schema
    assert json.dumps(short).count('"field39"') <= len((LARGE, "and the one with a required field"))
    assert folded(json.loads(json.dumps(schema, sort_keys=True))) == short


def test_a_field_that_is_called_type_is_no_schema_of_its_parent():
    fields = {"type": LARGE, "other": LARGE}

    short = folded({"type": "object", "properties": {"a": {"properties": fields}, "b": {"properties": fields}}})

    assert list(short["$defs"]) == ["other"]
    assert short["properties"]["b"] == {"properties": {key: {"$ref": "#/$defs/other"} for key in fields}}


@pytest.mark.parametrize("path", sorted(ROOT.glob("schemas/*/argoproj.io/applicationset_*.json")), ids=str)
def test_an_application_set_says_each_generator_once(path):
    schema = json.loads(path.read_bytes())

    assert len(json.dumps(schema)) * 10 < len(json.dumps(unfolded(schema)))
