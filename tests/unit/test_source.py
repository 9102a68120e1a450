from __future__ import annotations

import json
import os
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.source import Tagged, locate, positions, read, read_bytes, read_json, walk, with_scalar
from gitopsgen.source.files import directories


def findings(text: str | bytes, **options):
    raw = text if isinstance(text, bytes) else text.encode()
    return [
        f"{finding.location.line}:{finding.location.column} {finding.name}"
        for finding in read("f.yaml", raw, **options).diagnostics
    ]


def data(text: str, **options):
    outcome = read("f.yaml", text.encode(), **options)
    assert outcome.diagnostics == ()
    return outcome.value.data


def test_plain_data_keeps_its_types():
    text = 'a: 1\nb: -2\nc: 1.5\nd: true\ne: null\nf: text\ng: "1"\nh: [0, x]\ni: {j: k}\nl: |\n  two\n  lines\n'

    assert data(text) == {
        "a": 1,
        "b": -2,
        "c": 1.5,
        "d": True,
        "e": None,
        "f": "text",
        "g": "1",
        "h": [0, "x"],
        "i": {"j": "k"},
        "l": "two\nlines\n",
    }


@pytest.mark.parametrize(
    "word",
    "on off yes no y n On OFF Yes NO Y N True TRUE False Null NULL ~ = 0755 0o17 0x1f 0b1 1e3 1E3 1.5e+3 .5 5. +1 -0 "
    "1_000 1_0.5 12:30 1:02:03 190:20:30.15 2026-11-21 2001-12-14t21:59:43.10-05:00 .inf -.Inf .NaN 08 "
    "9223372036854775808 -9223372036854775809 0.12345678901234567890".split(),
)
def test_a_scalar_that_readers_take_for_different_things_is_refused(word):
    assert findings(f"a: {word}\n") == ["1:4 ambiguous-scalar"]
    assert findings(f"- {word}\n") == ["1:3 ambiguous-scalar"]
    assert data(f"a: '{word}'\n") == {"a": word}


@pytest.mark.parametrize(
    "word",
    "a north yesterday 1.2.3 v1.30.4+k3s1 8080:80 1.5Gi 10m 2026-11 a=b - . .. _ once 0.0.0.0/0 12:3x 1e 0x -a".split(),
)
def test_a_scalar_that_all_readers_take_for_text_is_text(word):
    text = "- '-'" if word == "-" else f"- {word}"

    assert data(f"{text}\n") == [word]


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=12))
def test_plain_text_that_is_accepted_is_what_a_yaml_1_1_reader_takes_it_for(text):
    raw = f"- {text}\n".encode()
    outcome = read("f.yaml", raw)
    if not outcome.diagnostics and isinstance(outcome.value.data, list):
        assert yaml.load(raw, yaml.CSafeLoader) == outcome.value.data


def test_an_empty_value_is_refused():
    assert findings("a:\nb: 1\n") == ["1:3 ambiguous-scalar"]


def test_all_findings_of_a_file_are_given_at_once():
    text = "a: on\nb: &x 1\nc: *x\na: 2\n? [k]\n: v\n12: z\n<<: {q: 1}\nd: !!str 1\ne: !other [1]\n"

    assert findings(text) == [
        "1:4 ambiguous-scalar",
        "2:4 yaml-alias",
        "3:4 yaml-alias",
        "4:1 duplicate-key",
        "5:3 non-string-key",
        "7:1 non-string-key",
        "8:1 yaml-alias",
        "9:4 unknown-tag",
        "10:4 unknown-tag",
    ]


def test_findings_before_a_syntax_error_are_kept():
    assert findings("a: on\nb: [1\n") == ["1:4 ambiguous-scalar", "3:1 yaml-syntax"]


def test_a_duplicate_key_names_the_first_one():
    (finding,) = read("f.yaml", b"a:\n  - q: 1\n    q: 2\n").diagnostics

    assert (finding.location.line, finding.related[0].location.line) == (3, 2)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xef\xbb\xbfa: 1\n", ["1:1 unsafe-text"]),
        (b"a: 1\nb: \xff\n", ["2:4 unsafe-text"]),
        ("a: 1\n".encode("utf-16"), ["1:1 unsafe-text"]),
        (b"a: x\x07\n", ["1:5 unsafe-text"]),
        ("a: x\x85\n".encode(), ["1:5 unsafe-text"]),
        ("a: x\u2028y\n".encode(), ["1:5 unsafe-text"]),
        (b"a:\t1\n", ["1:3 unsafe-text"]),
        (b"a: 1\n---\nb: 2\n", ["2:1 several-documents"]),
        (b"%YAML 1.1\n---\na: 1\n", ["1:1 yaml-syntax"]),
        (b"a: @x\n", ["1:4 yaml-syntax"]),
    ],
)
def test_what_is_no_clean_text_is_refused_at_its_place(raw, expected):
    assert findings(raw) == expected


@pytest.mark.parametrize("text", ['a: "x\ty"\n', "a: |\n  x\ty\n", "a: 1 #\tnote\n", "# \tnote\na: 1\n"])
def test_a_tab_inside_of_a_text_or_a_comment_is_fine(text):
    assert findings(text) == []


def test_line_ends_of_windows_are_fine():
    assert data("a: 1\r\nb: [2]\r\n") == {"a": 1, "b": [2]}


def test_merge_tags_are_kept_where_they_are_allowed():
    text = "a: !append [1]\nb: !delete\nc: !replace {x: 1}\nd: !replace 5\ne: !merge [{name: x}, !delete {name: z}]\n"

    assert data(text, merge_tags=True) == {
        "a": Tagged("append", [1]),
        "b": Tagged("delete", None),
        "c": Tagged("replace", {"x": 1}),
        "d": Tagged("replace", 5),
        "e": Tagged("merge", [{"name": "x"}, Tagged("delete", {"name": "z"})]),
    }
    assert len(findings(text)) == 6


@pytest.mark.parametrize("text", ["a: !append 1", "a: !delete x", "a: !merge {x: 1}", "!append a: 1", "a: !delete {}"])
def test_a_merge_tag_on_what_it_does_not_fit_is_refused(text):
    assert [line.split()[1] for line in findings(text, merge_tags=True)] == ["unknown-tag"]


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 200_000, "- " * 200_000, "? " * 200_000])
def test_deep_nesting_is_refused_quickly(text):
    start = time.perf_counter()

    assert [line.split()[1] for line in findings(text)][-1:] == ["oversized-file"]
    assert time.perf_counter() - start < 5


def test_a_bomb_of_aliases_is_refused_without_being_expanded():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]

    assert {line.split()[1] for line in findings("\n".join(lines) + "\n")} == {"yaml-alias"}


def test_too_many_nodes_are_refused():
    assert findings("- a\n" * 1_100_000)[-1].endswith("oversized-file")


def test_a_large_file_is_refused_by_its_size_alone(tmp_path):
    with (tmp_path / "f.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)

    assert [finding.name for finding in read_bytes(tmp_path, "f.yaml").diagnostics] == ["oversized-file"]


def test_what_is_no_regular_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    assert read_bytes(tmp_path, "pipe").value is None
    assert read_bytes(tmp_path, "missing").value is None
    assert read_bytes(tmp_path, ".").value is None


def test_links_that_leave_the_project_are_refused(tmp_path):
    root = tmp_path / "root"
    (root / "in/deep").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("a: 1\n")
    (root / "in/real.yaml").write_text("a: 1\n")
    (root / "in/.hidden").write_text("")
    (root / "in/inner.yaml").symlink_to(root / "in/real.yaml")
    (root / "in/outer.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "in/folder").symlink_to(root / "in/deep")
    outcome = walk(root, "in")

    assert outcome.value == ("in/inner.yaml", "in/real.yaml")
    assert [(finding.location.file, finding.name) for finding in outcome.diagnostics] == [
        ("in/folder", "unreadable-file"),
        ("in/outer.yaml", "unreadable-file"),
    ]


def test_json_is_read_strictly():
    def names(text):
        return [f"{f.location.line}:{f.name}" for f in read_json("f.json", text.encode()).diagnostics]

    assert read_json("f.json", b'{"a": [1, null]}').value.data == {"a": [1, None]}
    assert names('{"a": 1,\n "a": 2}') == ["2:duplicate-key"]
    assert names('{"a": 1,}') == ["1:yaml-syntax"]
    assert names('{"a": NaN}') == ["None:yaml-syntax"]
    assert names("[" * 100_000) == ["None:yaml-syntax"]


TEXT = """\
facts:
  name: x
  list: [1, {k: v}]
  block:
    - a: 1
      b: 2
  tagged: !append
    - z
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("facts",), (1, 1)),
        (("facts", "name"), (2, 9)),
        (("facts", "list"), (3, 9)),
        (("facts", "list", 1, "k"), (3, 17)),
        (("facts", "block"), (4, 3)),
        (("facts", "block", 0), (5, 7)),
        (("facts", "block", 0, "b"), (6, 10)),
        (("facts", "tagged"), (7, 11)),
        (("facts", "tagged", 0), (8, 7)),
        (("facts", "missing", "deep"), (1, 1)),
        (("facts", "block", 7), (4, 3)),
    ],
)
def test_a_field_is_found_or_else_what_encloses_it(path, place):
    found = locate(TEXT, path, file="f.yaml")

    assert (found.line, found.column) == place


def test_keys_are_found_by_themselves():
    assert positions(TEXT, [(("facts", "name"), True), (("facts", "list", 1, "k"), True)]) == {
        (("facts", "name"), True): (2, 3),
        (("facts", "list", 1, "k"), True): (3, 14),
    }


def test_a_field_before_a_syntax_error_is_found():
    assert locate("a: 1\nb: [", ("a",)).line == 1
    assert locate("", ("a",)).line == 1


def test_a_value_below_a_key_that_is_no_string_confuses_nothing():
    assert locate("? [a, {b: c}]\n: {d: e}\nf: g\n", ("f",)).line == 3
    assert locate("? x\n: y\n*a : 1\nf: g\n", ("f",)).line == 4


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(categories=("L", "N", "Zs"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abc", min_size=1), json_like, min_size=1), st.sampled_from([None, 1]))
def test_json_is_read_as_what_it_is(value, indent):
    text = json.dumps(value, ensure_ascii=False, indent=indent)

    outcome = read("f.yaml", text.encode())

    assert outcome.diagnostics == ()
    assert value == outcome.value.data


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_bring_the_reader_down(raw):
    outcome = read("f.yaml", raw, merge_tags=True)

    assert all(finding.location.file == "f.yaml" for finding in outcome.diagnostics)


@pytest.mark.parametrize(
    ("path", "new", "line"),
    [
        (("a",), "2", "a: 2 # note"),
        (("list", 1), '"z"', '  - "z"'),
        (("deep", "b c"), "false", "deep: {b c: false}"),
    ],
)
def test_a_scalar_is_replaced_and_all_around_it_kept(path, new, line):
    text = "a: 1 # note\nlist:\n  - x\n  - 'y'\ndeep: {b c: true}\n"
    changed = with_scalar(text, path, new)

    different = [one for one in changed.split("\n") if one not in text.split("\n")]
    assert different == [line]
    assert len(changed.split("\n")) == len(text.split("\n"))


@pytest.mark.parametrize("path", [("b",), ("list",), ("list", 7), ("a", "b"), ("list", "x"), ()])
def test_only_a_single_value_is_replaced(path):
    assert with_scalar("a: 1\nlist: [x]\n", path, "2") is None
    assert with_scalar("a: [\n", path, "2") is None


def test_what_cannot_be_opened_or_has_no_name_is_refused_at_its_path(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/loop").symlink_to(tmp_path / "in/loop")
    os.close(os.open(os.fsencode(tmp_path) + b"/in/\xff.yaml", os.O_CREAT | os.O_WRONLY))

    found = walk(tmp_path, "in").diagnostics

    assert {one.message.partition('" ')[2] for one in found} == {
        "is a link that leads to itself",
        "has a name that is not UTF-8",
    }
    assert read_bytes(tmp_path, "in/loop").diagnostics[0].name == "unreadable-file"
    assert walk(tmp_path, "nowhere").value == ()
    assert directories(tmp_path, "nowhere") == ()
    assert directories(tmp_path, ".") == ("in",)
