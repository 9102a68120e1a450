"""What Argo CD is told of the fleet: an AppProject and an ApplicationSet a case, and one file a variant.

The texts are templates beside this module; this is what they see. Knows no output tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from gitopsgen.model.project import Settings, Template
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

Kinds = Iterable[tuple[str, str, str, str]]


def context(settings: Settings, case: Mapping[str, Any], variants: Iterable[Variant], kinds: Kinds) -> dict[str, Any]:
    """Give what the templates of one case see.

    `variants` are all of the case; `kinds` are group, kind, namespace (empty for none) and `region/cluster`
    of their manifests.
    """
    found = sorted(set(kinds))
    known = {cluster_of(variant): destination(variant) for variant in variants}
    return {
        "project": settings.raw,
        "case": case,
        "fleet": {
            "destinations": [
                {**known[cluster], "namespace": namespace} for cluster, namespace in places(case, known, found)
            ],
            "clusterKinds": _groups(found, namespaced=False),
            "namespacedKinds": _groups(found, namespaced=True),
        },
        "images": {},
        "files": {},
    }


def cluster_of(variant: Variant) -> str:
    """Give the cluster of a variant with its region, as kinds name it."""
    return f"{variant.id.region}/{variant.id.cluster}"


def places(case: Mapping[str, Any], clusters: Iterable[str], kinds: Kinds) -> list[tuple[str, str]]:
    """Give each cluster with each namespace that a case has there, in the order of the destinations."""
    found = {(cluster, namespace) for _, _, namespace, cluster in kinds if namespace}
    return sorted(found | {(cluster, case["namespace"]) for cluster in clusters})  # where an Application itself points


def destination(variant: Variant) -> Mapping[str, str]:
    """Give how Argo CD knows a variant's cluster: by a name, or by the address of its API server."""
    named = variant.context["cluster"].get("destination")
    return named if isinstance(named, Mapping) else {"name": f"{variant.id.region}-{variant.id.cluster}"}


def _groups(found: Kinds, *, namespaced: bool) -> list[dict[str, str]]:
    pairs = sorted({(group, kind) for group, kind, namespace, _ in found if bool(namespace) is namespaced})
    return [{"group": group, "kind": kind} for group, kind in pairs]
