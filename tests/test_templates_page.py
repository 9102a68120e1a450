"""docs/templates.md names every filter, test, function and method, and its examples give what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gitopsgen.template.evaluate import METHODS
from gitopsgen.template.filters import FORBIDDEN, NAMES
from gitopsgen.template.operators import TESTS
from gitopsgen.template.run import BUILTINS
from tests.engines import render

PAGE = (Path(__file__).parents[1] / "docs/templates.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\+jinja\n(.*?)```\n\n```yaml\n(.*?)```", PAGE, re.DOTALL)
VALUES = {
    "replicas": 3,
    "resources": {"limits": {"memory": "64Mi"}},
    "flag": "on",
    "name": "gate",
    "managed": True,
    "ports": [{"name": "http", "number": 8080}, {"name": "ssh", "number": 22}],
}


def table(heading):
    """Give the names in the first column of the table under a heading."""
    section = PAGE.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]
    return {re.match(r"[^( ]*", name).group() for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0].split("\n")[0])
def test_an_example_gives_what_it_shows(example):
    template, wanted = example

    (made,) = render(template, VALUES, case={"name": "shop", "namespace": "shop"}, kind="node")

    assert made.data == yaml.safe_load(wanted)
    assert made.content.decode().split("\n", 1)[1] == wanted


def test_there_are_examples():
    assert len(EXAMPLES) == PAGE.count("```yaml+jinja") >= 5


def test_every_filter_is_documented_and_no_other():
    assert table("### Filters") == NAMES


def test_every_test_is_documented_and_no_other():
    assert table("### Tests") == {*TESTS, "defined", "undefined"}


def test_every_function_is_documented_and_no_other():
    assert table("### Functions") == {*BUILTINS, "omit"}


def test_every_method_is_documented():
    section = PAGE.split("### Methods\n", 1)[1].split("\n#", 1)[0]

    assert {*METHODS, "get"} <= set(re.findall(r"`([a-z]+)`", section))


def test_every_forbidden_filter_is_documented():
    assert set(FORBIDDEN) <= table("## What is not allowed, and why")
