"""`values`: what a variant is given, all layers merged, with the place that set each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import Location, Outcome, UsageError
from gitopsgen.load import settings_of
from gitopsgen.model.variant import Path as FieldPath
from gitopsgen.pipeline.chains import origins
from gitopsgen.pipeline.fields import member, resolve
from gitopsgen.pipeline.project import open_variant
from gitopsgen.review.masking import masked_values
from gitopsgen.template.origins import leaves


@dataclass(frozen=True, slots=True)
class Setter:
    """Who set a value: the place, and what people call the layer."""

    location: Location
    layer: str


@dataclass(frozen=True, slots=True)
class MergedValues:
    """The values of a variant at and below a path, secrets masked; `setters` by the path of each scalar."""

    variant: str
    path: FieldPath
    value: Any
    setters: dict[FieldPath, tuple[Setter, ...]]


def merged_values(root: Path, named: tuple[str, str, str]) -> Outcome[MergedValues]:
    """Give the merged values of a variant, or what stands at a path of them.

    It is named `REGION[/CLUSTER]`, case and path, or `REGION/[CLUSTER/]CASE` and path.
    Raises UsageError where there is no such variant or path.
    """
    place, case, path = _parted(root, named)
    opened, variant = open_variant(root, f"{place}/{case}", "/" if place != named[0] else " ")
    context = dict(variant.context)
    at = resolve(context["values"], path) if path else ()
    whole: FieldPath = ("values", *at)
    setters = {
        inner[1:]: tuple(Setter(winner.location, winner.layer) for winner in origin.winners)
        for inner in leaves(member(context, whole), whole)
        for origin in origins(opened, variant, (inner,))
    }
    shown = member(masked_values(context["values"]), at)  # what it is called stands above it
    return Outcome(MergedValues(str(variant.id), at, shown, setters), opened.diagnostics)


def _parted(root: Path, named: tuple[str, str, str]) -> tuple[str, str, str]:
    """Give place, case and path, whichever way they are named."""
    first, second, third = (one.strip("/") for one in named)
    place, slash, last = first.rpartition("/")
    if slash and not third and (not second or (_is_case(root, last) and not _is_case(root, second))):
        return place, last, second
    if not second:
        raise UsageError(f'"{first}" names no case: expected REGION CASE, or REGION/[CLUSTER/]CASE')
    return first, second, third


def _is_case(root: Path, name: str) -> bool:
    return (root / settings_of(root).blueprints / name / "blueprint.yaml").is_file()
