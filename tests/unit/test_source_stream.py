"""Streams of manifests, read as kubectl reads them; `tests/real/test_reading.py` asks kubectl itself."""

from __future__ import annotations

import pytest

from gitopsgen.source import objects_of, read_chunk, split


def read(text):
    """Give data, and place and code of each finding."""
    outcomes = [read_chunk(chunk) for chunk in split("a.yaml", text)]
    found = [(str(one.location), one.code) for outcome in outcomes for one in outcome.diagnostics]
    return [data for outcome in outcomes for data in outcome.value], found


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("on", True), ("y", True), ("NO", False), ('"y"', "y"), ("~", None), ("", None), ("nULL", "nULL"),
        ("1e3", 1000), ("0o17", 15), ("017", 15), ("08", 8), ("0x1F", 31), ("1_000", 1000), ("-0b11", -3),
        (".5", 0.5), ("1.", 1), ("1e400", "1e400"), ("9223372036854775808", float(2**63)),
        ("12:30", "12:30"), ("2026-01-01", "2026-01-01"), ("=", "="), ("!!str 5", "5"), ("!!float 3", 3),
        ("!!binary aGk=", "hi"), ("!own 5", "5"), ("<<", "<<"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_go_makes_of_it(written, means):
    (data,), found = read(f"a: [{written}]" if written else "a: [null]")

    assert (data["a"], found) == ([means], [])
    assert type(data["a"][0]) is type(means)


def test_aliases_merge_keys_and_keys_that_are_no_text():
    (data,), found = read("a: &x {k: 1, l: 2}\nb: {l: 3, <<: *x, k: 9}\non: 5\n1.5: *x\n")

    assert data == {"a": {"k": 1, "l": 2}, "b": {"k": 9, "l": 2}, "true": 5, "1.5": {"k": 1, "l": 2}}
    assert found == []


def test_documents_are_split_before_they_are_read_so_that_a_broken_one_hides_no_other():
    text = "# no document\n---\n---\na: [\n---  # next\nb: 1\nb: 2\n---\nnull\n---\nc: 3\n--- {lost: 1}\n"

    assert read(text) == (
        [{"b": 2}, {"c": 3}],
        [("a.yaml:4:1", "GG101"), ("a.yaml:7:1", "GG102"), ("a.yaml:12:1", "GG107")],
    )


def test_json_values_follow_one_another_each_in_its_line():
    text = ' {"a": 1} {"b": 2,\n"b": [3]}\n'

    assert read(text) == ([{"a": 1}, {"b": [3]}], [("a.yaml:2:1", "GG102")])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: *nowhere", "GG104"), ("[a]: 1", "GG105"), ("~: 1", "GG105"), ("a: .inf", "GG101"), ("a: !!int x", "GG106"),
        ("<<: 5", "GG104"), ("a: \x07", "GG101"), ("- " * 200 + "x", "GG109"), ("[" * 200, "GG109"),
        ("%YAML 9\n", "GG101"),
    ],
)  # fmt: skip
def test_what_no_cluster_reads_is_told(text, code):
    assert code in {found for _, found in read(text)[1]}


def test_aliases_of_aliases_end_at_a_limit():
    """Ten lines of it would be more data than any machine has."""
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))

    assert read(bomb)[1][0][1] == "GG109"


def test_lists_are_taken_apart_and_their_items_know_their_kind():
    inner = {"apiVersion": "v1", "kind": "List", "items": [{"kind": "Pod"}, 5]}
    whole = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {}}, inner]}

    assert list(objects_of(whole)) == [
        (("items", 0), {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}),
        (("items", 1, "items", 0), {"kind": "Pod"}),
        (("items", 1, "items", 1), 5),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("metadata:\n\tname: a\n", "indent with spaces: YAML takes no tabs"),
        ("{{- if .Values.x }}\na: 1\n", "helm template …"),
        ("name: {{ .Values.name }}\n", "helm template …"),
        ("a: b: c\n", "quote the value"),
        ("a: [1, 2\nb: 3\n", "close the bracket"),
        ("a: 'b' c\n", "indentation"),
        ("a: {{x: 1}: 2}\n", "quote it"),
        ("? [a]\n: 1\n", ""),
    ],
)
def test_what_is_no_yaml_is_told_with_a_cure(text: str, hint: str):
    (chunk,) = split("a.yaml", text)

    hints = [one.hint for one in read_chunk(chunk).diagnostics]
    assert any(hint in one for one in hints)
    assert hint or not any(hints)
