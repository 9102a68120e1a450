"""Problems of fields to findings at lines: one pass over each text that has any."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gitopsgen.diagnostics import Diagnostic, Location, Related
from gitopsgen.source import positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.model.variant import Path
    from gitopsgen.source import Position
    from gitopsgen.values.findings import Problem


def locate_problems(
    problems: Iterable[tuple[str, Problem, tuple[Related, ...]]], texts: Mapping[str, str]
) -> list[Diagnostic]:
    """Give problems, each with its file and related places, as findings; a file without a text has no lines."""
    listed = list(problems)
    by_file = defaultdict(set)
    for file, problem, _ in listed:
        by_file[file].add((problem.path, problem.key))
    places = {file: positions(texts[file], wanted) for file, wanted in by_file.items() if file in texts}
    return [
        problem.kind.at(_location(file, problem, places), problem.message, problem.hint, related)
        for file, problem, related in listed
    ]


def _location(file: str, problem: Problem, places: Mapping[str, Mapping[tuple[Path, bool], Position]]) -> Location:
    return Location(file, *places[file][problem.path, problem.key]) if file in places else Location(file)
