"""What Argo CD would take for one thing though the fleet means two: codes GG601 and GG602."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitopsgen.argocd import cluster_of, destination
from gitopsgen.model.variant import Path, Variant
from gitopsgen.source import FindingKind

SHARED_APPLICATION: Final = FindingKind("GG601", "shared-application")
SHARED_DESTINATION: Final = FindingKind("GG602", "shared-destination")


class Clash(NamedTuple):
    """Two variants that Argo CD cannot tell apart; `path` is the fact to change in the later one."""

    kind: FindingKind
    first: Variant
    later: Variant
    path: Path
    message: str
    hint: str


def clashes(variants: Iterable[Variant]) -> Iterator[Clash]:
    """Give each variant whose Application, or whose cluster, has the name of another one."""
    listed = list(variants)
    for name, first, later in _alike(listed, _application, lambda one: str(one.id)):
        message = f'the Application of {later.id} is called "{name}", as that of {first.id}'
        yield Clash(SHARED_APPLICATION, first, later, ("cluster", "name"), message, "call the cluster otherwise")
    for name, first, later in _alike(listed, _place, cluster_of):
        message = f'the cluster {cluster_of(later)} is "{name}" to Argo CD, as is {cluster_of(first)}'
        path = ("cluster", "destination") if "destination" in later.context["cluster"] else ("cluster", "name")
        yield Clash(SHARED_DESTINATION, first, later, path, message, "give it a destination of its own")


def _alike(
    variants: Iterable[Variant], name: Callable[[Variant], str], identity: Callable[[Variant], str]
) -> Iterator[tuple[str, Variant, Variant]]:
    """Give different things of one name, once each, with the first of that name."""
    first: dict[str, Variant] = {}
    seen: set[str] = set()
    for one in variants:
        if identity(one) in seen:
            continue
        seen.add(identity(one))
        known = first.setdefault(name(one), one)
        if known is not one:
            yield name(one), known, one


def _application(variant: Variant) -> str:
    return f"{variant.id.region}-{variant.id.cluster}-{variant.id.case}"


def _place(variant: Variant) -> str:
    known: Mapping[str, Any] = destination(variant)
    return str(known.get("name") or known.get("server"))
