"""The mesh asks for less TLS than before.

What it finds:
    A PeerAuthentication that leaves STRICT, for all ports or one, or goes, and a new one that asks for less; a
    DestinationRule that leaves MUTUAL or ISTIO_MUTUAL, and a new one that switches TLS off; a Gateway that asks its
    callers for no certificate any more; a RequestAuthentication that goes. What comes with a namespace of its own is
    not told.

Why:
    Traffic between services then may be plain text, and its sender is not known.

Example:
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: default, namespace: payment}
    spec: {mtls: {mode: STRICT}}
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: default, namespace: payment}
    spec: {mtls: {mode: PERMISSIVE}}

Instead:
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: default, namespace: payment}
    spec: {mtls: {mode: PERMISSIVE}}
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: default, namespace: payment}
    spec: {mtls: {mode: STRICT}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG907", "weakened-mesh-tls", Severity.WARNING)

_STRONG: Final = frozenset({"STRICT", "MUTUAL", "ISTIO_MUTUAL"})
_WEAK: Final = {"PeerAuthentication": frozenset({"PERMISSIVE", "DISABLE"}), "DestinationRule": frozenset({"DISABLE"})}
_KINDS: Final = frozenset({"PeerAuthentication", "DestinationRule", "Gateway"})
_CURE: Final = "exempt the one port or host that needs it, and say until when"


def check(change: Changed) -> Iterator[Found]:
    """Report TLS that is given up."""
    kind = change.subject.known.name
    if kind == "RequestAuthentication" and change.after is None:
        yield Found(
            (), "is removed, and no token is looked at any more", "see that another one covers the same services"
        )
    if kind not in _KINDS:
        return
    if change.both:
        yield from _of_changed(*(dict(_modes(side)) for side in change.both))
    elif change.before is None:
        for path, mode in _modes(change.subject):
            if mode in _WEAK.get(kind, ()):
                yield Found(path, f"is new, and its mode is {mode}", _CURE)
    elif kind == "PeerAuthentication" and "STRICT" in dict(_modes(change.before)).values():
        yield Found((), "is removed, and with it the mode STRICT", _CURE)


def _of_changed(old: dict[Path, str], new: dict[Path, str]) -> Iterator[Found]:
    for path, mode in old.items():
        if mode in _STRONG and new.get(path, "") not in _STRONG:
            yield Found(path, f"TLS goes from {mode} to {new.get(path) or 'no mode of its own'}", _CURE)
    for path, mode in new.items():
        if path not in old and mode not in _STRONG and _STRONG & {*old.values()}:
            yield Found(path, f"an exception has the mode {mode}", _CURE)


def _modes(subject: Subject) -> Iterator[tuple[Path, str]]:
    spec = mapping(subject.data.get("spec"))
    if subject.known.name == "PeerAuthentication":
        yield from _mode(spec, ("spec",), "mtls")
        for port, one in mapping(spec.get("portLevelMtls")).items():
            yield ("spec", "portLevelMtls", str(port), "mode"), text(mapping(one).get("mode"))
        return
    for index, one in enumerate(sequence(spec.get("servers"))):
        yield from _mode(mapping(one), ("spec", "servers", index), "tls")
    yield from _mode(mapping(spec.get("trafficPolicy")), ("spec", "trafficPolicy"), "tls")
    for index, one in enumerate(sequence(spec.get("subsets"))):
        yield from _mode(mapping(mapping(one).get("trafficPolicy")), ("spec", "subsets", index, "trafficPolicy"), "tls")


def _mode(above: Any, path: Path, name: str) -> Iterator[tuple[Path, str]]:
    if mode := text(mapping(above.get(name)).get("mode")):
        yield (*path, name, "mode"), mode
