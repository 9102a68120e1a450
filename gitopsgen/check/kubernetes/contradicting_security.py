"""A security context that contradicts itself.

What it finds:
    A seccomp or AppArmor profile of type `Localhost` without the name of the profile, or the name with another
    type, a profile outside the folder of the node, privilege beside `allowPrivilegeEscalation: false`, and an
    unmasked `/proc` in pods that share the users of the node.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      securityContext: {seccompProfile: {type: Localhost}}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      securityContext: {seccompProfile: {type: Localhost, localhostProfile: profiles/ledger.json}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes.lenience import PROC_READ, release, validated
from gitopsgen.check.names import descending_path
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

RULE = Rule("GG454", "contradicting-security", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_PROFILES: Final = ("appArmorProfile", "seccompProfile")
_ALL_POWERFUL: Final = "CAP_SYS_ADMIN"  # without the prefix the server does not look at it


def check(subject: Subject) -> Iterator[Found]:
    """Report profiles and privileges that the server does not take."""
    shares_users = pod_spec(subject).get("hostUsers") is not False and release(subject.known.kind) >= PROC_READ
    owners = [(spec_path(subject), pod_spec(subject)), *containers(subject)]
    for path, owner in owners:
        context = mapping(owner.get("securityContext"))
        for field in _PROFILES:
            yield from map(validated, _profile(subject, (*path, "securityContext", field), mapping(context.get(field))))
        yield from map(validated, _privilege(subject, (*path, "securityContext"), context))
        if shares_users and context.get("procMount") == "Unmasked":
            message = "procMount is Unmasked in a pod that has the users of the node"
            where = (*path, "securityContext", "procMount")
            yield subject.found(where, message, "write hostUsers: false for the pod, or remove procMount")


def _profile(subject: Subject, path: Path, profile: Mapping[str, Any]) -> Iterator[Found]:
    kind, name = profile.get("type"), profile.get("localhostProfile")
    where = (*path, "localhostProfile")
    if kind == "Localhost":
        if name is None:
            message = f"{path[-1]} is of type Localhost, but names no profile"
            yield subject.found(where, message, "write localhostProfile, or the type RuntimeDefault")
        elif path[-1] == "seccompProfile" and isinstance(name, str) and (expected := descending_path(name)):
            yield subject.found(where, f'localhostProfile is "{name}", expected {expected}')
    elif kind is not None and name is not None:
        message = f"localhostProfile beside the type {kind}, which takes none"
        yield subject.found(where, message, "remove it, or write the type Localhost")


def _privilege(subject: Subject, path: Path, context: Mapping[str, Any]) -> Iterator[Found]:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    where = (*path, "allowPrivilegeEscalation")
    if context.get("privileged") is True:
        yield subject.found(where, "allowPrivilegeEscalation is false in a privileged container", "remove one of them")
    elif _ALL_POWERFUL in sequence(mapping(context.get("capabilities")).get("add")):
        message = f"allowPrivilegeEscalation is false beside the capability {_ALL_POWERFUL}"
        yield subject.found(where, message, "remove one of them")
