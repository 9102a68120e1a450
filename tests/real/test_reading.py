"""Manifests are read as kubectl reads them: asked of kubectl itself, over scalars, keys and merges."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from gitopsgen.source import read_chunk, split

from . import components
from .needs import program

pytestmark = pytest.mark.real

SIGNS = [*"+-._0123456789eExXobBnNyYaflFTrusi~=:", "0x", "0o", "1e", "true", "null", "NaN", ".inf", "00"]
WORDS = """
on off yes no y n Y N True TRUE tRUE ~ null Null NULL nULL 1e3 1E3 0o17 017 08 09 .5 1. +.5 12:30 22:22:22 190:20:30
2026-01-01 2026-01-01T00:00:00Z 0x1F 0b11 -0b11 1_000 1__0 0_7 = << 9223372036854775807 9223372036854775808 1e400 -0
18446744073709551616 1e21 0.1e1 !!str&5 !own&5 !!float&3 !!binary&aGk= infinity nan "\\x41" 'on' 0x1p3 -.5e1 1.5e+3 .e1
""".split()
SEED, MANY = 7, 4000


def scalars():
    chance = random.Random(SEED)  # noqa: S311 - the same ones each time
    made = ("".join(chance.choices(SIGNS, k=chance.randint(1, 5))) for _ in range(MANY))
    return [word.replace("&", " ") for word in WORDS] + [one for one in made if is_scalar(one)]


def is_scalar(text):
    """Tell whether a text is one scalar as an item of a list, and no infinity, which JSON has not."""
    is_other = text in {"-", ".nan", ".NaN", ".NAN"} or "inf" in text or text.startswith(("-:", "~:"))
    return not is_other and ":" not in (text[0], text[-1])


def as_kubectl_reads(path: Path):
    kubectl = program(components.kubectl)
    command = [kubectl, "annotate", "--local", "-f", str(path), "zz=y", "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def plain(value):
    """Give a value as JSON numbers are compared: kubectl prints some integers as floats."""
    return repr(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else repr(value)


def test_scalars_keys_and_merges_mean_what_kubectl_makes_of_them(tmp_path):
    words = scalars()
    text = "\n".join(
        [
            "apiVersion: example.com/v1\nkind: W\nmetadata: {name: a}\nspec:",
            "  keys: {on: 1, 5: 2, 0x10: 3, 1e3: 4, 2026-01-01: 5, ~x: 6, 1.5: 7}",
            "  merged: {base: &x {k: 1, l: 2}, after: {l: 3, <<: *x, k: 9}, many: {<<: [{a: 1}, {a: 2, b: 3}]}}",
            "  list:",
            *(f"  - {word}" for word in words),
        ]
    )
    path = tmp_path / "a.yaml"
    path.write_text(text + "\n", "utf-8")

    theirs = as_kubectl_reads(path)["spec"]
    outcome = read_chunk(split("a.yaml", text + "\n")[0])
    ours = outcome.value[0]["spec"]
    pairs = zip(words, ours["list"], theirs["list"], strict=True)

    assert [(one, ours, theirs) for one, ours, theirs in pairs if plain(ours) != plain(theirs)] == []
    assert (ours["keys"], ours["merged"]) == (theirs["keys"], theirs["merged"])
    assert outcome.diagnostics == ()
