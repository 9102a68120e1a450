"""Every defect of the case documents is caught by a rule that finds its sample, or is answered in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gitopsgen.check.rules import RULES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/defects.md").read_text(encoding="utf-8")
NAMES = {module.RULE.code: module.RULE.name for module in RULES}
# Found before there are objects: the code of a finding, and the file that is held to it.
EARLIER = {"GG114": "unknown-name", "GG124": "even-servers", "GG209": "untested-version", "GG210": "past-end-of-life"}
DOCUMENTS = ("S0", "S1", "S2", "S3", "S4")


class Row(NamedTuple):
    """A line of a table: where it stands, the defect, its rules, and what proves it."""

    section: str
    place: str
    defect: str
    codes: tuple[str, ...]
    proof: str


def rows() -> Iterator[Row]:
    for section in PAGE.split("\n## ")[1:]:
        for line in section.splitlines():
            cells = re.fullmatch(r"\| (.+?) \| (.+?) \| ((?:GG\d{3} ?)+|—) \| (.+) \|", line)
            if cells:
                codes = () if cells[3] == "—" else tuple(cells[3].split())
                yield Row(section.splitlines()[0], cells[1], cells[2], codes, cells[4])


ROWS = list(rows())


def samples(row: Row) -> list[tuple[Path, str]]:
    return [(ROOT / file, text) for file, text in re.findall(r"`(tests/[^`]+)` `([^`]+)`", row.proof)]


def found_at(file: Path, text: str) -> set[str]:
    """Give the codes that the test of a fixture expects on the lines with a text."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if text in line]

    assert lines, f"{file.name} does not have {text}"
    return {code for line in lines for code in re.findall(r"GG\d{3}", line.partition("# expect:")[2])}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.section[:3].strip()} {row.place}: {row.defect}" for row in ROWS])
def test_a_defect_is_caught_or_answered(row):
    proofs = samples(row)
    caught = set().union(*(found_at(*each) for each in proofs if each[0].parent.name == "rules"))

    assert [code for code in row.codes if code in NAMES and code not in caught] == []
    for code in set(row.codes) - set(NAMES):
        assert any(code in text or EARLIER[code] == text for _, text in proofs)
    for file, text in proofs:
        assert text in file.read_text(encoding="utf-8")
    if not row.codes and not proofs:
        link = r"\[([a-z-]+)\]\(\.\./blueprints/[a-z-]+/README\.md\) `([^`]+)`"
        case, quoted = re.search(link, row.proof).groups()
        assert quoted in (ROOT / "blueprints" / case / "README.md").read_text(encoding="utf-8")


def test_every_line_of_a_table_is_read():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    written = [line for line in lines if not line.startswith(("| line", "| number"))]

    assert len(written) == len(ROWS)


def test_every_document_and_every_promise_is_there():
    assert {row.section[:2] for row in ROWS} >= set(DOCUMENTS)
    assert [row.place for row in ROWS if row.place.startswith("R")] == [f"R{number:02}" for number in range(1, 41)]
