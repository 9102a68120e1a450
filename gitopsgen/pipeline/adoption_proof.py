"""The proof of an import: what the drafted project renders is, object for object, what was imported.

It is rendered in a copy; the project itself is not touched.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.diff import MISSING, ListTypes, compared
from gitopsgen.model.project import Cluster, Project
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline.adoptable import Found
from gitopsgen.pipeline.project import Opened, UnrenderedError, open_project
from gitopsgen.scaffold.writing import Changes, apply
from gitopsgen.schemas import Bundled, Pack
from gitopsgen.schemas.cache import default_directory
from gitopsgen.source import FindingKind
from gitopsgen.values.path import path_text

OTHER_OBJECT: Final = FindingKind("GG953", "imported-otherwise")
_MOST_TOLD: Final = 20
_SHOWN: Final = 60  # characters of a value


@dataclass(frozen=True, slots=True)
class Proof:
    """What speaks against the import, how many objects were compared, and what a render will refuse, by rule."""

    diagnostics: tuple[Diagnostic, ...]
    objects: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


def list_types(project: Project, cluster: Cluster) -> ListTypes:
    """Give what is known of lists on a cluster."""
    settings = project.settings
    pack = Pack(settings.root / settings.schemas / cluster.version_set)
    return ListTypes((Bundled(cluster.kubernetes, default_directory()), pack))


def prove(project: Project, changes: Changes, case: str, expected: Mapping[str, Sequence[Found]]) -> Proof:
    """Render the case in a copy of the project with some changes, and compare with the objects of each place."""
    regions = tuple(sorted({place.partition("/")[0] for place in expected}))
    selection = Selection(regions=regions, cases=(case,))
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as folder:
        root = Path(folder)
        _copy(project, root)
        apply(root, changes)
        opened = open_project(root, selection)
        broken = tuple(one for one in opened.diagnostics if one.severity is Severity.ERROR)
        if broken:
            return Proof(broken)
        try:
            rendered = _rendered(opened)
        except UnrenderedError as error:
            return Proof(error.diagnostics)
        told = tuple(_differences(expected, rendered))[:_MOST_TOLD]
        count = sum(len(some) for some in expected.values())
        return Proof(told, count, {} if told else _refused(opened))


def _copy(project: Project, root: Path) -> None:
    settings = project.settings
    shutil.copy(settings.root / "gitopsgen.yaml", root)
    for name in (settings.blueprints, settings.overlays, *settings.judging):
        if (settings.root / name).is_dir():
            shutil.copytree(settings.root / name, root / name, dirs_exist_ok=True)


def _rendered(opened: Opened) -> dict[str, dict[tuple[str, ...], Any]]:
    found: dict[str, dict[tuple[str, ...], Any]] = {}
    for variant in opened.variants:
        place = found.setdefault(f"{variant.id.region}/{variant.id.cluster}", {})
        for _, made in opened.made(variant):
            if made.is_resource:
                metadata = made.data["metadata"]
                name = (
                    made.data["apiVersion"],
                    made.data["kind"],
                    str(metadata.get("namespace", "")),
                    metadata["name"],
                )
                place[name] = made.data
    return found


def _differences(
    expected: Mapping[str, Sequence[Found]], rendered: Mapping[str, Mapping[tuple[str, ...], Any]]
) -> Iterator[Diagnostic]:
    for place, some in expected.items():
        left = dict(rendered.get(place, {}))
        for one in some:
            yield from _different(place, one, left.pop(one.identity, MISSING))
        for identity in left:
            where = some[0].where() if some else None
            message = f"{place} would get {identity[1]} {identity[3]}, which it does not have"
            if where is not None:
                yield OTHER_OBJECT.at(where, message)


def _different(place: str, one: Found, data: Any) -> Iterator[Diagnostic]:
    _, kind, _, name = one.identity
    if data is MISSING:
        yield OTHER_OBJECT.at(one.where(), f"{kind} {name} of {place} would not be rendered")
        return
    for change in compared(one.data, data):
        field = path_text(tuple(step if isinstance(step, str | int) else str(step) for step in change.path))
        message = f'{kind} {name} of {place} would have "{field}" {_shown(change.new)}, expected {_shown(change.old)}'
        yield OTHER_OBJECT.at(one.where(), message)


def _shown(value: str) -> str:
    text = value or "nothing"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _refused(opened: Opened) -> dict[str, int]:
    """Count what the rules of the fleet refuse of what was imported: it is to be mended before it is rendered."""
    counts: Counter[str] = Counter()
    for region, variants in opened.members():
        result = opened.regions.render(region, variants)
        counts.update(f"{one.code} {one.name}" for one in result.diagnostics if one.severity is Severity.ERROR)
    return dict(sorted(counts.items()))
