"""The one layout: what is read stays the same, comments stay, and a laid out text stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.source import UnformattableError, formatted, read
from gitopsgen.template.layout import formatted_template

ROOT = Path(__file__).parents[2]
OWN = [*(ROOT / "overlays").rglob("*.yaml"), *(ROOT / "blueprints").glob("*/values.yaml")]
# the indentation inside of a text is part of it
OWN = [path for path in sorted(OWN) if not re.search(r": [|>]-?\n", path.read_text("utf-8"))]


def laid_out(text):
    return formatted("a.yaml", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:   1\nb :  {c:1,d:  [ 2,3 ] }\n", None),
        ("a:   1\nb :  { c: 1,d:  [ 2,3 ] }\n", "a: 1\nb: {c: 1, d: [2, 3]}\n"),
        ("a:\n- 1\n-   b: 2\n    c: 3\nd:\n-\n  - 4\n", "a:\n  - 1\n  - b: 2\n    c: 3\nd:\n  -\n    - 4\n"),
        ("a:\n    b:\n          c: 1\n    d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"),
        ("\n\n# top\na: 1 # why\n\n\n\nb: 2\n\n\n", "# top\na: 1  # why\n\nb: 2\n"),
        ("a:\n    # of b\n    b: 1\n    # end of a\n# of c\nc: 2\n  # tail\n", None),
        ("a:\n- x\n# between\n- y\n# of b\nb: 1\n", "a:\n  - x\n  # between\n  - y\n# of b\nb: 1\n"),
        (
            "a: |\n      text\n        deeper\n\n      end\n\n\nb: >-\n   x\n",
            "a: |\n  text\n    deeper\n\n  end\n\nb: >-\n  x\n",
        ),
        ("a:\n    b: |2\n         x\n", "a:\n  b: |2\n       x\n"),
        ("a:\n      one\n       two\nb: 'x\n\n    y'\n", "a:\n  one\n  two\nb: 'x\n\n  y'\n"),
        ("a:   !append   [ x ]\nb: !delete\n", "a: !append [x]\nb: !delete\n"),
        ("a: [\n      1,   # one\n    # two\n    2\n  ]\n", "a: [\n  1,   # one\n  # two\n  2\n]\n"),
        ("a: 1\r\nb: 2", "a: 1\nb: 2\n"),
        ("# nothing but this\n", "# nothing but this\n"),
        ("", ""),
        ("\n\n", ""),
    ],
)
def test_a_text_has_one_layout(text, expected):
    if expected is None:
        expected = {
            "a:   1\nb :  {c:1,d:  [ 2,3 ] }\n": "a: 1\nb: {c:1, d: [2, 3]}\n",
            "a:\n    # of b\n    b: 1\n    # end of a\n# of c\nc: 2\n  # tail\n": (
                "a:\n  # of b\n  b: 1\n  # end of a\n# of c\nc: 2\n# tail\n"
            ),
        }[text]

    assert laid_out(text) == expected


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "--- \na: 1\n", "? a\n: 1\n", "a: |+\n  x\n\n\n", "a: [1\n", "a: 1\n\tb: 2\n"]
)
def test_what_is_not_certain_to_stay_the_same_is_left_alone(text):
    with pytest.raises(UnformattableError):
        laid_out(text)


@pytest.mark.parametrize("path", OWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_our_files_come_back_from_another_indentation(path):
    text = path.read_text("utf-8")
    wide = re.sub(r"^( *)((?:- )*)", lambda lead: lead[1] * 2 + lead[2].replace("- ", "-   "), text, flags=re.MULTILINE)
    loose = re.sub(r"(?<=: )\{(?=\w)", "{ ", wide)

    assert laid_out(text) == text
    assert laid_out(loose) == text


SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab :#-'\"\n{[", max_size=8)
DATA = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner),
        max_leaves=10,
    ),
    min_size=1,
)


WAYS = st.fixed_dictionaries(
    {
        "indent": st.integers(2, 7),
        "width": st.sampled_from([5, 20, 80]),
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "default_flow_style": st.sampled_from([None, True, False]),
    }
)
NOTES = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["# note", "", "   # odd place", " #"])), max_size=4)


@settings(max_examples=60)
@given(data=DATA, way=WAYS, notes=NOTES)
def test_laying_out_keeps_what_is_read_and_is_done_once(data, way, notes):
    text = yaml.dump(data, sort_keys=False, **way)
    lines = text.split("\n")
    for at, line in notes:
        lines.insert(min(at, len(lines)), line)
    noted = "\n".join(lines)
    # a note inside of a text would be part of it: only texts that still say the same are asked about
    text = noted if seen(noted) == seen(text) else text

    try:
        once = laid_out(text)
    except UnformattableError:
        assert "\\n" in repr(data), "only text of several lines may stand in the way"
        return

    assert seen(once) == seen(text)
    assert laid_out(once) == once


def seen(text):
    outcome = read("a.yaml", text.encode("utf-8"), merge_tags=True)
    return repr(outcome.value.data), outcome.failed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {{x}}\n", "a: {{ x }}\n"),
        (
            "{{-  x  -}} y {%if a%}\n  b {#c#} {%- endif-%}\n\n z",
            "{{- x -}} y {% if a %}\n  b {#c#} {%- endif -%}\n\n z",
        ),
        ("{% raw %}{{x}}{% endraw %}{{x}}", "{% raw %}{{x}}{% endraw %}{{ x }}"),
        ('{{ {"a":{}}}}', '{{ {"a":{}} }}'),
        ("a:  {{ b }}   \n\n\n", "a:  {{ b }}   \n\n\n"),
        ("{{ a(\n  b) }}", "{{ a(\n  b) }}"),
    ],
)
def test_in_a_template_only_the_inside_of_tags_is_laid_out(text, expected):
    assert formatted_template("a.j2", text) == expected
    assert formatted_template("a.j2", expected) == expected


def test_what_is_no_template_is_left_alone():
    with pytest.raises(UnformattableError):
        formatted_template("a.j2", "{{ ? }}")
