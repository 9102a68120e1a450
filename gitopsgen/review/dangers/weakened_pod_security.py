"""Pods are confined less than before, or their namespace asks for less.

What it finds:
    A namespace whose enforced Pod Security level becomes lower; containers that become privileged, may run as root,
    may gain privileges or write to their root file system, or get capabilities; pods that join the node's network or
    processes, mount its directories, or lose the runtime class that kept them apart.

Why:
    Each of these is a wall between a service that was taken over and the node with all its neighbours.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {pod-security.kubernetes.io/enforce: restricted}}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {pod-security.kubernetes.io/enforce: baseline}}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {pod-security.kubernetes.io/enforce: baseline}}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment, labels: {pod-security.kubernetes.io/enforce: restricted}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG909", "weakened-pod-security", Severity.WARNING)

_LABEL: Final = "pod-security.kubernetes.io/enforce"
_LEVELS: Final = {"restricted": 2, "baseline": 1}
# a switch with the value that confines; what is left out does not
_SWITCHES: Final = {
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
}
_SHARED: Final = ("hostNetwork", "hostPID", "hostIPC")
_CURE: Final = "give the service what it needs in another way, or record who accepts it and until when"
_Lacks = dict[str, tuple[Path, str]]  # what confines no more: a name to its place and words


def check(change: Changed) -> Iterator[Found]:
    """Report pods that are confined less."""
    if not change.both:
        return
    before, after = change.both
    if after.known.name == "Namespace":
        yield from _of_namespace(before, after)
    elif after.known.pods is not None:
        old, new = _open(before), _open(after)
        for name, (path, message) in new.items():
            if name not in old:
                yield Found(path, message, _CURE)
        was, now = (text(pod_spec(side).get("runtimeClassName")) for side in change.both)
        if was and not now:
            yield Found(spec_path(after), f'its pods leave the runtime class "{was}"', _CURE)


def _of_namespace(before: Subject, after: Subject) -> Iterator[Found]:
    was, now = (text(mapping(side.metadata.get("labels")).get(_LABEL)) for side in (before, after))
    if _LEVELS.get(now, 0) < _LEVELS.get(was, 0):
        path = ("metadata", "labels", *([_LABEL] if now else []))
        yield Found(path, f"the enforced Pod Security level goes from {was} to {now or 'none'}", _CURE)


def _open(subject: Subject) -> _Lacks:
    """Give all in which pods are not confined."""
    spec, path = pod_spec(subject), spec_path(subject)
    found: _Lacks = {name: ((*path, name), f"its pods get {name}") for name in _SHARED if spec.get(name) is True}
    for index, volume in enumerate(sequence(spec.get("volumes"))):
        if directory := text(mapping(mapping(volume).get("hostPath")).get("path")):
            found[f"hostPath {directory}"] = (*path, "volumes", index), f'its pods mount "{directory}" of the node'
    for place, container in containers(subject):
        found |= _of_container((*place, "securityContext"), container, mapping(spec.get("securityContext")))
    return found


def _of_container(path: Path, container: Any, of_pod: Any) -> _Lacks:
    name, context = text(container.get("name")), mapping(container.get("securityContext"))
    found: _Lacks = {}
    for switch, safe in _SWITCHES.items():
        given = context.get(switch, of_pod.get(switch))
        if given is not safe and not (switch == "privileged" and given is None):
            value = "is not set any more" if given is None else f"becomes {str(given).lower()}"
            place = (*path, switch) if switch in context else path
            found[f"{name} {switch}"] = place, f'{switch} of container "{name}" {value}'
    capabilities = mapping(context.get("capabilities"))
    for one in map(text, sequence(capabilities.get("add"))):
        found[f"{name} {one}"] = (*path, "capabilities", "add"), f'container "{name}" gets the capability {one}'
    if "ALL" not in sequence(capabilities.get("drop")):
        found[f"{name} drop"] = path, f'container "{name}" does not drop all capabilities any more'
    return found
