"""From a field of a rendered document to the chain behind it: template lines, patches, values and their layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from gitopsgen.diagnostics import Location
from gitopsgen.model.variant import Path, Variant
from gitopsgen.pipeline.fields import member, resolve, shown
from gitopsgen.pipeline.project import Opened, ValueOrigin
from gitopsgen.template.errors import Spot
from gitopsgen.template.explain import FieldSource
from gitopsgen.template.explain import explain as explain_field
from gitopsgen.template.instance import ALL, Instance, Made
from gitopsgen.template.origins import leaves

Source = tuple[Variant, Instance, Made]  # what made a file


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole chain of one scalar.

    `written` are the template lines, with the expression that stands there; `literals` those whose own text
    is part of the value; `origins` the values it was made of; `steering` those that only chose the way to it;
    `lists` is the file that an entry of a kustomization stands for.
    """

    target: str
    field: str
    value: Any
    written: tuple[tuple[Location, str], ...] = ()
    literals: tuple[Location, ...] = ()
    origins: tuple[ValueOrigin, ...] = ()
    steering: tuple[ValueOrigin, ...] = ()
    patches: tuple[Location, ...] = ()
    lists: str = ""


def scalars(data: Any, field: str) -> Iterator[Path]:
    """Give the paths of all scalars at and below a field, as someone wrote it; native text is one.

    Raises UsageError where there is no such field.
    """
    start = resolve(data, field) if field else ()
    return leaves(member(data, start), start)


def chain(opened: Opened, source: Source, path: Path, file: str) -> Explanation:
    """Give the chain of one scalar of a variant's file; `file` is what to call it."""
    variant, instance, made = source
    value = made.content.decode() if made.data is None else member(made.data, path)
    target = (f"{file}#{shown(path)}" if path else file, path, value)
    patching = opened.regions.patched(variant.id)
    touched = patching.touch(instance.template.path, made.document, path) if patching else None
    if patching and touched:
        return Explanation(target[0], shown(path), target[2], patches=patching.locations(touched))
    before = touched.rendered[0] if touched is not None and touched.rendered else path
    part, inner = (int(before[0]), before[1:]) if made.document == ALL else (made.document, before)
    found = explain_field(opened.engine, instance, variant.context, part, inner)
    assert found is not None  # noqa: S101 - the path leads to something: the template made it
    return explained_field(opened, variant, target, found)


def explained_field(
    opened: Opened, variant: Variant, target: tuple[str, Path, Any], source: FieldSource
) -> Explanation:
    """Turn what the template knows of a field into the whole chain."""
    name, path, value = target
    return Explanation(
        name,
        shown(path),
        value,
        tuple((location(opened, spot), spot.source) for spot in source.spots),
        tuple(location(opened, spot) for spot in source.literals),
        (*origins(opened, variant, source.paths), *_keys(opened, variant, source.keys)),
        tuple(origins(opened, variant, source.steering)),
    )


def joined(own: Explanation, parts: Iterable[Explanation]) -> Explanation:
    """Give the chain of a scalar that was made of others."""
    known = (own, *parts)
    return replace(
        own,
        written=tuple(dict.fromkeys(one for each in known for one in each.written)),
        literals=tuple(dict.fromkeys(one for each in known for one in each.literals)),
        origins=_distinct(one for each in known for one in each.origins),
        steering=_distinct(one for each in known for one in each.steering),
        patches=tuple(dict.fromkeys(one for each in known for one in each.patches)),
    )


def _distinct(found: Iterable[ValueOrigin]) -> tuple[ValueOrigin, ...]:
    return tuple({(one.path, tuple(each.location for each in one.winners)): one for one in found}.values())


def location(opened: Opened, spot: Spot) -> Location:
    """Place a spot at its column, by looking at the template's line."""
    try:
        line = opened.engine.loader.source(spot.template).split("\n")[spot.line - 1]
    except (OSError, IndexError):
        return Location(spot.template, spot.line)
    words = spot.source.split()
    column = line.find(words[0]) if words else len(line) - len(line.lstrip())
    return Location(spot.template, spot.line, column + 1 if column >= 0 else None)


def origins(opened: Opened, variant: Variant, paths: Iterable[Path]) -> Iterator[ValueOrigin]:
    """Give for each value of a variant the layer that won, and those that lost."""
    for path in paths:
        known = opened.known.get((variant.id, path))
        if known is None:
            found = opened.regions.places.values.of(variant.id, path)
            known = opened.known[variant.id, path] = ValueOrigin(shown(path), found.winners, found.losers)
        yield known


def _keys(opened: Opened, variant: Variant, paths: Iterable[Path]) -> Iterator[ValueOrigin]:
    """Give the lines of mapping keys, which a loop may print."""
    values = opened.regions.places.values
    for path in paths:
        found = values.of(variant.id, path)
        winners = tuple(
            replace(one, location=values.place(one.location.file, one.path, key=True), value=path[-1])
            for one in found.winners
        )
        yield ValueOrigin(f"key {shown(path)}", winners, ())
