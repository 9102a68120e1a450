"""A page in Chinese is the same page: the same headings, code, tables, pictures and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAIRS = [("README.md", "README.zh-CN.md"), ("docs/index.md", "docs/index.zh-CN.md")]
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def skeleton(name):
    """Give what a translation must keep of a page; inline code as a sorted list, since word order differs."""
    text = (ROOT / name).read_text("utf-8")
    prose = BLOCK.sub("", text)
    sections = re.split(r"^#+ .*$", prose, flags=re.MULTILINE)
    return {
        "levels": [len(mark) for mark in re.findall(r"^(#+) ", prose, re.MULTILINE)],
        "blocks": BLOCK.findall(text),
        "tables": [section.count("\n|") for section in sections],
        "items": [len(re.findall(r"^(?:- |\d\. )", section, re.MULTILINE)) for section in sections],
        "links": [sorted(re.findall(r"\]\(([^)]+)\)", section)) for section in sections],
        "code": [sorted(re.findall(r"`[^`\n]+`", section)) for section in sections],
    }


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_a_translation_has_what_its_original_has(english, chinese):
    original, translated = skeleton(english), skeleton(chinese)
    for each in (original, translated):  # each names the other one on top
        each["links"] = [[link for link in links if link not in {english, chinese}] for links in each["links"]]

    for part, wanted in original.items():
        assert translated[part] == wanted, part


@pytest.mark.parametrize(("_english", "chinese"), PAIRS)
def test_a_translation_is_in_chinese(_english, chinese):
    lines = BLOCK.sub("", (ROOT / chinese).read_text("utf-8")).splitlines()
    said = [line for line in lines if len(re.findall(r"[A-Za-z]{3,}", re.sub(r"`[^`]*`|\]\([^)]*\)", "", line))) > 4]

    assert [line for line in said if not re.search(r"[\u4e00-\u9fff]", line)] == []
