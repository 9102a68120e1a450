"""A run over the whole fleet for which nothing has changed: told from digests of inputs and stats of outputs.

Imports little: this is the run that people make most often.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.model.variant import VariantId
from gitopsgen.pipeline.keys import inputs_key, names_other_output, tool_key
from gitopsgen.pipeline.memory import Memory, Remembered
from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.tree import Output, TreeState, output_of
from gitopsgen.tree.paths import STAGE, TRACES

if TYPE_CHECKING:
    from gitopsgen.model.project import Project, Settings

_FLEET = ""


def unchanged_fleet(root: Path, options: RenderOptions) -> RenderReport | None:
    """Give the report of the last run where nothing has changed since, None where something may have."""
    is_plain = options.selection.is_whole and not (options.stdout or options.force or options.edits or options.policies)
    if not is_plain or names_other_output(root):
        return None
    memory = Memory.load(output_of(root, "generated", options.output))
    fleet = memory.records.get(_FLEET)
    if fleet is None or any((root / folder).exists() for folder in fleet.facts.get("absent", ())):
        return None
    if _key(root, options, fleet.facts["folders"]) != fleet.key:
        return None
    has_untold = options.tells_accepted and fleet.facts["accepted"]
    if has_untold or any(one.severity is options.fail_on for one in fleet.findings):
        return None
    state = TreeState.load(memory.output)
    if has_leftovers(memory.output) or not all(
        state.is_clean(region, key) for region, key in fleet.facts["regions"].items()
    ):
        return None
    state.save()
    return _report(fleet)


def has_leftovers(output: Output) -> bool:
    """Tell whether a stopped run left something for the next working run to clear."""
    try:
        return any(one.name.startswith(STAGE) for one in output.path.iterdir())
    except OSError:
        return True


def _key(root: Path, options: RenderOptions, folders: list[str]) -> str | None:
    inputs = inputs_key(root, folders)
    if inputs is None:
        return None
    chosen = f"{options.selection.sets!r} {options.selection.version_set}"
    return sha256(f"{tool_key()} {inputs} {chosen}".encode()).hexdigest()


def _report(fleet: Remembered) -> RenderReport:
    facts = fleet.facts
    variants = tuple(VariantId(*address) for address in facts["variants"])
    count = {"manifests": facts["manifests"], "accepted": facts["accepted"]}
    return RenderReport(fleet.findings, unchanged=facts["files"], variants=variants, **count)


def fleet_key(settings: Settings, options: RenderOptions) -> str | None:
    """Give a digest of all that a run over the whole fleet depends on, None where it cannot be read."""
    return _key(settings.root, options, _present(settings))


def _folders(settings: Settings) -> tuple[str, ...]:
    return settings.blueprints, settings.overlays, *settings.judging


def _present(settings: Settings) -> list[str]:
    return [folder for folder in _folders(settings) if (settings.root / folder).is_dir()]


def remember_fleet(project: Project, options: RenderOptions, report: RenderReport, memory: Memory, began: str) -> None:
    """Keep the report of a run over the whole fleet for the next one; `began` is the key from before it read anything.

    Nothing is kept where an input was saved meanwhile: nobody knows which of both was rendered.
    """
    memory.records.pop(_FLEET, None)
    present = _present(project.settings)
    key = _key(project.settings.root, options, present)
    if key is None or key != began:
        return
    facts: dict[str, Any] = {
        "folders": present,
        "absent": [folder for folder in _folders(project.settings) if folder not in present],
        "files": report.unchanged + len(report.created) + len(report.updated),
        "manifests": report.manifests,
        "accepted": report.accepted,
        "variants": [[one.region, one.cluster, one.case] for one in report.variants],
        "regions": {region: one.key for region, one in memory.records.items() if region},
    }
    facts["regions"] |= {"argocd": "", TRACES: ""}
    memory.records[_FLEET] = Remembered(key, facts, report.diagnostics)
