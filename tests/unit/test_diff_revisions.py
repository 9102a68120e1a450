"""What Git tells of two states, on small repositories."""

from __future__ import annotations

import os
import subprocess

import pytest

from gitopsgen.diagnostics import UsageError
from gitopsgen.diff import FilePair, Repository

WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a"), ("EMAIL", "a@example.com"), ("DATE", "2026-01-01T00:00:00Z"))
}
NO_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(root, *words):
    environment = {**os.environ, **WHO, **NO_SETTINGS}
    done = subprocess.run(["git", "-C", str(root), *words], env=environment, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text)


@pytest.fixture
def root(tmp_path):
    """Give a project in a folder of a repository, with one commit."""
    project = tmp_path / "below"
    write(project, {"out/a/b/same": b"s", "out/a/b/new": b"1", "out/a/b/gone": b"g", "out/a/b/é": b"\xff"})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return project


def change(root):
    write(root, {"out/a/b/new": b"2", "out/a/c d/came": b"c", "elsewhere": b"e"})
    (root / "out/a/b/gone").unlink()


EXPECTED = [
    FilePair("out/a/b/gone", b"g", None),
    FilePair("out/a/b/new", b"1", b"2"),
    FilePair("out/a/c d/came", None, b"c"),
]


def pairs(repository, base, head):
    return list(repository.pairs(repository.changed(base, head, ("out/",)), in_work_tree=head is None))


def test_the_work_tree_is_compared_with_what_git_does_not_know_yet(root):
    change(root)
    repository = Repository(root)

    assert pairs(repository, repository.commit("HEAD"), None) == EXPECTED


def test_a_file_that_was_only_touched_does_not_differ(root):
    os.utime(root / "out/a/b/same", (1, 1))
    repository = Repository(root)

    assert pairs(repository, repository.commit("HEAD"), None) == []


def test_two_revisions_are_compared_without_the_work_tree(root):
    change(root)
    git(root, "add", ".")
    git(root, "commit", "-qm", "two")
    write(root, {"out/a/b/new": b"3"})
    repository = Repository(root)

    assert pairs(repository, repository.commit("HEAD~1"), repository.commit("HEAD")) == EXPECTED


def test_a_branch_is_compared_with_where_it_left(root):
    git(root, "checkout", "-qb", "feature")
    git(root, "checkout", "-q", "main")
    change(root)
    git(root, "add", ".")
    git(root, "commit", "-qm", "two")
    repository = Repository(root)

    assert repository.fork(repository.commit("main"), repository.commit("feature")) == repository.commit("feature")
    assert repository.files(repository.commit("main"), "out")[:2] == ("out/a/b/new", "out/a/b/same")


@pytest.mark.parametrize("revision", ["nonsense", "--help", "", "HEAD:below"])
def test_what_is_no_revision_is_wrong_usage(root, revision):
    with pytest.raises(UsageError, match="no revision"):
        Repository(root).commit(revision)


def test_a_directory_outside_any_repository_is_wrong_usage(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(UsageError, match="no Git repository"):
        Repository(tmp_path)
