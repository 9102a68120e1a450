"""What Argo CD is told once for the fleet: its root Application, its clusters, health checks and notifications.

All of it is asked for by `argocd` in the settings: an Argo CD may be looked after elsewhere. Knows no output tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from gitopsgen.argocd import PREFIX, Kind, Kinds, cluster_of, destination
from gitopsgen.model.project import Settings, Template
from gitopsgen.model.variant import Variant

HEALTH: Final = Path(__file__).parent / "health"
_FACTS: Final = ("area", "environment", "tier", "wave")
_CONFIG: Final = ("", "ConfigMap")
_SECRET: Final = ("external-secrets.io", "ExternalSecret")
_ARGO_CD: Final = tuple(("argoproj.io", kind) for kind in ("AppProject", "Application", "ApplicationSet"))


def hub_templates(settings: Settings) -> tuple[Template, ...]:
    """Give the templates of what the settings ask for; none without `argocd.root`."""
    asked = settings.raw.get("argocd", {})
    names = [
        *(("appproject", "application", "configmap-health") if "root" in asked else ()),
        *(("externalsecret-clusters",) if "secrets" in asked else ()),
        *(("configmap-notifications", "externalsecret-notifications") if "notifications" in asked else ()),
    ]
    return tuple(Template(f"{PREFIX}hub/{name}.yaml.j2", "fleet") for name in names)


def hub_context(settings: Settings, variants: Sequence[Variant], kinds: Iterable[Kinds]) -> dict[str, Any]:
    """Give what they see: all clusters of `variants`, and what is known of the kinds of all cases."""
    asked = settings.raw.get("argocd", {})
    found = frozenset[Kind]().union(*(some for one in kinds for some in set(one.values())))
    checks = health(found)
    configs = [_CONFIG] if checks or "notifications" in asked else []
    hub = {*_ARGO_CD, *configs, *([_SECRET] if "secrets" in asked else ())}
    return {
        "project": settings.raw,
        "case": {"name": asked.get("root", "")},
        "fleet": {
            "clusters": [_cluster(one) for one in clusters(variants)],
            "externalSecrets": _external_secrets(variants),
            "health": checks,
            "hubKinds": [{"group": group, "kind": kind} for group, kind in sorted(hub)],
        },
        "images": {},
        "files": {},
    }


def clusters(variants: Iterable[Variant]) -> list[Variant]:
    """Give a variant of each cluster, in the order of their names."""
    first: dict[str, Variant] = {}
    for variant in variants:
        first.setdefault(cluster_of(variant), variant)
    return [first[name] for name in sorted(first)]


def _external_secrets(variants: Iterable[Variant]) -> str:
    """Give the API version of External Secrets: the newest that any cluster of the fleet has."""
    versions = (one.context.get("versions", {}).get("apis", {}).get("externalSecrets") for one in variants)
    # `v1` sorts before `v1beta1`
    return min((one for one in versions if isinstance(one, str)), default="external-secrets.io/v1")


def _cluster(variant: Variant) -> dict[str, Any]:
    name = f"{variant.id.region}-{variant.id.cluster}"
    known = destination(variant)
    return {
        "name": name,
        "known": known.get("name", name),
        "server": known.get("server", ""),
        "region": variant.id.region,
        "cluster": variant.id.cluster,
        **{fact: variant.context["region"][fact] for fact in _FACTS},
    }


def health(kinds: Iterable[Kind]) -> dict[str, str]:
    """Give the health checks for those of `kinds` that have one here, by their keys in `argocd-cm`."""
    known = {(group, kind) for group, kind, _ in kinds}
    checked = ((group, kind, _check(group, kind)) for group, kind in sorted(known))
    return {f"resource.customizations.health.{group}_{kind}": lua for group, kind, lua in checked if lua}


def _check(group: str, kind: str) -> str:
    """Give the check of a kind, else of its group, else of the domain that its group stands in."""
    checks = _checks()
    return checks.get(f"{group}_{kind}") or checks.get(group) or checks.get(group.partition(".")[2], "")


@cache
def _checks() -> Mapping[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(HEALTH.glob("*.lua"))}
