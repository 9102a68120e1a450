"""A project's directory to one frozen record, with everything that is wrong in its files.

Reads every input; must not merge values for a case nor render anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitopsgen.diagnostics import Outcome, Severity
from gitopsgen.load.blueprints import read_blueprints
from gitopsgen.load.inputs import Inputs
from gitopsgen.load.layers import read_layers, read_neighbours, read_others
from gitopsgen.load.memory import Memory
from gitopsgen.load.references import check_classes, check_names, check_uses
from gitopsgen.load.regions import Facts
from gitopsgen.load.rollouts import RELEASES, check_clusters
from gitopsgen.load.settings import read_settings
from gitopsgen.model.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.load.layers import Layers
    from gitopsgen.model.project import Blueprint, Region, Settings

__all__ = ["Memory", "load", "settings_of"]


def load(
    root: Path,
    *,
    regions: tuple[str, ...] = (),
    instead: Mapping[str, bytes] | None = None,
    memory: Memory | None = None,
) -> Outcome[Project]:
    """Read a project; with globs in `regions`, only those regions and what they refer to.

    `instead` gives other contents of some files, for questions of the kind "what if"; `memory` is for those who read
    a project again and again.
    Gives every finding of every file that was read, and a project as whole as the files allow.
    Raises UsageError where the directory has no `gitopsgen.yaml`.
    """
    inputs = Inputs(root, instead=instead or {}, memory=memory)
    settings = read_settings(inputs)
    blueprints = read_blueprints(inputs, settings.blueprints)
    layers = read_layers(inputs, settings.overlays, blueprints, regions)
    facts = Facts(inputs, layers)
    found = _regions(facts, blueprints, is_whole=not regions)
    others = _others(facts, blueprints, found) if regions else {}
    for file in (file for folder in settings.judging for file in inputs.walk(folder)):
        inputs.raw(file)
    diagnostics = inputs.diagnostics()
    project = _project(settings, blueprints, found, layers, inputs)
    unclear = frozenset(finding.location for finding in diagnostics if finding.severity is Severity.ERROR)
    return Outcome(replace(project, others=others, unclear=unclear), diagnostics)


def settings_of(root: Path) -> Settings:
    """Read the settings alone, for questions that need no more; what is wrong in them `load` tells.

    Raises UsageError where the directory has no `gitopsgen.yaml`.
    """
    return read_settings(Inputs(root))


def _regions(facts: Facts, blueprints: dict[str, Blueprint], *, is_whole: bool) -> dict[str, Region]:
    read = facts.layers.read_regions
    for region in read:
        facts.merge(region)
    neighbours = {name for region in read for name in _named(facts, region)}
    read_neighbours(facts.inputs, facts.layers, blueprints, neighbours)
    for region in sorted(neighbours):
        facts.merge(region)
    known = [region for region in read if region in facts.merged]
    incomplete = {region for region in known if facts.report_missing(region)}
    check_names(facts, blueprints)
    check_uses(facts, blueprints)
    check_classes(facts)
    check_clusters(facts, f"{facts.layers.folder}/{RELEASES}", facts.layers.releases)
    facts.report_merging(is_whole=is_whole)
    return {region: facts.record(region, is_complete=region not in incomplete) for region in known}


def _others(facts: Facts, blueprints: dict[str, Blueprint], found: Mapping[str, Region]) -> dict[str, Region]:
    """Give the regions with which those asked for share a total; none where they run no case that shares one."""
    sharing = {name for name, blueprint in blueprints.items() if blueprint.shares}
    if not any(sharing & set(cluster.cases) for region in found.values() for cluster in region.clusters):
        return {}
    others = read_others(facts.inputs, facts.layers, blueprints, sharing)
    for region in others:
        facts.merge(region)
    known = [region for region in others if region in facts.merged]
    return {region: facts.record(region, is_complete=not facts.report_missing(region)) for region in known}


def _named(facts: Facts, region: str) -> list[str]:
    names = facts.merged[region].get("failover") if region in facts.merged else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _project(
    settings: Settings, blueprints: dict[str, Blueprint], regions: dict[str, Region], layers: Layers, inputs: Inputs
) -> Project:
    return Project(
        settings=settings,
        blueprints=dict(sorted(blueprints.items())),
        regions=dict(sorted(regions.items())),
        version_sets=dict(sorted(layers.version_sets.items())),
        images=layers.images,
        digests=dict(sorted(inputs.digests.items())),
        overlays=dict(sorted(layers.overlays.items())),
        texts=inputs.texts,
        known_regions=layers.known_regions,
        unread=frozenset(inputs.unread),
        rollouts=layers.rollouts,
        releases=dict(sorted(layers.releases.items())),
        instead=inputs.instead,
    )
