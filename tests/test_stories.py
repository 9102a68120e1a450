"""Replay whole sessions with the program: `tests/stories/*.txt`.

A story is prose, then sections. `-- path --` writes a file into a fresh copy of `tests/stories/base`
(an empty one removes it); `-- commit --` commits all that stands there, in a repository that the first one makes;
`-- session --` runs commands, with variables before them as in a shell.
Below each stands what it must print: `> ` before a line of stdout, `2> ` of stderr, `= 1` for an exit
code other than 0.
GITOPSGEN_REWRITE=1 writes what was printed into the story instead of comparing.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.sessions import execute

STORIES = Path(__file__).parent / "stories"
SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)


def run(command, project):
    done = execute(command, project)

    said = [*(f"> {line}" for line in done.stdout.splitlines()), *(f"2> {line}" for line in done.stderr.splitlines())]
    return [f"$ {command}", *(line.rstrip() for line in said), *([f"= {done.returncode}"] if done.returncode else [])]


def replay(session, project):
    commands = [line[2:] for line in session.splitlines() if line.startswith("$ ")]
    return "\n".join(line for command in commands for line in run(command, project)) + "\n"


def write(project, path, text):
    file = project / path
    if text.strip():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.rstrip("\n") + "\n", "utf-8")
    else:
        file.unlink()


def commit(project):
    """Commit everything that stands there."""
    start = [] if (project / ".git").exists() else ["git init -q -b main"]
    for command in (*start, "git add .", "git commit -qm story"):
        execute(command, project).check_returncode()


def retell(story, project):
    """Give the story as it happens now."""
    prose, *sections = SECTION.split(story)
    told = [prose]
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        if name == "session":
            blank = "\n" if text.endswith("\n\n") else ""
            told.append(f"-- session --\n{replay(text, project)}{blank}")
        else:
            commit(project) if name == "commit" else write(project, name, text)
            told.append(f"-- {name} --\n{text}")
    return "".join(told)


@pytest.mark.parametrize("file", sorted(STORIES.glob("*.txt")), ids=lambda file: file.stem)
def test_story(file, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(STORIES / "base", project)
    story = file.read_text("utf-8")

    told = retell(story, project)

    if os.environ.get("GITOPSGEN_REWRITE"):
        file.write_text(told, "utf-8")
    assert story == told


def test_every_story_is_prose_first_and_runs_something():
    for file in STORIES.glob("*.txt"):
        prose, *sections = SECTION.split(file.read_text("utf-8"))

        assert prose.strip(), file
        assert "session" in sections[::2], file
