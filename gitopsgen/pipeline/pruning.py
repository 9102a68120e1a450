"""Which generated files go when inputs change, told before anything is changed: a copy of the inputs is rendered."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from gitopsgen.diagnostics import Outcome, Severity
from gitopsgen.load.settings import SETTINGS_FILE
from gitopsgen.model.project import Project
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline.options import RenderOptions
from gitopsgen.pipeline.start import render
from gitopsgen.scaffold.writing import apply


def pruned_by(
    project: Project, changes: Mapping[str, bytes | None], regions: Iterable[str], jobs: int
) -> Outcome[tuple[str, ...]]:
    """Give the files of some cities that the next render would remove, below the output folder, and its errors."""
    settings = project.settings
    chosen = tuple(sorted(set(regions)))
    if not chosen:
        return Outcome(())
    with TemporaryDirectory(prefix="gitopsgen-") as folder:
        copy = Path(folder)
        for name in (settings.blueprints, settings.overlays, *settings.judging):
            if (settings.root / name).is_dir():
                shutil.copytree(settings.root / name, copy / name)
        shutil.copy(settings.root / SETTINGS_FILE, copy / SETTINGS_FILE)
        apply(copy, {name: content for name, content in changes.items() if not name.startswith(".")})
        asked = RenderOptions(Selection(regions=chosen), settings.root / settings.generated, dry_run=True, jobs=jobs)
        report = render(copy, asked)
    errors = tuple(one for one in report.diagnostics if one.severity is Severity.ERROR)
    return Outcome(report.deleted, errors)
