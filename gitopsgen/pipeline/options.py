"""What a run is asked for, and what it has to tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.model.selection import Selection
from gitopsgen.model.variant import VariantId

if TYPE_CHECKING:
    from gitopsgen.load.memory import Memory


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What to render, and what to do with it.

    `output` is None for the project's own output directory; `jobs` counts processes;
    `check` and `dry_run` write nothing, `stdout` writes one stream of documents instead of files.
    `edits` are inputs as they are to become: they are rendered, and written if the tree is.
    `only` names the regions that may be written, where others are rendered for the fleet's own files alone.
    `policies` are folders with rules of one's own, beside those of the project.
    `memory` is for a process that renders one project again and again.
    `tells_accepted` gives also the findings that comments accept, for those who sift them themselves.
    """

    selection: Selection
    output: Path | None = None
    check: bool = False
    dry_run: bool = False
    stdout: bool = False
    force: bool = False
    jobs: int = 1
    fail_on: Severity = Severity.ERROR
    edits: Mapping[str, bytes] = field(default_factory=dict)
    only: frozenset[str] | None = None
    policies: tuple[str, ...] = ()
    tells_accepted: bool = False
    memory: Memory | None = None

    def may_write(self, region: str) -> bool:
        """Tell whether a region is among those that may be written."""
        return self.only is None or region in self.only

    @property
    def writes(self) -> bool:
        """Whether the run may touch the output tree."""
        return not (self.check or self.dry_run or self.stdout)


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a run found and did; paths are relative to the output directory, `unchanged` counts files.

    `is_reshaped` says that nothing was written since edits change which objects there are: what Argo CD may deploy
    depends on that, and only a run over the whole fleet tells. `regions` names those in which a finding was made, in
    the order of `diagnostics`; it is empty for a run that found nothing changed. `accepted` counts what
    comments accept.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: int = 0
    variants: tuple[VariantId, ...] = ()
    manifests: int = 0
    stream: Iterable[str] = ()
    is_reshaped: bool = False
    regions: tuple[tuple[str, ...], ...] = ()
    accepted: int = 0
