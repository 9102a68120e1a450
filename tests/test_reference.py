"""docs/reference is what the code says, and leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gitopsgen import cli
from gitopsgen.cli.documentation import EXIT_CODES, pages
from gitopsgen.load.documentation import FILES

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs/reference"
PAGES = pages()


def test_the_reference_is_generated():
    """`make reference` writes it."""
    assert {file.name: file.read_text("utf-8") for file in REFERENCE.iterdir()} == PAGES


def test_every_code_in_the_source_is_listed():
    named = {code for file in (ROOT / "gitopsgen").rglob("*.py") for code in quoted_codes(file)}

    assert len(named) > 200
    assert named - set(re.findall(r"^\| (GG\d{3}) ", PAGES["findings.md"], re.MULTILINE)) == set()


def quoted_codes(file):
    return re.findall(r'"(GG\d{3})"', file.read_text("utf-8"))


def test_every_shape_of_a_file_is_described():
    shapes = {file.stem for file in (ROOT / "gitopsgen/load/schemas").glob("*.json")}

    assert shapes == {*FILES, "facts", "merged-facts"}


def test_exit_codes_are_those_of_the_program():
    assert set(EXIT_CODES) == {cli.DONE, cli.FOUND, cli.USAGE, cli.BUG, cli.INTERRUPTED}


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("commands.md", "| `--exit-code` | Exit with 1 if anything differs. |  |"),
        ("commands.md", "| `-l, --selector KEY=VALUE,…` | Only where facts match: tier=edge-small,wave!=0. |  |"),
        ("files.md", '| `paths.generated` | string | Output. Default: `"generated"`. |'),
        ("files.md", "| **`uses[].component`** | string | Name of a component. |"),
        ("findings.md", "| GG111 | unknown-fact | error | the project's own files and facts |"),
        ("findings.md", "| GG901 | [immutable-field](../dangers/immutable-field.md) | warning |"),
    ],
)
def test_a_row_says_what_the_code_says(page, row):
    """A spot check of each page, so that an empty generator does not equal an empty page."""
    assert row in PAGES[page]
