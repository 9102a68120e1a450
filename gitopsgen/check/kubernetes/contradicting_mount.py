"""A mount whose path leads nowhere, or that contradicts another.

What it finds:
    A mount without a path, a `subPath` that is absolute or leads upwards, `subPath` beside `subPathExpr`, a
    volume that is mounted and used as a block device, and mounts that propagate from a container without
    privilege.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          volumeMounts: [{name: data, mountPath: /data, subPath: ../etc}]
      volumes: [{name: data, emptyDir: {}}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          volumeMounts: [{name: data, mountPath: /data, subPath: ledger}]
      volumes: [{name: data, emptyDir: {}}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes.lenience import release, validated
from gitopsgen.check.names import descending_path
from gitopsgen.check.pods import containers, pod_spec
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG452", "contradicting-mount", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_DEEPLY_READ_ONLY: Final = [1, 31]  # the first that reads recursiveReadOnly unasked
_BLOCK: Final = ("ephemeral", "persistentVolumeClaim")


def check(subject: Subject) -> Iterator[Found]:
    """Report mounts and devices that the server does not take."""
    volumes = {text(mapping(one).get("name")): mapping(one) for one in sequence(pod_spec(subject).get("volumes"))}
    for path, container in containers(subject):
        for index, mount in enumerate(map(mapping, sequence(container.get("volumeMounts")))):
            yield from map(validated, _mount(subject, (*path, "volumeMounts", index), mount, container))
            if release(subject.known.kind) >= _DEEPLY_READ_ONLY:
                yield from map(validated, _read_only(subject, (*path, "volumeMounts", index), mount))
        yield from map(validated, _devices(subject, path, container, volumes))


def _mount(subject: Subject, path: Path, mount: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[Found]:
    name = text(mount.get("name"))
    if mount.get("mountPath") == "":
        yield subject.found((*path, "mountPath"), f'the mount of "{name}" has no path')
    for field in ("subPath", "subPathExpr"):
        if expected := descending_path(text(mount.get(field))):
            yield subject.found((*path, field), f'{field} is "{mount[field]}", expected {expected}')
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield subject.found((*path, "subPathExpr"), f'the mount of "{name}" has subPath and subPathExpr', "remove one")
    is_privileged = mapping(container.get("securityContext")).get("privileged") is True
    if mount.get("mountPropagation") == "Bidirectional" and not is_privileged:
        message = f'the mount of "{name}" propagates to the node from a container that is not privileged'
        yield subject.found((*path, "mountPropagation"), message, "write HostToContainer, or remove it")


def _read_only(subject: Subject, path: Path, mount: Mapping[str, Any]) -> Iterator[Found]:
    depth = mount.get("recursiveReadOnly")
    if depth not in ("Enabled", "IfPossible"):
        return
    where = (*path, "recursiveReadOnly")
    if mount.get("readOnly") is not True:
        yield subject.found(
            where, f"recursiveReadOnly is {depth} on a mount that is not readOnly", "add readOnly: true"
        )
    elif mount.get("mountPropagation") not in (None, "None"):
        message = f"recursiveReadOnly is {depth} beside mountPropagation {mount['mountPropagation']}"
        yield subject.found(where, message, "remove mountPropagation")


def _devices(
    subject: Subject, path: Path, container: Mapping[str, Any], volumes: Mapping[str, Mapping[str, Any]]
) -> Iterator[Found]:
    mounted = {text(mapping(one).get("name")) for one in sequence(container.get("volumeMounts"))}
    for index, device in enumerate(map(mapping, sequence(container.get("volumeDevices")))):
        name, where = text(device.get("name")), (*path, "volumeDevices", index)
        if ".." in text(device.get("devicePath")).split("/"):
            yield subject.found((*where, "devicePath"), f'devicePath is "{device["devicePath"]}", expected no ".."')
        if name and name in mounted:
            yield subject.found((*where, "name"), f'the volume "{name}" is a device and mounted too', "remove one")
        if name in volumes and not any(volumes[name].get(source) is not None for source in _BLOCK):
            message = f'the volume "{name}" is no claim, so it cannot be a block device'
            yield subject.found((*where, "name"), message, "use volumeMounts")
