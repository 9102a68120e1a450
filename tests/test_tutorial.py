"""The tutorial is a session: its commands run here, and the page shows what they print, word for word.

A block ```` ```yaml title="PATH" ```` is a file that the reader writes, ```` ```console ```` what is typed and printed.
`<!-- picture: NAME -->` before a block asks for its picture, docs/pictures/NAME.svg.
GITOPSGEN_REWRITE=1 (`make pictures`) writes what was printed and drawn instead of comparing.
"""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.pictures import picture
from tests.sessions import execute

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "tutorial.md"
PICTURES = DOCS / "pictures"
DAY = "2026-11-26"  # a release is dated: the page has one day for all
BLOCK = re.compile(
    r'(?:<!-- picture: (\S+) -->\n)?^```(console|yaml title="([^"]+)")\n(.*?)^```\n', re.MULTILINE | re.DOTALL
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Reader:
    """Somebody who follows the page: types what it says, and keeps what is printed, and the pictures."""

    def __init__(self, folder):
        self.folder = folder
        self.pictures = {}

    def follow(self, block):
        name, kind, path, text = block.groups()
        if kind != "console":
            (self.folder / path).write_text(text, "utf-8")
            return block[0]
        coloured = "".join(self.type(line) for line in text.splitlines() if line.startswith("$ "))
        if name:
            self.pictures[name] = picture(name, coloured)
        return block[0].replace(text, COLOUR.sub("", coloured))

    def type(self, line):
        command = line.removeprefix("$ ")
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return f"{line}\n"
        done = execute(command, self.folder, stderr=subprocess.STDOUT, FORCE_COLOR="1", PYTHONUNBUFFERED="1")
        assert done.returncode in {0, 1}, done.stdout
        return f"{line}\n" + done.stdout.replace(datetime.now(UTC).date().isoformat(), DAY)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    reader = Reader(tmp_path_factory.mktemp("tutorial"))
    page = BLOCK.sub(reader.follow, PAGE.read_text("utf-8"))
    if os.environ.get("GITOPSGEN_REWRITE"):
        PAGE.write_text(page, "utf-8")
        for name, svg in reader.pictures.items():
            (PICTURES / f"{name}.svg").write_text(svg, "utf-8")
    return page, reader.pictures


def test_the_tutorial_shows_what_is_printed(followed):
    page, _ = followed

    assert PAGE.read_text("utf-8") == page


def test_pictures_are_of_this_very_run(followed):
    _, drawn = followed

    assert {file.stem: file.read_text("utf-8") for file in PICTURES.glob("*.svg")} == drawn
    assert len(drawn) >= 1


def test_every_command_of_the_tutorial_is_run():
    """No block hides behind another mark: only what installs the tool is not run here."""
    marks = re.findall(r"^```(\S.*)$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert [mark for mark in marks if not BLOCK.match(f"```{mark}\n```\n")] == ["sh"]
