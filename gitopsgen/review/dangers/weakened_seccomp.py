"""Containers may ask the kernel for more than before.

What it finds:
    A seccomp profile of a pod or container that becomes Unconfined or goes, or a profile of the node that gives way
    to the runtime's default. A profile itself, as a file for nodes or as a SeccompProfile, that lets more system calls
    through.

Why:
    System calls that a service never needs are the usual way out of a container.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec: {securityContext: {}}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: app, namespace: shop}
    spec: {securityContext: {seccompProfile: {type: Localhost, localhostProfile: profiles/app.json}}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import SECCOMP_PROFILE, Changed, Found

RULE = Rule("GG908", "weakened-seccomp", Severity.WARNING)

_CURE: Final = "add what is missing to the service's own profile"
_PASSES: Final = frozenset({"SCMP_ACT_ALLOW", "SCMP_ACT_LOG"})
_REFUSES: Final = {"SCMP_ACT_LOG": 0, "SCMP_ACT_ALLOW": 0} | {
    f"SCMP_ACT_{name}": 1 for name in ("ERRNO", "KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "TRACE", "NOTIFY")
}
_SHOWN: Final = 6
_STRENGTH: Final = {"": 0, "Unconfined": 0, "RuntimeDefault": 1, "Localhost": 2}


def check(change: Changed) -> Iterator[Found]:
    """Report seccomp profiles that become weaker."""
    if not change.both:
        return
    if change.subject.known.name == SECCOMP_PROFILE:
        yield from _of_profile(*change.both)
        return
    old, new = (dict(_profiles(side)) for side in change.both)
    for name, (_, kind) in old.items():
        path, now = new.get(name, ((), kind))
        if _STRENGTH.get(now, 0) < _STRENGTH.get(kind, 0):
            what = f"the seccomp profile of {name or 'its pods'} goes from {kind} to {now or 'none'}"
            yield Found(path, what, _CURE)


def _of_profile(before: Subject, after: Subject) -> Iterator[Found]:
    """Report what a profile itself lets through that it did not."""
    (_, was), (above, now) = (_body(side) for side in (before, after))
    old, new = (text(side.get("defaultAction")) for side in (was, now))
    if _REFUSES.get(new, 0) < _REFUSES.get(old, 0):
        yield Found((*above, "defaultAction"), f"its default goes from {old} to {new}", _CURE)
    allowed = _allowed(was)
    for index, rule in enumerate(map(mapping, sequence(now.get("syscalls")))):
        more = sorted(set(_names(rule)) - allowed)
        if more:
            shown = ", ".join(more[:_SHOWN]) + (f" and {len(more) - _SHOWN} more" if len(more) > _SHOWN else "")
            yield Found((*above, "syscalls", index), f"lets system calls through that it refused: {shown}", _CURE)


def _body(subject: Subject) -> tuple[Path, Mapping[str, Any]]:
    """Give where a profile stands: below `spec` in an object of the Security Profiles Operator."""
    return (("spec",), mapping(subject.data.get("spec"))) if "spec" in subject.data else ((), mapping(subject.data))


def _allowed(profile: Mapping[str, Any]) -> set[str]:
    return {name for rule in sequence(profile.get("syscalls")) for name in _names(mapping(rule))}


def _names(rule: Mapping[str, Any]) -> Iterator[str]:
    """Give the system calls that a rule lets through, each with what it asks of their arguments."""
    if text(rule.get("action")) in _PASSES:
        args = sequence(rule.get("args"))
        yield from (f"{one} with {args}" if args else str(one) for one in sequence(rule.get("names")))


def _profiles(subject: Subject) -> Iterator[tuple[str, tuple[Path, str]]]:
    spec = pod_spec(subject)
    of_pods = _type(spec)
    yield "", ((*spec_path(subject), "securityContext"), of_pods)
    for path, container in containers(subject):
        yield f'container "{text(container.get("name"))}"', ((*path, "securityContext"), _type(container) or of_pods)


def _type(above: Mapping[str, Any]) -> str:
    return text(mapping(mapping(above.get("securityContext")).get("seccompProfile")).get("type"))
