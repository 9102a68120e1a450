"""A value can never break YAML: whatever is put into a hole comes back from every reader as it was."""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gitopsgen.template.errors import TemplateErrors
from tests.engines import context_of, engine_over, wrap

BODY = """\
  before: kept
  plain: {{ values.value }}
  list:
    - first
    - {{ values.value }}
    - inner: {{ values.value }}
      other: {{ values.value }}
  text: a{{ values.text }}z
  double: "a {{ values.text }} z"
  single: 'a {{ values.text }} z'
  block: |
    one {{ values.text }}
    two
  folded: >-
    one {{ values.text }}
    two
  {{ values.key }}: by key
  in {{ values.key }} text: {{ values.text }}
  flow: {a: {{ values.value }}, b: [{{ values.value }}, "{{ values.text }}"]}
  json: {{ values.value | to_json }}
  after: kept
"""
SYNTAX = st.sampled_from([*list(":#-?,[]{}&*!|>'\"%@`\\ \n\t=~<.0123456789eExXoObB_+"), "---", "...", ": ", " #", "<<"])
LOOK_ALIKES = st.sampled_from(
    "y n yes no on off true false null ~ Null TRUE 0 -0 1 01 0o17 0x1f 0b1 1e3 1.5e3 .5 1. +1 1_000 12:30 22:22:22 "
    ".inf "
    "-.inf .NaN nan = << 2026-11-21 2026-11-21T00:00:00Z 0755 08 1.0 - -- --- ... ? : # & * ! | > % @ `".split()
)
MARKERS = st.sampled_from(["\ue0000\ue001", "\ue000", "\ue001", "\ue00099\ue001", "{{ values.key }}", "{% raw %}"])
CONTROLS = st.characters(min_codepoint=0, max_codepoint=0xA0)
EXOTIC = st.sampled_from(["\u2028", "\u2029", "\x85", "\ufeff", "\ufffe", "\uffff", "\U0001f600", "上海", "é", "\x7f"])
STRINGS = st.one_of(
    LOOK_ALIKES,
    MARKERS,
    st.lists(st.one_of(SYNTAX, EXOTIC, CONTROLS, MARKERS, LOOK_ALIKES), max_size=8).map("".join),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20),
)
NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
DATA = st.recursive(
    st.one_of(STRINGS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(STRINGS, inner, max_size=3)),
    max_leaves=6,
)
RESERVED = {"before", "plain", "list", "text", "double", "single", "block", "folded", "flow", "json", "after"}


def expected(value, text, key):
    return {
        "before": "kept",
        "plain": value,
        "list": ["first", value, {"inner": value, "other": value}],
        "text": f"a{text}z",
        "double": f"a {text} z",
        "single": f"a {text} z",
        "block": f"one {text}\ntwo\n",
        "folded": f"one {text} two",
        key: "by key",
        f"in {key} text": text,
        "flow": {"a": value, "b": [value, text]},
        "json": json.dumps(value, ensure_ascii=False),
        "after": "kept",
    }


@pytest.fixture(scope="module")
def renderer():
    with tempfile.TemporaryDirectory() as folder:
        engine, instances = engine_over(Path(folder), {"t.yaml.j2": wrap(BODY)})
        yield lambda values: engine.render(instances["t.yaml.j2"], context_of(values))[0].content.decode()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(value="\ue0000\ue001", text="\ue0001\ue001", key="\ue0002\ue001")
@example(value={"\n": ["", {"": []}]}, text="\n", key="a: b")
@example(value=1e22, text="\x85", key="<<")
@given(value=DATA, text=STRINGS, key=STRINGS.filter(lambda key: key not in RESERVED))
def test_what_goes_into_a_hole_comes_out_of_two_readers(renderer, value, text, key):
    rendered = renderer({"value": value, "text": text, "key": key})

    wanted = expected(value, text, key)
    assert wanted == YAML(typ="safe", pure=True).load(io.StringIO(rendered))["spec"]
    assert wanted == yaml.load(rendered, Loader=yaml.CSafeLoader)["spec"]
    assert "\r" not in rendered


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("\ud800", "surrogate"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (2**63, "64 bits"),
        ({1: "x"}, "key"),
    ],
)
def test_what_yaml_or_kubernetes_cannot_carry_is_refused_at_its_line(renderer, value, message):
    with pytest.raises(TemplateErrors) as caught:
        renderer({"value": value, "text": "x", "key": "k"})

    assert sorted({error.spot.line for error in caught.value.errors})[:1] == [7]
    assert message in caught.value.errors[0].message


def test_kubectl_reads_back_what_was_put_in(renderer, tmp_path):
    components = pytest.importorskip("tests.real.components")
    kubectl = components.kubectl()
    values = [
        "y", "n", "on", "0755", "1e3", "1_000", "12:30", "~", "=", "<<", "a: b", " #x", "\n", "a\nb\n\n", "\t", "\x85",
        "\u2028", "\ufeff", "\ue0000\ue001", "- x", "{{ x }}", "上海", "\U0001f600", "1.5e3", "08", "0o7", ".5", "null",
        "é" * 90, "x " * 90, "a\n b\n",
        "a\n\tb\n\n\t\tc\n", "\ta\nb", " lead\nb", "trail \nb", "#\nb", "---\nb", "100m", "1.4.2",
        "--flag=x", "-x", "\x7f",
        1, 0, -1, 2**53, 1.5, 1e22, True, False, [], {}, [[]], [{}], {"on": ["y", {"1": "n"}]},
    ]  # fmt: skip
    pages = []
    for number, value in enumerate(values):
        page = renderer(
            {"value": value, "text": str(value) if isinstance(value, int | float | str) else "t", "key": "k"}
        )
        pages.append(
            page.replace("kind: Thing", "kind: ConfigMap")
            .replace("name: thing", f"name: c{number}")
            .replace("spec:", "x:")
        )
    (tmp_path / "all.yaml").write_text("---\n".join(pages), encoding="utf-8")
    read = subprocess.run(
        [kubectl, "create", "--dry-run=client", "--validate=false", "-o", "json", "-f", str(tmp_path / "all.yaml")],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    if read.returncode and "connection refused" in read.stderr:
        read = _offline(kubectl, tmp_path)

    assert read.returncode == 0, read.stderr
    decoder, rest, found = json.JSONDecoder(), read.stdout.strip(), []
    while rest:
        one, end = decoder.raw_decode(rest)
        found += one["items"] if one["kind"] == "List" else [one]
        rest = rest[end:].strip()
    assert values == [one["x"]["plain"] for one in found]
    assert values == [one["x"]["list"][2]["other"] for one in found]


def _offline(kubectl, folder):
    return subprocess.run(
        [kubectl, "annotate", "--local", "-f", str(folder / "all.yaml"), "-o", "json", "read=back"],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip
