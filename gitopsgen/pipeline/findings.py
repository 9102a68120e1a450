"""What templates and checks found, as diagnostics at the line that a person can mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from gitopsgen.check import Finding
from gitopsgen.compose import Schemas, Selection
from gitopsgen.compose.provenance import Origins
from gitopsgen.diagnostics import Diagnostic, Location, Related, Severity, UsageError
from gitopsgen.model.project import Project
from gitopsgen.model.variant import Path, VariantId
from gitopsgen.template.errors import Spot, TemplateError
from gitopsgen.template.explain import FieldSource
from gitopsgen.template.expressions import Expressions
from gitopsgen.template.origins import Finder

CODES: Final = {
    "invalid-template": "GG301",
    "forbidden-construct": "GG302",
    "undefined-variable": "GG303",
    "wrong-operand": "GG304",
    "unprintable-value": "GG305",
    "unknown-filter": "GG306",
    "unknown-test": "GG307",
    "missing-file": "GG308",
    "missing-template": "GG309",
    "unlocked-image": "GG310",
    "broken-yaml": "GG311",
    "ambiguous-scalar": "GG312",
    "duplicate-key": "GG313",
    "joined-lines": "GG314",
    "unindented-lines": "GG315",
    "too-much-work": "GG316",
    "misplaced-omit": "GG317",
    "unsafe-native-value": "GG318",
    "missing-name": "GG319",
    "file-claimed-twice": "GG320",
    "unplaced-patch": "GG321",
}
# The template is right, a value is not: told at the line that set it.
_OF_VALUES: Final = {"unlocked-image", "unprintable-value", "unsafe-native-value"}
_HINTS: Final = {
    "undefined-variable": "give it a value in an overlay or in the blueprint's values.yaml, or use '| default(…)'",
    "unlocked-image": "add it to overlays/images.lock.yaml, then run 'gitopsgen pins update'",
    "ambiguous-scalar": "quote it, or write the value out",
}


class Places:
    """Finds the overlay lines behind values, for one run."""

    def __init__(
        self, project: Project, selection: Selection, expressions: Expressions, schemas: Schemas | None = None
    ) -> None:
        """Look things up in one project."""
        self.project = project
        self.expressions = expressions
        self.values = Origins(project, selection, schemas)

    def template_error(self, error: TemplateError, variant: VariantId | None, context: Any) -> Diagnostic:
        """Give an error of a template at its line, with the overlay lines of the values to blame."""
        spot = error.spot or Spot("", 1)
        related = self.related(self._paths(error, context), variant) if variant else ()
        where = Location(spot.template, spot.line, spot.column)
        if error.rule in _OF_VALUES and related:
            written = Related("written here", where)
            where = max(related, key=self._closeness).location
            related = (*(one for one in related if one.location != where), written)
        if variant:
            related = (*related, Related(f"while rendering {variant}", Location(spot.template, spot.line)))
        hint = error.hint or _HINTS.get(error.rule, "")
        return Diagnostic(CODES[error.rule], error.rule, Severity.ERROR, error.message, where, hint, related)

    def _closeness(self, place: Related) -> tuple[bool, int]:
        """Rank the lines that made a value: the nearer a layer is to the city, the likelier it is the one to mend."""
        file = place.location.file
        return file.startswith(f"{self.project.settings.overlays}/"), file.count("/")

    def _paths(self, error: TemplateError, context: Any) -> Iterable[Path]:
        finder = Finder(self.expressions, context)
        for node in error.nodes:
            try:
                finder.find(node)
            except (TemplateError, KeyError, IndexError, TypeError, AttributeError):
                continue  # the expression is broken: what it read cannot be told
        return finder.found.paths

    def related(self, paths: Iterable[Path], variant: VariantId) -> tuple[Related, ...]:
        """Give the lines that set the values at paths of a variant's context."""
        places = [place for path in paths for place in self.origins(path, variant)]
        return tuple(dict.fromkeys(places))

    def origins(self, path: Path, variant: VariantId) -> Iterable[Related]:
        """Give the line that set one value, and which layer that is."""
        try:
            winners = self.values.of(variant, path).winners
        except UsageError:
            return
        for winner in winners:
            yield Related(f"set here ({winner.layer})", winner.location)

    def finding(self, found: Finding, source: FieldSource | None) -> Diagnostic:
        """Give what a check found: at the overlay line that set the field, else at its template line."""
        related = list(self.related(source.paths, found.manifest.variant)) if source else []
        spots = [Location(spot.template, spot.line, spot.column) for spot in source.spots] if source else []
        written = [Related("written here", spot) for spot in spots]
        file = Location(f"{self.project.settings.generated}/{found.manifest.file}")
        where = related[0].location if related else spots[0] if spots else Location(found.manifest.template, 1)
        rest = [one for one in (*related, *written) if one.location != where]
        field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in found.field).lstrip(".")
        rendered = Related(f"rendered as {field or 'the object'}", file)
        return Diagnostic(found.code, found.name, found.severity, found.message, where, found.hint, (*rest, rendered))


def collapsed(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Fold equal findings of many variants at one place into one, and say in how many more it stands.

    The one that is shown does not depend on the order in which they were found.
    """
    alike: dict[tuple[str, str, Location], set[Diagnostic]] = {}
    for one in diagnostics:
        alike.setdefault((one.code, one.message, one.location), set()).add(one)
    return tuple(_with_count(min(ones, key=_places), len(ones) - 1) for ones in alike.values())


def _places(diagnostic: Diagnostic) -> tuple[tuple[str, int, str], ...]:
    return tuple((one.location.file, one.location.line or 0, one.message) for one in diagnostic.related)


def _with_count(diagnostic: Diagnostic, more: int) -> Diagnostic:
    if not more:
        return diagnostic
    note = Related(f"and the same in {more} more place{'' if more == 1 else 's'}", diagnostic.location)
    return replace(diagnostic, related=(*diagnostic.related, note))


Explain = Callable[[Finding], FieldSource | None]
