"""An error of the JSON Schema engine is found where the data has it, whatever its keys are."""

from __future__ import annotations

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.source.engine_path import engine_path

WRONG = "wrong"
NUMBERS_ONLY = {
    "$ref": "#/$defs/any",
    "$defs": {
        "any": {
            "type": ["object", "array", "integer"],
            "additionalProperties": {"$ref": "#/$defs/any"},
            "items": {"$ref": "#/$defs/any"},
        }
    },
}
KEYS = st.sampled_from(["", "0", "1", "00", "+1", "-1", "\u0661", "a", "a/b", "/", "~", "~1"])
TREES = st.recursive(
    st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
STEPS = st.lists(st.integers(0, 2) | KEYS, max_size=5)


def planted(tree, steps):
    """Give a tree with the wrong value below some steps, and the path to it."""
    if not steps:
        return WRONG, ()
    step, *rest = steps
    if isinstance(step, int):
        items = tree if isinstance(tree, list) else [1, 2, 3]
        step = min(step, len(items))
        below, path = planted(items[step] if step < len(items) else 0, rest)
        return [*items[:step], below, *items[step + 1 :]], (step, *path)
    members = tree if isinstance(tree, dict) else {}
    below, path = planted(members.get(step, 0), rest)
    return {**members, step: below}, (step, *path)


@given(TREES, STEPS)
def test_the_one_wrong_value_is_found(tree, steps):
    data, path = planted(tree, steps)

    (error,) = jsonschema_rs.Draft202012Validator(NUMBERS_ONLY).iter_errors(data)

    assert engine_path(error, data) == path
