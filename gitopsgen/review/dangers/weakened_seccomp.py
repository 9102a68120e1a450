"""Containers may ask the kernel for more than before.

What it finds:
    A seccomp profile of a pod or container that becomes Unconfined or goes, or a profile of the node that gives way
    to the runtime's default.

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
from gitopsgen.check.rule import Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG908", "weakened-seccomp", Severity.WARNING, on=has_pods)

_STRENGTH: Final = {"": 0, "Unconfined": 0, "RuntimeDefault": 1, "Localhost": 2}


def check(change: Changed) -> Iterator[Found]:
    """Report seccomp profiles that become weaker."""
    if not change.both:
        return
    old, new = (dict(_profiles(side)) for side in change.both)
    for name, (_, kind) in old.items():
        path, now = new.get(name, ((), kind))
        if _STRENGTH.get(now, 0) < _STRENGTH.get(kind, 0):
            what = f"the seccomp profile of {name or 'its pods'} goes from {kind} to {now or 'none'}"
            yield Found(path, what, "add what is missing to the service's own profile")


def _profiles(subject: Subject) -> Iterator[tuple[str, tuple[Path, str]]]:
    spec = pod_spec(subject)
    of_pods = _type(spec)
    yield "", ((*spec_path(subject), "securityContext"), of_pods)
    for path, container in containers(subject):
        yield f'container "{text(container.get("name"))}"', ((*path, "securityContext"), _type(container) or of_pods)


def _type(above: Mapping[str, Any]) -> str:
    return text(mapping(mapping(above.get("securityContext")).get("seccompProfile")).get("type"))
