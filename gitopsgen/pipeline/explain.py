"""`explain`: from a rendered field, or a value, back to every line that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Location, Outcome, UsageError
from gitopsgen.model.variant import Path as FieldPath
from gitopsgen.model.variant import Variant, VariantId
from gitopsgen.pipeline.fields import member, resolve, shown
from gitopsgen.pipeline.project import Opened, ValueOrigin, open_project
from gitopsgen.template.engine import Instance
from gitopsgen.template.errors import Spot, TemplateErrors
from gitopsgen.template.explain import FieldSource
from gitopsgen.template.explain import explain as explain_field
from gitopsgen.template.origins import leaves


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole chain of one scalar.

    `written` are the template lines, with the expression that stands there; `literals` those whose own text
    is part of the value; `origins` the values it was made of; `steering` those that only chose the way to it.
    """

    target: str
    field: str
    value: Any
    written: tuple[tuple[Location, str], ...] = ()
    literals: tuple[Location, ...] = ()
    origins: tuple[ValueOrigin, ...] = ()
    steering: tuple[ValueOrigin, ...] = ()
    patches: tuple[Location, ...] = ()


def explain(root: Path, target: str, path: str = "") -> Outcome[tuple[Explanation, ...]]:
    """Explain `FILE#FIELD` (every scalar below the field), or a value of a variant.

    Raises UsageError where the file is not rendered by the project, or has no such field.
    """
    if path or "#" not in target:
        return _value(root, target, path)
    file, _, field = target.partition("#")
    return _field(root, file, field)


def _value(root: Path, target: str, path: str) -> Outcome[tuple[Explanation, ...]]:
    parts = target.strip("/").split("/")
    if not path or len(parts) not in {2, 3}:
        raise UsageError("explain takes FILE#FIELD, or REGION/[CLUSTER/]CASE and the path of a value")
    clusters = tuple(parts[1:-1])
    opened = open_project(root, Selection(regions=(parts[0],), clusters=clusters, cases=(parts[-1],)))
    if len(opened.variants) != 1:
        named = ", ".join(str(variant.id) for variant in opened.variants) or "none"
        raise UsageError(f'"{target}" names {len(opened.variants)} variants ({named}), expected one')
    variant = opened.variants[0]
    found = _value_path(variant, path)
    explained = [
        Explanation(str(variant.id), shown(inner), member(dict(variant.context), inner), origins=(origin,))
        for inner in leaves(member(dict(variant.context), found), found)
        for origin in _origins(opened, variant, (inner,))
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
    region, cluster, inner = _place(root, file)
    opened = open_project(root, Selection(regions=(region,), clusters=(cluster,)))
    for variant in opened.variants:
        try:
            for instance, made in opened.made(variant):
                if _is_named(variant.id, made.name, inner) and made.data is not None:
                    explained = _scalars(opened, variant, instance, (file, field, made.document, made.data))
                    return Outcome(tuple(explained), opened.diagnostics)
        except TemplateErrors as errors:
            found = tuple(
                opened.regions.places.template_error(error, variant.id, variant.context) for error in errors.errors
            )
            return Outcome((), (*opened.diagnostics, *found))
    raise UsageError(f'"{file}" is no file that the project renders')


def _place(root: Path, file: str) -> tuple[str, str, str]:
    """Give region, cluster and the rest of a generated file's path."""
    path = PurePosixPath(file)
    inside = path.relative_to(root.as_posix()) if path.is_absolute() and path.is_relative_to(root.as_posix()) else path
    parts = [part for part in inside.parts if part != "."]
    generated = parts.index("generated") + 1 if "generated" in parts else 0
    named = parts[generated:]
    if len(named) < 3:  # noqa: PLR2004 - region, cluster and a file
        raise UsageError(f'"{file}" is no file of a variant: expected generated/<region>/<cluster>/…')
    return named[0], named[1], "/".join(named[2:])


def _is_named(variant: VariantId, name: str, inner: str) -> bool:
    return inner == (name if name.startswith("bootstrap/") else f"{variant.case}/{name}")


def _scalars(
    opened: Opened, variant: Variant, instance: Instance, made: tuple[str, str, int, Any]
) -> Iterator[Explanation]:
    file, field, document, data = made
    start = resolve(data, field) if field else ()
    patching = opened.regions.patched(variant.id)
    for path in leaves(member(data, start), start):
        target = (f"{file}#{shown(path)}", path, member(data, path))
        touched = patching.touch(instance.template.path, document, path) if patching else None
        if patching and touched:
            yield Explanation(target[0], shown(path), target[2], patches=patching.locations(touched))
            continue
        before = touched.rendered[0] if touched is not None and touched.rendered else path
        source = explain_field(opened.engine, instance, variant.context, document, before)
        if source is not None:
            yield explained_field(opened, variant, target, source)


def explained_field(
    opened: Opened, variant: Variant, target: tuple[str, FieldPath, Any], source: FieldSource
) -> Explanation:
    """Turn what the template knows of a field into the whole chain."""
    name, path, value = target
    return Explanation(
        name,
        shown(path),
        value,
        tuple((_location(opened, spot), spot.source) for spot in source.spots),
        tuple(_location(opened, spot) for spot in source.literals),
        (*_origins(opened, variant, source.paths), *_keys(opened, variant, source.keys)),
        tuple(_origins(opened, variant, source.steering)),
    )


def _location(opened: Opened, spot: Spot) -> Location:
    """Place a spot at its column, by looking at the template's line."""
    try:
        line = opened.engine.loader.source(spot.template).split("\n")[spot.line - 1]
    except (OSError, IndexError):
        return Location(spot.template, spot.line)
    words = spot.source.split()
    column = line.find(words[0]) if words else len(line) - len(line.lstrip())
    return Location(spot.template, spot.line, column + 1 if column >= 0 else None)


def _origins(opened: Opened, variant: Variant, paths: Iterable[FieldPath]) -> Iterator[ValueOrigin]:
    for path in paths:
        known = opened.known.get((variant.id, path))
        if known is None:
            found = opened.regions.places.values.of(variant.id, path)
            known = opened.known[variant.id, path] = ValueOrigin(shown(path), found.winners, found.losers)
        yield known


def _keys(opened: Opened, variant: Variant, paths: Iterable[FieldPath]) -> Iterator[ValueOrigin]:
    """Give the lines of mapping keys, which a loop may print."""
    values = opened.regions.places.values
    for path in paths:
        found = values.of(variant.id, path)
        winners = tuple(
            replace(one, location=values.place(one.location.file, one.path, key=True), value=path[-1])
            for one in found.winners
        )
        yield ValueOrigin(f"key {shown(path)}", winners, ())
