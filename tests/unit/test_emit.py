"""Canonical YAML: what it looks like, what it refuses, and that it is read back as it was."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.emit import UnwritableError, emit, is_plain, ordered

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DATA = st.recursive(
    st.one_of(
        TEXT,
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.none(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)


@given(data=DATA)
def test_data_is_read_back_as_it_was(data):
    assert yaml.load(emit(data), Loader=yaml.CSafeLoader) == data


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": 1, "b": [1, "x"], "c": {"d": None}}, "a: 1\nb:\n  - 1\n  - x\nc:\n  d: null\n"),
        ({"a": [], "b": {}, "c": ""}, 'a: []\nb: {}\nc: ""\n'),
        ([[1, 2], {"a": 1, "b": 2}, [], [[]]], "- - 1\n  - 2\n- a: 1\n  b: 2\n- []\n- - []\n"),
        ({"a": "x\ny\n"}, "a: |\n  x\n  y\n"),
        ({"a": "x\ny"}, "a: |-\n  x\n  y\n"),
        ({"a": "x\n\ny\n\n"}, "a: |+\n  x\n\n  y\n\n"),
        ({"a": ["x\ny\n"]}, "a:\n  - |\n    x\n    y\n"),
        ({"a": " x\ny"}, 'a: " x\\ny"\n'),
        ({"a": "on", "on": "12:30"}, 'a: "on"\n"on": "12:30"\n'),
        ({"a": "100m", "b": "v1.2", "c": "1.2.3"}, 'a: 100m\nb: v1.2\nc: "1.2.3"\n'),
        (
            {"a": "http://x:80/y", "b": "a: b", "c": "a #b", "d": "a:"},
            'a: http://x:80/y\nb: "a: b"\nc: "a #b"\nd: "a:"\n',
        ),
        ({"a": "上海", "b": "\x85\u2028\ufeff"}, 'a: 上海\nb: "\\u0085\\u2028\\ufeff"\n'),
        ({"a": 1e22, "b": 1.0, "c": -0.5, "d": 1e-7}, "a: 1.0e+22\nb: 1.0\nc: -0.5\nd: 1.0e-07\n"),
        ({"a": True, "b": False}, "a: true\nb: false\n"),
        ("text", "text\n"),
    ],
)
def test_the_form_of_a_document(data, text):
    assert emit(data) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"a": float("nan")}, "nan"),
        ({"a": float("-inf")}, "inf"),
        ({"a": 2**63}, "64 bits"),
        ({"a": 10**100}, "…"),
        ({"a": "\ud800"}, "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        ({1: "a"}, "key must be a string"),
        ({None: "a"}, "key must be a string"),
        ({"a": object()}, "type object"),
        ({"a": {1, 2}}, "type set"),
        ({"a": "x\n\ud800"}, "surrogate"),
    ],
)
def test_what_yaml_cannot_carry_is_refused(data, message):
    with pytest.raises(UnwritableError, match=message):
        emit(data)


@pytest.mark.parametrize(
    "text", ["x", "a b", "a.b/c-d_e", "--flag=x", "a,b", "10Gi", "5%", "30s", "[REDACTED]"[1:9], "/x"]
)
def test_harmless_text_is_plain(text):
    assert is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " a",
        "a ",
        "a: b",
        "a #b",
        "-",
        "- a",
        "[a",
        "{a",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "a\tb",
        "1",
        "1e3",
    ],
)
def test_anything_else_is_quoted(text):
    assert not is_plain(text)


def test_keys_of_an_object_come_in_the_customary_order_and_others_as_they_stood():
    data = {
        "x": 1,
        "spec": {},
        "kind": "A",
        "metadata": {"labels": {}, "annotations": {}, "name": "n"},
        "apiVersion": "v1",
    }

    assert list(ordered(data)) == ["apiVersion", "kind", "metadata", "spec", "x"]
    assert list(ordered(data)["metadata"]) == ["name", "labels", "annotations"]
    assert list(ordered({"b": 1, "a": 2})) == ["b", "a"]
    assert emit({"b": 1}, "# head\n") == "# head\nb: 1\n"
