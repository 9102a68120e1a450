"""However a project's files are damaged, loading and composing end with findings, never with a traceback."""

from __future__ import annotations

import random
import re

import pytest

from gitopsgen.compose import Origins, Selection, compose
from gitopsgen.diagnostics import UsageError
from gitopsgen.load import load
from tests.projects import FILES, write

TOKENS = [
    *("on", "null", "[]", "{}", "5", "-1", "1.5", "true", "[null]", "{a: null}", "- x", "\n", "  ", ":", "{", "}", "["),
    *("!delete", "!append [1]", "!replace {}", "!merge [{name: a}]", "!prepend [x]", "~", '"', "'", "#", "&a", "*a"),
    *(
        "? ",
        "\t",
        "\x00",
        "\u00e9",
        '{"a": {"$ref": "#/x"}}',
        "shop",
        "edge",
        "components",
        "..",
        "/",
        "null,",
        '"type"',
    ),
    *('{"x-gitopsgen-merge": 5}', '"properties"', "facts:", "cases:", "patches:", "1.30", "suzhou", "]"),
]
PATHS = [
    ("values",),
    ("values", "scaling", "max"),
    ("values", "ports", 1, "port"),
    ("region", "failover", 0, "km"),
    ("cluster", "kubernetes"),
    ("cluster", "name"),
]
SELECTIONS = [
    Selection(),
    Selection(version_set="seed"),
    Selection(regions=("shanghai",)),
    Selection(selector=(("tier", "=", "small"),)),
    Selection(sets=(("shop.scaling.max", 7),)),
]


def damaged(text: str, chance: random.Random) -> str:
    """Replace a token, put one in, or drop or repeat a line."""
    kind = chance.randrange(4)
    tokens = [match.span() for match in re.finditer(r"[^\s,:{}\[\]]+|[\[{][^\[\]{}]*[\]}]", text)]
    if kind == 0 and tokens:
        start, end = chance.choice(tokens)
        return text[:start] + chance.choice(TOKENS) + text[end:]
    if kind == 1:
        place = chance.randrange(len(text) + 1)
        return text[:place] + chance.choice(TOKENS) + text[place:]
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    if kind == 2:
        lines[chance.randrange(len(lines) + 1) : 0] = [line, line]
    return "\n".join(lines)


def run_all(root) -> None:
    """Do what commands do with a project."""
    outcome = load(root)
    origins = Origins(outcome.value, Selection())
    for selection in SELECTIONS:
        try:
            composed = compose(outcome.value, selection)
        except UsageError:
            continue
        for variant in composed.value[:2]:
            for path in PATHS:
                origins.of(variant.id, path)
    load(root, regions=("suzhou",))


def damage(root, seed: int, runs: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, and no secret
    write(root)
    for number in range(runs):
        files = {}
        for name in chance.sample(sorted(FILES), chance.choice((1, 1, 2, 4))):
            files[name] = damaged(FILES[name], chance)
        write_only(root, files)
        try:
            run_all(root)
        except UsageError:
            pass
        except Exception as error:
            raise AssertionError(f"run {number} of seed {seed}: {files}") from error
        write_only(root, {name: FILES[name] for name in files})


def write_only(root, files) -> None:
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")


def test_a_damaged_project_gives_findings_and_no_traceback(tmp_path):
    damage(tmp_path, seed=7, runs=150)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 110))
def test_thousands_of_damaged_projects_give_no_traceback(tmp_path, seed):
    damage(tmp_path, seed, runs=1000)
