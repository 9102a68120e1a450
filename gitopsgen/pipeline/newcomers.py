"""Files that no ledger knows yet: what templates would make of other values, and do not make of today's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from gitopsgen.model.project import Project
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.engines import engine_of
from gitopsgen.pipeline.together import path_of
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.instance import Instance, Made
from gitopsgen.tree import Entry


class Newcomers:
    """Renders single templates of a project, only those that may give a new file."""

    def __init__(self, project: Project) -> None:
        """Take the project as it is: its templates are those of today."""
        self._project = project
        self._engine = engine_of(project)

    def of(
        self, variants: Iterable[Variant], entries: Mapping[str, Entry], affected: Collection[str]
    ) -> dict[str, str]:
        """Give new files with their owners, for variants with other values and the ledgers' `entries`.

        Looked at are `affected` templates, and those that give a variant nothing today. A template that fails with the
        other values gives nothing: the render would tell, and write nothing.
        """
        known: dict[str, set[str]] = defaultdict(set)
        for entry in entries.values():
            known[entry.owner].add(entry.template)
        found: dict[str, str] = {}
        for variant in variants:
            owner = str(variant.id)
            for instance in self._engine.instances(self._project.blueprints[variant.id.case]):
                path = instance.template.path
                if owner in known and (path in affected or path not in known[owner]):
                    names = (path_of(variant.id, made.name) for made in self._made(instance, variant))
                    found |= {name: owner for name in names if name not in entries}
        return found

    def _made(self, instance: Instance, variant: Variant) -> Iterator[Made]:
        try:
            yield from self._engine.render(instance, variant.context)
        except TemplateErrors:
            return
