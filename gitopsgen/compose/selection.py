"""Which variants a command is about, and what it sets on top of their overlays.

Everything wrong here was typed on the command line: UsageError, never a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.selection import Condition, Selection
from gitopsgen.source import read
from gitopsgen.values import did_you_mean, parse_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitopsgen.model.project import Blueprint, Cluster, Project, Region

_CONDITION: Final = re.compile(r"\s*([A-Za-z0-9]+)\s*(!=|==|=)\s*([^,=!\s]*)\s*")
_GLOB: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Target:
    """One variant to be: its region, its cluster (with the version set it is to run) and its case."""

    region: Region
    cluster: Cluster
    blueprint: Blueprint


def parse_selector(text: str) -> tuple[Condition, ...]:
    """Read `tier=edge-small,wave!=0`."""
    conditions = []
    for part in text.split(","):
        match = _CONDITION.fullmatch(part)
        if match is None:
            raise UsageError(f'"{part}" is no condition: write key=value or key!=value')
        conditions.append((match[1], "!=" if match[2] == "!=" else "=", match[3]))
    return tuple(conditions)


def parse_set(text: str) -> tuple[str, Any]:
    """Read `autoscaling.max=20`: the value is a YAML scalar, or a list or mapping in flow style."""
    path, separator, written = text.partition("=")
    if not separator or parse_path(path) is None:
        raise UsageError(f'"{text}" sets nothing: write path=value, such as autoscaling.max=20')
    if not written.strip():
        raise UsageError(f'"{text}" gives no value: write {path}=null, or {path}=\'""\' for no text')
    outcome = read("--set", written.encode())
    if outcome.diagnostics:
        first = outcome.diagnostics[0]
        raise UsageError(f'value of "{path}": {first.message}' + (f"; {first.hint}" if first.hint else ""))
    return path, outcome.value.data


def select(project: Project, selection: Selection) -> tuple[Target, ...]:
    """Give the variants that are asked for, sorted by address; raises UsageError where there are none."""
    _check_names("region", selection.regions, project.known_regions)
    _check_names("case", selection.cases, project.blueprints)
    clusters = {cluster.name for region in project.regions.values() for cluster in region.clusters}
    if selection.clusters and clusters:
        _check_names("cluster", selection.clusters, clusters)
    if selection.version_set:
        _check_names("version set", (selection.version_set,), project.version_sets)
    targets = tuple(_targets(project, selection))
    if selection.selector:
        targets = _matching(targets, selection.selector)
    if not targets and not selection.is_whole and not project.unread:
        raise UsageError("the selection selects nothing: no variant fits all of it")
    return tuple(sorted(targets, key=lambda target: (target.region.name, target.cluster.name, target.blueprint.name)))


def _targets(project: Project, selection: Selection) -> Iterator[Target]:
    for region in project.regions.values():
        if not is_chosen(region.name, selection.regions):
            continue
        for cluster in region.clusters:
            if not is_chosen(cluster.name, selection.clusters):
                continue
            for case in cluster.cases:
                blueprint = project.blueprints.get(case)
                if blueprint and is_chosen(case, selection.cases):
                    yield Target(region, cluster, blueprint)


def is_chosen(name: str, globs: tuple[str, ...]) -> bool:
    """Tell whether a name is among those that are asked for: one glob fits it, or there is none."""
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _check_names(what: str, globs: tuple[str, ...], known: Collection[str]) -> None:
    for glob in globs:
        if any(fnmatchcase(name, glob) for name in known):
            continue
        if _GLOB & set(glob):
            raise UsageError(f'no {what} matches "{glob}"')
        hint = did_you_mean(glob, known)
        raise UsageError(f'{what} "{glob}" does not exist' + (f"; {hint}" if hint else ""))


def _matching(targets: tuple[Target, ...], conditions: tuple[Condition, ...]) -> tuple[Target, ...]:
    known = {key for target in targets for key in facts_of(target)}
    for key, _, _ in conditions:
        if targets and key not in known:
            raise UsageError(f'selector key "{key}" is no fact of a region; {did_you_mean(key, known)}'.rstrip("; "))
    return tuple(target for target in targets if _fits(facts_of(target), conditions))


def _fits(facts: Mapping[str, Any], conditions: tuple[Condition, ...]) -> bool:
    return all((value in texts(facts.get(key))) == (operator == "=") for key, operator, value in conditions)


def facts_of(target: Target) -> dict[str, Any]:
    """Give the facts that selectors can ask for, by name."""
    simple = {key: value for key, value in target.region.facts.items() if not isinstance(value, dict)}
    return {
        **simple,
        "region": target.region.name,
        "cluster": target.cluster.name,
        "class": target.cluster.class_name,
        "case": target.blueprint.name,
        "versionSet": target.cluster.version_set,
    }


def texts(value: Any) -> list[str]:
    """Give a fact as it would be typed; a list fits by any of its items."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        return [str(value.get("name", ""))]
    return [str(value).lower() if isinstance(value, bool) else str(value)]
