"""No input of `check`, however broken, gives a traceback, and none is passed over in silence."""

from __future__ import annotations

import functools
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests
from gitopsgen.source import read_chunk, split

ROOT = Path(__file__).parents[2]
OPTIONS = ForeignOptions("1.35", ROOT / "schemas/modern")
FIXTURES = sorted((ROOT / "tests/rules").glob("*.yaml"))
TOKENS = [
    *("on", "null", "[]", "{}", "-1", ".inf", "1e400", "0x", "~", "- x", "\n---\n", "--- a", "...\n", "\t", "\x00"),
    *("\ud800", "&a ", "*a", "<<: *a", "<<: 5", "!!int x", "!!binary @", "? ", ": ", "{", "}", "[", "]", '"', "'"),
    *("&a ", "|\n", "#", "%YAML 2", "kind: List", "items: [5]", "kind: [a]", "apiVersion: a/b/c", "metadata: 5"),
    *("metadata: {name: [1]}", "\u2028", "é", "spec: null", "spec: [[]]", "containers: {a: null}", "../../etc"),
    *("# gitopsgen:ignore GG4 x", "999999999999999999999"),
]


@functools.cache
def fixture(index):
    return FIXTURES[index].read_text("utf-8")


def damaged(text: str, chance: random.Random) -> str:
    """Put tokens in, or in the place of others."""
    for _ in range(chance.randint(1, 4)):
        spots = [match.span() for match in re.finditer(r"[^\s:{}\[\],]+|[:{}\[\]]", text)] or [(0, 0)]
        start, end = chance.choice(spots)
        text = text[:start] + chance.choice(TOKENS) + text[end if chance.random() < 0.7 else start :]
    return text


def holds(content: bytes) -> None:
    judged = judge_manifests([("a.yaml", content)], OPTIONS)

    files_with_findings = {one.location.file for one in judged.findings}
    for text in judged.texts.values():
        for chunk in split("a.yaml", text):
            outcome = read_chunk(chunk)
            lines = range(chunk.before, chunk.before + chunk.text.count("\n") + 2)
            is_null = not outcome.value and not outcome.diagnostics
            is_told = any(one.location.line in lines for one in judged.findings)
            is_judged = any(line in lines for _, line, _ in judged.objects)
            is_empty = any(isinstance(one, dict) and one.get("items") == [] for one in outcome.value)
            assert is_null or is_told or is_judged or is_empty, chunk
    assert judged.texts["a.yaml"] or not content.strip(b"\xef\xbb\xbf") or files_with_findings


def damaged_fixture(seed: int) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - reproducible
    return damaged(fixture(chance.randrange(len(FIXTURES))), chance).encode("utf-8", "surrogatepass")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=60)
def test_any_bytes(content):
    holds(content)


def test_damaged_manifests():
    for seed in range(60):
        holds(damaged_fixture(seed))


@pytest.mark.deep
@settings(max_examples=20_000)
@given(st.integers(min_value=0))
def test_many_more_damaged_manifests(seed):
    holds(damaged_fixture(seed))
