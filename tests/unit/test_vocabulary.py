"""The words of the rules are read once, and again where the program is another one."""

from __future__ import annotations

import json

import pytest

from gitopsgen.check.sharing import words_of_rules
from gitopsgen.pipeline import vocabulary


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Give what reads them as a new process would, and the times that it looked into the rules."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    looked = []
    monkeypatch.setattr(vocabulary, "words_of_rules", lambda: looked.append(1) or words_of_rules())
    return vocabulary.rule_words.__wrapped__, looked


def test_they_are_read_once(read):
    words, looked = read

    assert words() == words() == words_of_rules()
    assert len(looked) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"program": "x", "words": ["a"]}', '{"program": 1, "words": 2}'])
def test_what_another_program_or_nobody_wrote_is_not_taken(content, read, tmp_path):
    words, looked = read
    words()
    file = tmp_path / "gitopsgen/words.json"
    file.write_text(content, "utf-8")

    assert words() == words() == words_of_rules()
    assert len(looked) == 2
    assert set(json.loads(file.read_text("utf-8"))["words"]) == words_of_rules()


def test_where_nothing_can_be_kept_they_are_read_each_time(read, tmp_path):
    words, looked = read
    (tmp_path / "gitopsgen").write_text("", "utf-8")

    assert words() == words() == words_of_rules()
    assert len(looked) == 2
