"""`doctor` on a repository: what keeps git from reading it is told apart."""

from __future__ import annotations

import pytest

from gitopsgen.pipeline.health import State, _repository

UNTRUSTED = "fatal: detected dubious ownership in repository at '/x'"


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Put a git that says one thing on the PATH, and nothing else."""

    def put(said, code):
        program = tmp_path / "bin/git"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{said}" >&2\nexit {code}\n')
        program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return put


def test_a_repository_of_somebody_else_is_no_missing_one(git, tmp_path):
    """As in a container of CI: `git init` would not help there."""
    git(UNTRUSTED, 128)

    found = _repository(tmp_path)

    assert found.state is State.WRONG
    assert found.found == "another user owns it, so git does not read it"
    assert found.hint == f"git config --global --add safe.directory {tmp_path}"


def test_a_folder_without_a_repository_is_told(git, tmp_path):
    git("fatal: not a git repository", 128)

    assert _repository(tmp_path).found == "the project is in no git work tree"


def test_without_git_nothing_is_said_of_the_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert _repository(tmp_path).state is State.ABSENT
