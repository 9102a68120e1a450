"""From a field of a rendered object to the line that a person can mend, for a comparison with the work tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as Directory

from gitopsgen.diagnostics import Location, Related, UsageError
from gitopsgen.model.selection import Selection
from gitopsgen.model.variant import Path, Variant
from gitopsgen.pipeline.chains import Explanation, chain
from gitopsgen.pipeline.fields import has_member, member
from gitopsgen.pipeline.project import Opened, UnrenderedError, open_project
from gitopsgen.pipeline.together import path_of
from gitopsgen.template.instance import Instance, Made
from gitopsgen.template.origins import leaves

_Source = tuple[Variant, Instance, Made]
_MOST = 4  # clusters that are opened: of a change in many, a few tell the cause


class Causes:
    """The lines behind fields, as the work tree has them; what cannot be told is None."""

    def __init__(self, root: Directory, generated: str) -> None:
        """Look things up in one project."""
        self._root = root
        self._generated = generated
        self._opened: dict[tuple[str, str], Opened | None] = {}
        self._made: dict[str, dict[str, _Source]] = {}

    def is_known(self, file: str) -> bool:
        """Tell whether asking about a file costs little."""
        return tuple(file.split("/")[:2]) in self._opened

    def of(self, file: str, field: Path) -> tuple[Location, tuple[Related, ...]] | None:
        """Give the place of a field of a file in the output tree, and the other places that have to do with it."""
        steps = file.split("/")
        if len(steps) < 4:  # noqa: PLR2004 - region, cluster, case, file
            return None
        opened = self._open(steps[0], steps[1])
        source = self._sources(opened, "/".join(steps[:3])).get(file) if opened else None
        if opened is None or source is None or not has_member(source[2].data, field):
            return None
        leaf = next(iter(leaves(member(source[2].data, field), field)), field)
        told = list(dict.fromkeys(_told(chain(opened, source, leaf, f"{self._generated}/{file}"))))
        return (told[0].location, tuple(told[1:])) if told else None

    def _open(self, region: str, cluster: str) -> Opened | None:
        key = (region, cluster)
        if key not in self._opened and len(self._opened) < _MOST:
            try:
                self._opened[key] = open_project(self._root, Selection(regions=(region,), clusters=(cluster,)))
            except UsageError:  # the city is gone, or new and not rendered yet
                self._opened[key] = None
        return self._opened.get(key)

    def _sources(self, opened: Opened, address: str) -> dict[str, _Source]:
        if address not in self._made:
            self._made[address] = {
                path_of(variant.id, made.name): (variant, instance, made)
                for variant in opened.variants
                if str(variant.id) == address
                for instance, made in _made(opened, variant)
            }
        return self._made[address]


def _made(opened: Opened, variant: Variant) -> list[tuple[Instance, Made]]:
    try:
        return list(opened.made(variant))
    except UnrenderedError:  # `render` says what is wrong; a comparison of what stands there goes on
        return []


def _told(explanation: Explanation) -> Iterator[Related]:
    """Give the places of a field, the best to mend first: a patch, the overlay that set it, the template."""
    for where in explanation.patches:
        yield Related("patched here", where)
    for origin in explanation.origins:
        for winner in origin.winners:
            yield Related(f"set here ({winner.layer})", winner.location)
    for where, _ in explanation.written:
        yield Related("written here", where)
    for where in explanation.literals:
        yield Related("written here", where)
