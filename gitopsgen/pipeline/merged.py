"""`values`: what a variant is given, all layers merged, with the place that set each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import Location, Outcome
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


def merged_values(root: Path, target: str, path: str = "") -> Outcome[MergedValues]:
    """Give the merged values of `REGION/[CLUSTER/]CASE`, or what stands at a path of them.

    Raises UsageError where there is no such variant or path.
    """
    opened, variant = open_variant(root, target)
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
