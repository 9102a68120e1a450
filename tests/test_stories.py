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
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STORIES = Path(__file__).parent / "stories"
SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)
RUN = [sys.executable, "-m", "gitopsgen"]


def environment():
    """Give the environment of a story: nothing of the machine's that the program listens to."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "XDG_CACHE_HOME") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "GITOPSGEN_JOBS": "1"}


def run(command, project):
    words = shlex.split(command)
    program = words.index("gitopsgen")  # a story runs nothing else
    variables = dict(word.split("=", 1) for word in words[:program])

    done = subprocess.run(
        [*RUN, *words[program + 1 :]],
        cwd=project,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )

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
    """Commit everything, as nobody in particular at no particular time."""
    who = {f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T00:00:00Z")
    settings = dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), os.devnull)
    start = [] if (project / ".git").exists() else [["init", "-q", "-b", "main"]]
    for words in (*start, ["add", "."], ["commit", "-qm", "story"]):
        subprocess.run(["git", *words], cwd=project, env={**environment(), **who, **when, **settings}, check=True)  # noqa: S607


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
