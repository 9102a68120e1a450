"""An object of an API that a later Kubernetes no longer has.

What it finds:
    A kind that this Kubernetes version still serves, but that is deprecated, or that one of the next versions does
    not have. What goes with the very next version is a warning, what goes later is information.

Why:
    After the upgrade the API server answers "no matches for kind", and what Argo CD has synced stays out of sync.

Example:
    apiVersion: v1
    kind: Endpoints
    metadata: {name: ledger, namespace: payment}
    subsets:
      - addresses: [{ip: 192.0.2.10}]
        ports: [{port: 5432}]

Instead:
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: ledger, namespace: payment, labels: {kubernetes.io/service-name: ledger}}
    addressType: IPv4
    endpoints: [{addresses: [192.0.2.10]}]
    ports: [{port: 5432}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitopsgen.check.kubernetes.lenience import release
from gitopsgen.check.rule import Found, Known, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.bundled import versions, versions_with
from gitopsgen.schemas.wording import listed

# What servers call deprecated, since when, and what they name in its place: none of these goes by a known date.
_DEPRECATED: Final[Mapping[tuple[str, str], tuple[list[int], str]]] = {
    ("v1", "Endpoints"): ([1, 33], "EndpointSlice of discovery.k8s.io/v1"),
}


def _is_departing(known: Known) -> bool:
    return bool(_gone(known) or _deprecated(known))


RULE = Rule("GG485", "departing-kind", Severity.WARNING, on=_is_departing, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report an object whose API goes."""
    known = subject.known
    what = f'"{known.name}" of "{known.api_version}"'
    if gone := _gone(known):
        message = f"{what} is not in Kubernetes {gone}"
        later = sorted(
            found
            for source in known.sources
            for found, name in source.names()
            if name == known.name and found != known.api_version and gone in versions_with(found, name)
        )
        found = subject.found(("apiVersion",), message, f"write {listed(later)} before the upgrade" if later else "")
        yield found if gone == _next(known) else found._replace(severity=Severity.INFO)
    elif since := _deprecated(known):
        version, instead = since
        message = f"{what} is deprecated since Kubernetes {'.'.join(map(str, version))}"
        yield subject.found(("apiVersion",), message, f"expected in its place is {instead}")


def _gone(known: Known) -> str:
    """Give the first later version that does not have the kind, empty where all known ones have it."""
    later = _later(known)
    had = versions_with(known.api_version, known.name) if later else ()
    return next((version for version in later if version not in had), "")


def _later(known: Known) -> tuple[str, ...]:
    current = release(known.kind)
    return tuple(one for one in versions() if current and [int(part) for part in one.split(".")] > current)


def _next(known: Known) -> str:
    return next(iter(_later(known)), "")


def _deprecated(known: Known) -> tuple[list[int], str] | None:
    since = _DEPRECATED.get((known.api_version, known.name))
    return since if since and known.kind is not None and release(known.kind) >= since[0] else None
