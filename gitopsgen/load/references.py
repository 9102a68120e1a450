"""Every name that a fact gives must exist: regions, waves, version sets, cases; and every overlay must have a use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.load.clusters import named_classes
from gitopsgen.load.findings import EVEN_SERVERS, INVALID_FACT, UNKNOWN_NAME, UNUSED_OVERLAY
from gitopsgen.load.regions import clusters_of
from gitopsgen.values import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitopsgen.load.layers import Layers
    from gitopsgen.load.regions import Facts


def check_names(facts: Facts, cases: Collection[str]) -> None:
    """Report every name in the facts of the regions that does not exist."""
    for region in facts.layers.read_regions:
        if region not in facts.merged:
            continue
        merged = facts.merged[region]
        found = (
            *_failover(region, merged, facts.layers),
            *_wave(merged, is_certain=not facts.stacks[region].missing),
            *_hub(merged, facts.layers),
            *_clusters(merged, facts.layers, cases, facts.known_classes(region)),
        )
        for problem in found:
            facts.report(region, problem)


def _failover(region: str, facts: Mapping[str, Any], layers: Layers) -> Iterator[Problem]:
    names = facts.get("failover")
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if name == region:
            message = f'failover city "{name}" is the city itself'
            yield Problem(INVALID_FACT, ("failover", index), message, "name another city")
        elif isinstance(name, str) and name not in layers.known_regions:
            yield unknown("region", name, ("failover", index), layers.known_regions)


def _wave(facts: Mapping[str, Any], *, is_certain: bool) -> Iterator[Problem]:
    """Check the wave; where a layer is not there, no waves may mean that it would have declared them."""
    declared = facts.get("waves")
    if declared is None and not is_certain:
        return
    waves = [wave.get("wave") for wave in declared if isinstance(wave, dict)] if isinstance(declared, list) else []
    wave = facts.get("wave")
    if type(wave) is int and wave not in waves:
        known = f"known: {', '.join(map(str, waves))}" if waves else 'the fleet declares no "waves"'
        yield Problem(UNKNOWN_NAME, ("wave",), f"wave {wave} does not exist", known)


def _hub(facts: Mapping[str, Any], layers: Layers) -> Iterator[Problem]:
    hub = facts.get("hub")
    if isinstance(hub, str) and hub not in layers.known_regions:
        yield unknown("region", hub, ("hub",), layers.known_regions)


def _clusters(
    facts: Mapping[str, Any], layers: Layers, cases: Collection[str], known_classes: set[str]
) -> Iterator[Problem]:
    for name, cluster in clusters_of(facts).items():
        named = cluster.get("class")
        if isinstance(named, str) and named not in known_classes:
            yield unknown("class", named, ("clusters", name, "class"), known_classes)
        yield from _servers(name, cluster)
        version_set = cluster.get("versionSet")
        if isinstance(version_set, str) and version_set not in layers.version_sets:
            path = ("clusters", name, "versionSet")
            yield unknown("version set", version_set, path, layers.version_sets)
        run = cluster.get("cases")
        for index, case in enumerate(run if isinstance(run, list) else ()):
            if isinstance(case, str) and case not in cases:
                yield unknown("case", case, ("clusters", name, "cases", index), cases)


def _servers(name: str, cluster: Mapping[str, Any]) -> Iterator[Problem]:
    """Check that servers can outvote each other; all nodes of a K3s cluster are servers unless it says otherwise."""
    fact = "nodes" if cluster.get("distribution") == "k3s" and "controlPlane" not in cluster else "controlPlane"
    servers = cluster.get(fact)
    if type(servers) is int and servers > 0 and servers % 2 == 0:
        message = f'cluster "{name}" has {servers} servers, expected an odd number'
        cure = f"{servers} servers survive the loss of no more of them than {servers - 1}"
        yield Problem(EVEN_SERVERS, ("clusters", name, fact), message, cure)


def check_uses(facts: Facts, cases: Collection[str]) -> None:
    """Report overlays of a region that reach no variant."""
    inputs = facts.inputs
    for file, (region, cluster, case) in sorted(facts.layers.case_files.items()):
        if case not in cases:
            hint = did_you_mean(case, cases)
            inputs.report_file(UNKNOWN_NAME, file, f'case "{case}" has no blueprint', hint)
        if case not in cases or region not in facts.merged or facts.stacks[region].missing:
            continue
        clusters = clusters_of(facts.merged[region])
        if cluster and cluster not in clusters:
            hint = did_you_mean(cluster, clusters)
            inputs.report_file(UNKNOWN_NAME, file, f'region "{region}" has no cluster "{cluster}"', hint)
        elif not _runs(clusters, cluster, case):
            nobody = f'cluster "{cluster}" of "{region}" does not run' if cluster else f'no cluster of "{region}" runs'
            inputs.report_file(UNUSED_OVERLAY, file, f'overlay is for case "{case}", which {nobody}')
    for region in facts.layers.read_regions:
        _check_region_cases(facts, region, cases)


def check_classes(facts: Facts) -> None:
    """Report values for a class that no layer knows: none of the common ones, nor the region's own."""
    common = named_classes(facts.layers.common())
    for file, overlay in sorted(facts.layers.overlays.items()):
        known = common | named_classes([overlay])
        for name in overlay.class_cases:
            if name not in known:
                message = f'class "{name}" does not exist'
                problem = Problem(UNKNOWN_NAME, ("classes", name), message, did_you_mean(name, known), key=True)
                facts.inputs.report(file, problem)


def _check_region_cases(facts: Facts, region: str, cases: Collection[str]) -> None:
    file = facts.layers.region_file(region)
    overlay = facts.layers.overlays.get(file)
    if overlay is None or region not in facts.merged or facts.stacks[region].missing:
        return
    clusters = clusters_of(facts.merged[region])
    for case in overlay.cases:
        if case in cases and not _runs(clusters, "", case):
            message = f'values are for case "{case}", which no cluster of "{region}" runs'
            facts.inputs.report(file, Problem(UNUSED_OVERLAY, ("cases", case), message, key=True))
    stacks = facts.stacks[region].clusters
    known = named_classes(facts.layers.common(region))
    for name, values in overlay.class_cases.items():
        members = {cluster: clusters[cluster] for cluster, stack in stacks.items() if stack.class_name == name}
        for case in values:
            if name in known and case in cases and not _runs(members, "", case):
                message = f'values are for case "{case}", which no cluster of class "{name}" of "{region}" runs'
                facts.inputs.report(file, Problem(UNUSED_OVERLAY, ("classes", name, case), message, key=True))


def _runs(clusters: Mapping[str, Mapping[str, Any]], cluster: str, case: str) -> bool:
    asked = [clusters[cluster]] if cluster else list(clusters.values())
    return any(isinstance(run := facts.get("cases"), list) and case in run for facts in asked)


def unknown(what: str, name: str, path: tuple[str | int, ...], known: Collection[str]) -> Problem:
    """Give the problem that a name at a path is nobody's, with the nearest of those that are known."""
    return Problem(UNKNOWN_NAME, path, f'{what} "{name}" does not exist', did_you_mean(name, known))
