"""`verify`: does the committed tree still say what its inputs say."""

from __future__ import annotations

from pathlib import Path

from gitopsgen import argocd
from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Outcome
from gitopsgen.model.rendered import Rendered
from gitopsgen.pipeline.acceptance import Acceptance
from gitopsgen.pipeline.division import FEW
from gitopsgen.pipeline.findings import collapsed
from gitopsgen.pipeline.fleet import Fleet
from gitopsgen.pipeline.project import open_project
from gitopsgen.pipeline.work import RegionWork, kinds_by_case
from gitopsgen.tree import output_of
from gitopsgen.tree import verify as judge


def verify(root: Path, output: Path | None = None) -> Outcome[dict[str, tuple[str, ...]]]:
    """Render the fleet in memory and compare; gives the deviating files by kind of deviation.

    A project that does not render has its own findings, and is compared as far as it does.
    """
    opened = open_project(root, Selection())
    members = opened.members()
    opened.regions.is_shared = len(members) > FEW
    work = RegionWork(opened.regions, None)
    outcomes = list(work.judge(members))
    fleet = Fleet(opened.regions, opened.variants, kinds_by_case(outcomes))
    opened.engine.save()
    by_region: dict[str, list[Rendered]] = {outcome.region: [] for outcome in outcomes}
    for one in work.rendered:
        by_region[one.path.partition("/")[0]].append(one)
    by_region[argocd.REGION] = fleet.files()
    found = [*opened.diagnostics, *(one for outcome in outcomes for one in outcome.diagnostics)]
    found += [*fleet.diagnostics, *fleet.findings()]
    accepted = Acceptance(root, {})
    standing = [one for one in found if not accepted.accepts(one)]
    judged = judge(output_of(root, opened.project.settings.generated, output), by_region.items())
    return Outcome(judged.value, (*collapsed((*standing, *accepted.complaints)), *judged.diagnostics))
