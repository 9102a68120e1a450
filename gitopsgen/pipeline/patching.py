"""The patches of an overlay on their way into a variant's files, and back again for findings and explanations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gitopsgen.check import Finding
from gitopsgen.diagnostics import Diagnostic, Location
from gitopsgen.emit import UnwritableError, emit
from gitopsgen.model.project import Patch, Template
from gitopsgen.model.variant import Path
from gitopsgen.patches import Fault, Target, Touch, apply, diagnostic, digest, touch, unplaced
from gitopsgen.patches.findings import REFUSED
from gitopsgen.schemas import Kind
from gitopsgen.template.document import HEADER
from gitopsgen.template.instance import Made
from gitopsgen.template.naming import file_name

FindKind = Callable[[str, str], Kind | None]
_MANIFEST: Final = Template("", "manifest")
Rendered = tuple[Made, tuple[Patch, ...]]  # as its template gave it, and the patches that are for it


def is_for(patch: Patch, name: str, namespace: str) -> bool:
    """Tell whether a file of a case whose own namespace is given may hold the object that a patch is for."""
    target = Target.of(patch)
    own = file_name(_MANIFEST, (target.kind, target.name, target.namespace), namespace)
    start = f"{target.kind.lower()}-"
    elsewhere = not target.namespace and name.startswith(start) and name.endswith(f"-{own.removeprefix(start)}")
    return name == own or elsewhere


class NoPatches:
    """What almost every variant has: its files are as their templates gave them."""

    def of(self, made: Sequence[Made]) -> Sequence[Made]:
        """Give files as they are."""
        return made

    def findings(self) -> Sequence[Diagnostic]:
        """Give nothing."""
        return ()


class Patching:
    """The patches of one variant; `find_kind` gives the kinds of its cluster."""

    def __init__(self, patches: Sequence[Patch], find_kind: FindKind, texts: Mapping[str, str]) -> None:
        """Take what is to be changed."""
        self._patches = tuple(patches)
        self._find_kind = find_kind
        self._texts = texts
        self._met: dict[Target, int] = {}
        self._rendered: dict[tuple[str, int], Rendered] = {}
        self._found: list[Diagnostic] = []

    def of(self, made: Sequence[Made]) -> Sequence[Made]:
        """Give the files of one template with the patches that are for them, without those that a patch deletes."""
        return [kept for one in made if (kept := self._patched(one)) is not None]

    def findings(self) -> Sequence[Diagnostic]:
        """Give what is wrong, once all files of the variant have passed."""
        missing = unplaced(self._patches, self._met)
        return [*self._found, *(diagnostic(patch, fault, self._texts) for patch, fault in missing)]

    def touch(self, template: str, document: int, path: Path) -> Touch | None:
        """Tell what touched a field of a file, None where no patch is for the file."""
        rendered = self._rendered.get((template, document))
        if rendered is None:
            return None
        one, patches = rendered
        return touch(one.data, patches, self._schema(one.data), path)

    def locations(self, touched: Touch) -> tuple[Location, ...]:
        """Give the overlay lines of the patches that touched a field."""
        return touched.locations(self._texts)

    def rendered_field(self, found: Finding) -> Path:
        """Give where the field of a finding stood before the patches: an item of a list may have moved."""
        path = tuple(found.field)
        touched = self.touch(found.manifest.template, found.manifest.document, path)
        return path if touched is None or not touched.rendered else touched.rendered[0][: len(path)]

    def placed(self, one: Diagnostic, found: Finding) -> Diagnostic:
        """Place a finding at the patch that set its field, where one did."""
        touched = self.touch(found.manifest.template, found.manifest.document, tuple(found.field))
        lines = self.locations(touched) if touched else ()
        return one.located(lines[0]) if lines else one

    def _patched(self, one: Made) -> Made | None:
        patches = tuple(self._for(one)) if one.is_resource else ()
        if not patches:
            return one
        self._rendered[one.template, one.document] = one, patches
        patched = apply(one.data, patches, self._schema(one.data))
        self._found += [diagnostic(patch, fault, self._texts) for patch, fault in patched.faults]
        return None if patched.data is None else self._written(one, patched.data, patches)

    def _for(self, one: Made) -> Iterator[Patch]:
        targets = {Target.of(patch): None for patch in self._patches}
        met = {target for target in targets if target.is_met_by(one.data)}
        for target in met:
            self._met[target] = self._met.get(target, 0) + 1
        return (patch for patch in self._patches if Target.of(patch) in met)

    def _written(self, one: Made, data: Any, patches: tuple[Patch, ...]) -> Made:
        try:
            content = emit(data, HEADER.format(template=one.template)).encode()
        except UnwritableError as error:
            self._found += [diagnostic(patch, Fault(REFUSED, (), str(error)), self._texts) for patch in patches]
            return one
        inputs = digest(one.inputs, patches)
        return replace(one, content=content, data=data, build=lambda: data, inputs=inputs, verdict=None, facts=None)

    def _schema(self, data: Any) -> Mapping[str, Any]:
        kind = self._find_kind(str(data.get("apiVersion", "")), str(data.get("kind", "")))
        return kind.schema if kind else {}
