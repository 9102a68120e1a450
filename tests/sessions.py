"""Commands run in a project as a reader would type them: for the stories, and for the pages of the documentation."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

GITOPSGEN = [sys.executable, "-m", "gitopsgen"]


def environment():
    """Give the environment of a session: nothing of the machine's that the program listens to."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "XDG_CACHE_HOME") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "GITOPSGEN_JOBS": "1"}


def nobody():
    """Give the environment in which Git commits as nobody in particular at no particular time."""
    who = {f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T00:00:00Z")
    settings = dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), os.devnull)
    return {**who, **when, **settings}


def execute(command, folder, *, stderr=subprocess.PIPE, **variables):
    """Run a line of a session: `gitopsgen` or `git`, with variables before it as in a shell."""
    words = shlex.split(command)
    program = next(at for at, word in enumerate(words) if word in {"gitopsgen", "git"})  # a session runs nothing else
    given = dict(word.split("=", 1) for word in words[:program])
    called = [*GITOPSGEN, *words[program + 1 :]] if words[program] == "gitopsgen" else words[program:]
    return subprocess.run(
        called,
        cwd=folder,
        env={**environment(), **nobody(), **variables, **given},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=False,
    )
