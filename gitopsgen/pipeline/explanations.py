"""`explain`: from a rendered field, or a value, back to every line that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from gitopsgen import argocd
from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Location, Outcome, UsageError
from gitopsgen.load import settings_of
from gitopsgen.model.variant import Path as FieldPath
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.chains import Explanation, chain, origins, scalars
from gitopsgen.pipeline.fields import member, resolve, shown
from gitopsgen.pipeline.fleet_chains import FleetChains
from gitopsgen.pipeline.kustomizations import FILE
from gitopsgen.pipeline.listings import listed, of_case, of_cluster
from gitopsgen.pipeline.project import Opened, UnrenderedError, open_project, open_variant
from gitopsgen.pipeline.regions import copied
from gitopsgen.pipeline.together import path_of
from gitopsgen.template.origins import leaves

__all__ = ["Explanation", "explain"]
Found = Iterator[Explanation] | None


def explain(root: Path, target: str, path: str = "") -> Outcome[tuple[Explanation, ...]]:
    """Explain `FILE#FIELD` (every scalar below the field), a whole `FILE`, or a value of a variant.

    Raises UsageError where the file is not rendered by the project, or has no such field.
    """
    file, mark, field = target.partition("#")
    if path or not (mark or "." in file.rpartition("/")[2]):
        return _value(root, target, path)
    return _field(root, file, field)


def _value(root: Path, target: str, path: str) -> Outcome[tuple[Explanation, ...]]:
    if not path or len(target.strip("/").split("/")) not in {2, 3}:
        raise UsageError("explain takes FILE, FILE#FIELD, or REGION/[CLUSTER/]CASE and the path of a value")
    opened, variant = open_variant(root, target)
    found = _value_path(variant, path)
    explained = [
        Explanation(str(variant.id), shown(inner), member(dict(variant.context), inner), origins=(origin,))
        for inner in leaves(member(dict(variant.context), found), found)
        for origin in origins(opened, variant, (inner,))
    ]
    return Outcome(tuple(explained), opened.diagnostics)


def _value_path(variant: Variant, text: str) -> FieldPath:
    """Read a path as one of the case's values, or else from the roots that templates see."""
    try:
        return ("values", *resolve(variant.context["values"], text))
    except UsageError:
        first = text.partition(".")[0].partition("[")[0]
        if first not in variant.context:
            raise
        return resolve(dict(variant.context), text)


def _field(root: Path, file: str, field: str) -> Outcome[tuple[Explanation, ...]]:
    folder, steps = _place(root, file)
    is_fleet = steps[0] == argocd.REGION
    if steps[-1].startswith(".") or len(steps) < (2 if is_fleet else 3):
        raise UsageError(f'"{file}" is no file of a variant: expected {folder}/<region>/<cluster>/…')
    selection = Selection() if is_fleet else Selection(regions=(steps[0],), clusters=(steps[1],))
    opened = open_project(root, selection)
    kind: Callable[[Opened, tuple[str, ...], str, str], Found] = _fleet_file if is_fleet else _file
    try:
        found = kind(opened, steps, "/".join((folder, *steps)), field)
        explained = None if found is None else tuple(found)
    except UnrenderedError as unrendered:
        return Outcome((), (*opened.diagnostics, *unrendered.diagnostics))
    if explained is None:
        raise UsageError(f'"{file}" is no file that the project renders')
    return Outcome(explained, opened.diagnostics)


def _place(root: Path, file: str) -> tuple[str, tuple[str, ...]]:
    """Give the output folder, and the steps of a file's path inside it."""
    folder = settings_of(root).generated
    path = PurePosixPath(file)
    inside = path.relative_to(root.as_posix()) if path.is_absolute() and path.is_relative_to(root.as_posix()) else path
    within = inside.relative_to(folder) if inside.is_relative_to(folder) else inside
    return folder, tuple(part for part in within.parts if part != ".")


def _fleet_file(opened: Opened, steps: tuple[str, ...], file: str, field: str) -> Found:
    chains = FleetChains(opened)
    if steps[1:] == (FILE,):
        return listed(opened, file, field, chains.entries())
    return chains.explained("/".join(steps[1:]), file, field)


def _file(opened: Opened, steps: tuple[str, ...], file: str, field: str) -> Found:
    path = "/".join(steps)
    if steps[2:] == (FILE,) and opened.variants:
        return listed(opened, file, field, of_cluster(opened))
    for variant in opened.variants:
        found = _of_variant(opened, variant, path, file, field)
        if found is not None:
            return found
    return None


def _of_variant(opened: Opened, variant: Variant, path: str, file: str, field: str) -> Found:
    if path == f"{variant.id}/{FILE}":
        return listed(opened, file, field, of_case(opened, variant))
    for instance, made in opened.made(variant):
        if path == path_of(variant.id, made.name):
            return (chain(opened, (variant, instance, made), one, file) for one in scalars(made.data, field))
    return _copied(opened, variant, path, file)


def _copied(opened: Opened, variant: Variant, path: str, file: str) -> Found:
    """Explain a node file that is copied as it is."""
    files = opened.project.blueprints[variant.id.case].files
    for one in copied(variant.id, str(variant.id), opened.project, files):
        if one.path == path:
            place = Location(one.template, 1, 1)
            return iter([Explanation(file, "", one.content.decode(), ((place, ""),), (place,))])
    return None
