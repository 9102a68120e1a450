"""A city or a case taken out of a project: its files, and every mention of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Project
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data
from gitopsgen.scaffold.holders import holders
from gitopsgen.scaffold.lock import locks
from gitopsgen.scaffold.orphaned_images import forget_images
from gitopsgen.scaffold.project import folders_of, known_case, known_region
from gitopsgen.scaffold.writing import apply

Step = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal would do: `pruned` are generated files, `data` is what holds data and on which clusters.

    With `case` they are those that are told by their labels: only a part of that case goes, and a render tells exactly.
    """

    draft: Draft
    pruned: tuple[str, ...] = ()
    data: Mapping[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    case: str = ""

    def carry_out(self) -> None:
        """Change the project; `gitopsgen render` then prunes the output."""
        if self.draft.root is not None:
            apply(self.draft.root, self.draft.changes)


def remove_region(project: Project, name: str) -> Removal:
    """Take a city out, also from the lists of those for which it takes over, and from the release lock.

    Raises UsageError where there is none, or where an area has it as its hub.
    """
    known_region(project, name)
    draft = Draft(project.settings.root)
    overlays = folders_of(project).overlays
    own = f"{overlays}/regions/{name}/"
    for file in overlay_files(project):
        if file.startswith(own):
            draft.remove(file)
            continue
        raw = data(draft.text(file), file) or {}
        for path in _runs_of(raw, name):
            draft.cut(file, path)
        facts = raw.get("facts") or {}
        if facts.get("hub") == name:
            raise UsageError(f"{name} is the hub of the area in {file}: name another there first")
        if name in (facts.get("failover") or []):
            draft.cut(file, ("facts", "failover", facts["failover"].index(name)))
    generated = generated_files(project, f"{name}/")
    return removal_of(project, draft, generated, _mentions(draft, project, name))


def remove_case(project: Project, name: str) -> Removal:
    """Take a case out: its blueprint, its values in every layer, its name from the lists of clusters."""
    known_case(project, name)
    draft = Draft(project.settings.root)
    root = project.settings.root
    for path in sorted((root / project.blueprints[name].directory).rglob("*")):
        if path.is_file():
            draft.remove(path.relative_to(root).as_posix())
    for file in overlay_files(project):
        if file.endswith(f"/{name}.yaml") and "/regions/" in file:
            draft.remove(file)
        else:
            _forget_case(draft, file, name)
    for lock in locks(root):
        if lock.base == project.blueprints[name].directory:
            draft.remove(lock.path)
    generated = [file for file in generated_files(project, "") if file.split("/")[2:3] == [name]]
    return removal_of(project, draft, generated, ())


def removal_of(project: Project, draft: Draft, generated: list[str], notes: tuple[str, ...]) -> Removal:
    """Give a removal with what of the generated files holds data, and without images that nothing names any more."""
    forget_images(draft, project)
    folder = project.settings.generated
    found = holders(project.settings.root / folder, generated)
    return Removal(draft, tuple(f"{folder}/{file}" for file in generated), found, notes)


def generated_files(project: Project, prefix: str) -> list[str]:
    """Give the generated files of cities, below a folder of the output tree."""
    output = project.settings.root / project.settings.generated
    files = (path.relative_to(output).as_posix() for path in sorted((output / prefix).rglob("*")) if path.is_file())
    return [file for file in files if not file.startswith((".traces/", "argocd/"))]


def overlay_files(project: Project) -> list[str]:
    """Give the overlays that may speak of cases and cities."""
    root: Path = project.settings.root
    paths = sorted((root / folders_of(project).overlays).rglob("*.yaml"))
    files = [path.relative_to(root).as_posix() for path in paths]
    return [file for file in files if "/version-sets/" not in file and not file.endswith("/images.lock.yaml")]


def _forget_case(draft: Draft, file: str, case: str) -> None:
    """Cut a case's values and its name out of an overlay, one place after the other: each cut moves the rest."""
    while True:
        raw = data(draft.text(file), file) or {}
        path = next(_places_of(raw, case), None)
        if path is None:
            return
        draft.cut(file, path)


def _places_of(raw: Mapping[str, Any], case: str) -> Iterator[Step]:
    if case in (raw.get("cases") or {}):
        yield ("cases", case)
    for name, cases in (raw.get("classes") or {}).items():
        if case in (cases or {}):
            yield ("classes", name, case)
    facts = raw.get("facts") or {}
    for kind in ("classes", "clusters"):
        for name, each in (facts.get(kind) or {}).items():
            listed = (each or {}).get("cases") or []
            if listed == [case] and (kind == "clusters" or len(each) == 1):
                yield ("facts", kind, name, "cases")  # the list says nothing any more
            elif case in listed:
                yield ("facts", kind, name, "cases", listed.index(case))


def _runs_of(raw: Mapping[str, Any], region: str) -> list[Step]:
    """Give where the release lock says which releases the clusters of a city run."""
    runs = ((case, (each or {}).get("clusters")) for case, each in (raw.get("cases") or {}).items())
    named = ((case, cluster) for case, clusters in runs if isinstance(clusters, dict) for cluster in clusters)
    return [("cases", case, "clusters", one) for case, one in named if str(one).partition("/")[0] == region]


def _mentions(draft: Draft, project: Project, region: str) -> tuple[str, ...]:
    """Name the overlays that still speak of a city: values such as where to send what, which only a person can mend."""
    word = re.compile(rf"(?m)^[^#\n]*[:\[,-] *{re.escape(region)}\b(?!\.)")
    files = [file for file in overlay_files(project) if draft.has(file) and word.search(draft.text(file))]
    return tuple(f"{file} still names {region}" for file in files)
