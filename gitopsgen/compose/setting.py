"""Which values of which case the command line sets; and what was meant where there is no such value.

Everything wrong here was typed on the command line: UsageError, never a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gitopsgen.compose.selection import is_chosen
from gitopsgen.diagnostics import UsageError
from gitopsgen.values import did_you_mean, parse_path, path_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.model.project import Blueprint, Project
    from gitopsgen.model.selection import Selection
    from gitopsgen.model.variant import Path

_MOST_HINTS: Final = 3


def set_paths(project: Project, selection: Selection) -> dict[str, list[tuple[Path, Any]]]:
    """Give what the command line sets, by case: a path starts with a case, or one case is selected.

    Where that case has a value of its own name, as the case of a single service has, the longer match counts.
    """
    found: dict[str, list[tuple[Path, Any]]] = {}
    chosen = [case for case in project.blueprints if is_chosen(case, selection.cases)]
    only = chosen[0] if selection.cases and len(chosen) == 1 else ""
    for written, value in selection.sets:
        path = _path(written)
        case, inner = _read(project, only, path)
        if not case:
            hint = did_you_mean(str(path[0]), project.blueprints)
            raise UsageError(f'"{written}" starts with no case; {hint}'.rstrip("; "))
        _refuse_misplaced(project.blueprints[case], inner, written)
        found.setdefault(case, []).append((inner, value))
    return found


def _path(written: str) -> Path:
    path = parse_path(written)
    if path is None:
        raise UsageError(f'"{written}" is no path of values that can be set')
    index = next((number for number, step in enumerate(path) if isinstance(step, int)), None)
    if index is not None:
        whole = f"write {path_text(path[:index])}=[…]" if index else "write its path first"
        raise UsageError(f'"{written}" names an item of a list, and a list is set as a whole: {whole}')
    return path


def _read(project: Project, only: str, path: Path) -> tuple[str, Path]:
    """Give the case that a path is about, and the path in its values; the case is empty where none is meant."""
    named = project.blueprints.get(str(path[0])) if len(path) > 1 else None
    own = _depth(project.blueprints[only], path) if only else 0
    if named and own <= _depth(named, path[1:]):
        return named.name, path[1:]
    return only, path


def _depth(blueprint: Blueprint, path: Path) -> int:
    """Tell how many steps of a path the values of a case have where nobody sets any."""
    return max((_steps(data, path) for data in _defaults(blueprint)), default=0)


def _defaults(blueprint: Blueprint) -> Iterator[Mapping[str, Any]]:
    for layer in blueprint.defaults:
        data: Mapping[str, Any] = layer.data
        for step in reversed(layer.at):
            data = {step: data}
        yield data


def _steps(data: Any, path: Path) -> int:
    count = 0
    for step in path:
        if not isinstance(data, dict) or step not in data:
            break
        data, count = data[str(step)], count + 1
    return count


def _refuse_misplaced(blueprint: Blueprint, path: Path, written: str) -> None:
    """Raise UsageError for a path that would be right further down; any other is judged by the schema of the case."""
    if _depth(blueprint, path) or path[0] in blueprint.schema.get("properties", {}):
        return
    places = {(*place, *path): _steps(inner, path) for data in _defaults(blueprint) for place, inner in _below(data)}
    deepest = max(places.values(), default=0)
    meant = sorted({path_text(place) for place, depth in places.items() if depth == deepest})
    if deepest:
        hint = " or ".join(f'"{each}"' for each in meant[:_MOST_HINTS])
        raise UsageError(f'{blueprint.name} has no value "{written}"; did you mean {hint}?')


def _below(data: Mapping[str, Any], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield (*place, name), value
            yield from _below(value, (*place, name))
