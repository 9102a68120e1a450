"""What Argo CD is told of the fleet: an AppProject and an ApplicationSet a case, and one file a variant.

The texts are templates beside this module; this is what they see. Knows no output tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gitopsgen.model.project import Settings, Template
from gitopsgen.model.rollout import Batch
from gitopsgen.model.variant import Variant

DIRECTORY: Final = Path(__file__).parent
REGION: Final = "argocd"
PREFIX: Final = "gitopsgen/argocd/"
APPLICATION: Final = Template(f"{PREFIX}app.json.j2", "application", output="app.json")
KUSTOMIZATION: Final = Template(f"{PREFIX}kustomization.yaml.j2", "kustomization", output="kustomization.yaml")
FLEET: Final = (
    Template(f"{PREFIX}appproject.yaml.j2", "fleet"),
    Template(f"{PREFIX}applicationset.yaml.j2", "fleet"),
)

OPERATORS: Final = (
    Template(f"{PREFIX}operators/appproject.yaml.j2", "fleet"),
    Template(f"{PREFIX}operators/applicationset.yaml.j2", "fleet"),
)

Kind = tuple[str, str, str]  # group, kind and namespace (empty for none)
Kinds = Mapping[str, frozenset[Kind]]  # by `region/cluster`; equal ones are mostly one


def context(
    settings: Settings,
    case: Mapping[str, Any],
    variants: Sequence[Variant],
    kinds: Kinds,
    batches: Sequence[Batch] = (),
) -> dict[str, Any]:
    """Give what the templates of one case see.

    `variants` are all of the case, `kinds` those of their manifests; `batches` is empty unless Argo CD rolls it out.
    """
    known = {cluster_of(variant): destination(variant) for variant in variants}
    found = frozenset[Kind]().union(*set(kinds.values()))
    return {
        "project": settings.raw,
        "case": case,
        "fleet": {
            "destinations": [
                {**known[cluster], "namespace": namespace} for cluster, namespace in places(case, known, kinds)
            ],
            "clusterKinds": _groups(found, namespaced=False),
            "namespacedKinds": _groups(found, namespaced=True),
            "operators": operators(variants),
            "steps": steps(batches),
            "windows": [window for _, window in windows(settings, case, variants)],
            "ignored": [fields for _, fields in ignored(settings, found)],
        },
        "images": {},
        "files": {},
    }


def steps(batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """Give the steps of a RollingSync: each takes the Applications of one batch, by a label that names the cluster."""
    return [
        {
            "targets": [cluster.replace("/", "-") for cluster in batch.clusters],
            **({} if batch.max_update is None else {"maxUpdate": batch.max_update}),
        }
        for batch in batches
    ]


def operators(variants: Iterable[Variant]) -> dict[str, list[Any]]:
    """Give where the operators of a case come from, and where they go: of all that its variants install.

    A case installs operators by its values `operators.install`, a list of names. Each name has a namespace in
    `operators.charts`, and a repository in the version set's `operators`.
    """
    repositories, places = set(), set()
    for variant in variants:
        values = variant.context["values"].get("operators", {})
        where = tuple(sorted(destination(variant).items()))
        for name in values.get("install", ()):
            pin = variant.context["versions"]["operators"][name]
            if "none" in pin:  # this version set does without
                continue
            repositories.add(pin["repository"])
            places.add((where, values["charts"][name]["namespace"]))
            # Some bring rights for the API server's own delegation, or run among the system's agents.
            places.add((where, "kube-system"))
    return {
        "repositories": sorted(repositories),
        "destinations": [{**dict(where), "namespace": namespace} for where, namespace in sorted(places)],
    }


def windows(
    settings: Settings, case: Mapping[str, Any], variants: Sequence[Variant]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give when Argo CD may not, or may only, sync the clusters of a case, each with its place in the settings."""
    for index, window in enumerate(settings.raw.get("argocd", {}).get("syncWindows", ())):
        tiers = window.get("tiers")
        chosen = [one for one in variants if tiers is None or one.context["region"]["tier"] in tiers]
        if chosen and case["name"] in window.get("cases", [case["name"]]):
            # By name or by address, as the destination of an Application says it.
            known = [destination(one) for one in chosen]
            named = sorted({str(one.get("name") or one.get("server")) for one in known})
            yield index, {**{key: window[key] for key in window if key not in {"tiers", "cases"}}, "clusters": named}


def ignored(settings: Settings, found: Iterable[Kind]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the fields that controllers own, of kinds that were found, each with its place in the settings."""
    kinds = {(group, kind) for group, kind, _ in found}
    for index, fields in enumerate(settings.raw.get("argocd", {}).get("ignoreDifferences", ())):
        if (fields.get("group", ""), fields["kind"]) in kinds:
            yield index, dict(fields)


def cluster_of(variant: Variant) -> str:
    """Give the cluster of a variant with its region, as kinds name it."""
    return f"{variant.id.region}/{variant.id.cluster}"


def places(case: Mapping[str, Any], clusters: Iterable[str], kinds: Kinds) -> list[tuple[str, str]]:
    """Give each cluster with each namespace that a case has there, in the order of the destinations."""
    namespaces = {some: {namespace for _, _, namespace in some if namespace} for some in set(kinds.values())}
    found = {(cluster, namespace) for cluster, some in kinds.items() for namespace in namespaces[some]}
    return sorted(found | {(cluster, case["namespace"]) for cluster in clusters})  # where an Application itself points


def destination(variant: Variant) -> Mapping[str, str]:
    """Give how Argo CD knows a variant's cluster: by a name, or by the address of its API server."""
    named = variant.context["cluster"].get("destination")
    return named if isinstance(named, Mapping) else {"name": f"{variant.id.region}-{variant.id.cluster}"}


def _groups(found: Iterable[Kind], *, namespaced: bool) -> list[dict[str, str]]:
    pairs = sorted({(group, kind) for group, kind, namespace in found if bool(namespace) is namespaced})
    return [{"group": group, "kind": kind} for group, kind in pairs]
