"""The project that a command is about to edit: it must be sound, since edits could go astray otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.cli.console import Console

if TYPE_CHECKING:
    from gitopsgen.model.project import Project


def read_project(console: Console) -> Project | None:
    """Read the project; print all that is wrong in it and give None where anything is."""
    from gitopsgen.load import load
    from gitopsgen.report import Report

    with console.working("reading"):
        outcome = load(console.root)
    if outcome.failed:
        console.finish(Report(outcome.diagnostics, summary=("nothing was changed, because of what was found",)))
        return None
    return outcome.value
