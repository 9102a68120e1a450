"""Which patch touched a field of an object, and where in the overlay; for those who explain a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitopsgen.diagnostics import Location
from gitopsgen.model.project import Patch
from gitopsgen.model.variant import Path
from gitopsgen.patches.apply import applied
from gitopsgen.patches.leaf import Leaf, marked
from gitopsgen.patches.strategic import GONE
from gitopsgen.schemas.kind import Schema
from gitopsgen.source import locate


@dataclass(frozen=True, slots=True)
class Touch:
    """Where the scalars at and below one field of a patched object come from.

    `patches` are the patches that wrote any of them, each with the path in its overlay file;
    `rendered` are the paths of the others in the object as the template gave it (an item of a list may have moved).
    """

    patches: tuple[tuple[Patch, Path], ...] = ()
    rendered: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Whether any patch touched the field."""
        return bool(self.patches)

    def locations(self, texts: Mapping[str, str]) -> tuple[Location, ...]:
        """Give the lines of the patches."""
        return tuple(locate(texts.get(patch.file, ""), path, file=patch.file) for patch, path in self.patches)


def touch(data: Any, patches: Sequence[Patch], schema: Schema, path: Path) -> Touch:
    """Tell what touched the field at `path` of the object that `patches` make of the rendered `data`."""
    result = _history(data, patches, schema)
    for step in path:
        result = _below(result, step)
    leaves = list(_leaves(result))
    written = {(leaf.patch, leaf.path): None for leaf in leaves if leaf.patch is not None}
    return Touch(
        tuple((patches[number], place) for number, place in written),
        tuple(leaf.path for leaf in leaves if leaf.patch is None),
    )


def _history(data: Any, patches: Sequence[Patch], schema: Schema) -> Any:
    """Give the patched object with every scalar marked by where it came from."""
    result = marked(data, lambda value, path: Leaf(value, None, path))
    for number, patch in enumerate(patches):
        changed, faults = applied(result, _marked_patch(patch, number), schema)
        if changed is GONE:
            return None
        if not faults:
            result = changed
    return result


def _marked_patch(patch: Patch, number: int) -> Patch:
    def mark(value: Any, path: Path) -> Any:
        # null deletes: whoever applies the patch must see it
        return None if value is None and path[0] == "strategicMerge" else Leaf(value, number, (*patch.path, *path))

    if patch.strategic_merge is not None:
        return replace(patch, strategic_merge=marked(patch.strategic_merge, mark, ("strategicMerge",)))
    operations = tuple(
        {**one, "value": marked(one["value"], mark, ("jsonPatch", index, "value"))} if "value" in one else one
        for index, one in enumerate(patch.json_patch)
    )
    return replace(patch, json_patch=operations)


def _below(data: Any, step: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(str(step))
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _leaves(data: Any) -> Iterator[Leaf]:
    if isinstance(data, Leaf):
        yield data
    elif isinstance(data, Mapping | list):
        for value in data.values() if isinstance(data, Mapping) else data:
            yield from _leaves(value)
