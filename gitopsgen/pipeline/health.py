"""`doctor`: whether the program and the project have what they need on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from gitopsgen import __version__
from gitopsgen.diagnostics import Severity
from gitopsgen.load import load
from gitopsgen.report import numbered
from gitopsgen.scaffold.schema_files import changed_schemas
from gitopsgen.schemas.cache import default_directory

_LIBRARIES: Final = ("Jinja2", "PyYAML", "jsonschema-rs", "kubernetes-validate", "ruamel.yaml", "typer", "click")
# What each is for, in the words of a hint.
_PROGRAMS: Final = {
    "kustomize": "check builds kustomizations with it, or with kubectl",
    "kubectl": "check builds kustomizations with it, where there is no kustomize",
    "pre-commit": "the hooks of a repository run with it",
}
_COMPLETIONS: Final = {
    "bash": ".bash_completions/gitopsgen.sh",
    "zsh": ".zfunc/_gitopsgen",
    "fish": ".config/fish/completions/gitopsgen.fish",
}
_SECONDS: Final = 10


class State(Enum):
    """How a thing is: as it should be, not there though nothing needs it, or wrong."""

    FINE = "ok"
    ABSENT = "absent"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    hint: str = ""


def examine(root: Path | None) -> Iterator[Examined]:
    """Look at the program, the machine and, where one is given, the project."""
    yield Examined("gitopsgen", State.FINE, f"{__version__}, Python {platform.python_version()}, {platform.system()}")
    yield from _libraries()
    yield _git()
    yield _cache()
    yield from (_program(name, purpose) for name, purpose in _PROGRAMS.items())
    yield _completion()
    if root is None:
        yield Examined("project", State.ABSENT, "no gitopsgen.yaml here or above", "gitopsgen init makes a project")
        return
    yield from _project(root)


def _libraries() -> Iterator[Examined]:
    found, missing = [], []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Examined("libraries", State.WRONG, f"missing: {', '.join(missing)}", "install gitopsgen anew with pip")
    else:
        yield Examined("libraries", State.FINE, ", ".join(found))


def _git() -> Examined:
    found = _said("git", "--version").removeprefix("git version ")
    if not found:
        return Examined("git", State.WRONG, "not found on PATH", "install git: diff, upgrade and hooks need it")
    return Examined("git", State.FINE, found)


def _cache() -> Examined:
    folder = default_directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        hint = "make it writable, or set XDG_CACHE_HOME: each run makes schemas and templates anew otherwise"
        return Examined("cache", State.WRONG, f"{folder} cannot be written: {(error.strerror or '').lower()}", hint)
    return Examined("cache", State.FINE, str(folder))


def _program(name: str, purpose: str) -> Examined:
    path = shutil.which(name)
    return Examined(name, State.FINE, path) if path else Examined(name, State.ABSENT, "not found on PATH", purpose)


def _completion() -> Examined:
    shell = Path(os.environ.get("SHELL", "")).name
    file = _COMPLETIONS.get(shell)
    if file is None:
        return Examined("completion", State.ABSENT, f'shell "{shell}" is not known' if shell else "no shell is named")
    if not (Path.home() / file).is_file():
        return Examined("completion", State.ABSENT, f"not installed for {shell}", "gitopsgen --install-completion")
    return Examined("completion", State.FINE, f"~/{file}")


def _project(root: Path) -> Iterator[Examined]:
    loaded = load(root)
    errors = [one for one in loaded.diagnostics if one.severity is Severity.ERROR]
    if errors:
        counted = f"{len(errors)} error{'s' if len(errors) > 1 else ''}, the first at {errors[0].location}"
        yield Examined("project", State.WRONG, f"{counted}: {errors[0].message}", "gitopsgen render tells them all")
    else:
        project = loaded.value
        size = f"{numbered(len(project.regions), 'region')}, {numbered(len(project.blueprints), 'case')}"
        yield Examined("project", State.FINE, f"{root}: {size}")
    yield _repository(root)
    yield _hooks(root)
    yield _schemas(root)


def _repository(root: Path) -> Examined:
    if shutil.which("git") is None:
        return Examined("repository", State.ABSENT, "not examined: git is not there")
    if "dubious ownership" in _complained("git", "-C", str(root), "rev-parse"):
        hint = f"git config --global --add safe.directory {root}"
        return Examined("repository", State.WRONG, "another user owns it, so git does not read it", hint)
    if _said("git", "-C", str(root), "rev-parse", "--is-inside-work-tree") != "true":
        hint = "git init: diff compares what is committed, and Argo CD reads it from there"
        return Examined("repository", State.WRONG, "the project is in no git work tree", hint)
    return Examined("repository", State.FINE, _said("git", "-C", str(root), "rev-parse", "--show-toplevel"))


def _hooks(root: Path) -> Examined:
    config = root / ".pre-commit-config.yaml"
    if not config.is_file():
        return Examined(
            "hooks",
            State.ABSENT,
            "no .pre-commit-config.yaml",
            "gitopsgen-fmt and gitopsgen-check are hooks for pre-commit",
        )
    folder = _said("git", "-C", str(root), "rev-parse", "--git-path", "hooks")
    if not folder or not (root / folder / "pre-commit").is_file():
        return Examined("hooks", State.ABSENT, "not installed in this clone", "pre-commit install")
    return Examined("hooks", State.FINE, f"{folder}/pre-commit")


def _schemas(root: Path) -> Examined:
    made = changed_schemas(root)
    if made.failed:
        return Examined("editor schemas", State.WRONG, "a blueprint is broken", "gitopsgen schema tells where")
    if not made.value:
        return Examined("editor schemas", State.FINE, "up to date")
    if not (root / "docs/schemas").is_dir():
        return Examined("editor schemas", State.ABSENT, "none are kept", "gitopsgen schema --write --modelines")
    found = f"{numbered(len(made.value), 'file')} not as the project gives {'it' if len(made.value) == 1 else 'them'}"
    return Examined("editor schemas", State.WRONG, found, "gitopsgen schema --write")


def _said(*command: str) -> str:
    """Give what a program prints, nothing where it is not there or fails."""
    done = _ran(*command)
    return done.stdout.strip() if done and done.returncode == 0 else ""


def _complained(*command: str) -> str:
    """Give what a program says is wrong, nothing where it is not there."""
    done = _ran(*command)
    return done.stderr if done else ""


def _ran(*command: str) -> subprocess.CompletedProcess[str] | None:
    path = shutil.which(command[0])
    if path is None:
        return None
    try:
        return subprocess.run(  # noqa: S603 - git, no shell
            [path, *command[1:]],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C"},  # its words are read
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
