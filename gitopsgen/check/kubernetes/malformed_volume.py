"""A volume of two sources, or one whose paths lead out of it.

What it finds:
    A volume or projection with more than one source, or whose source names no object; paths of items that are
    absolute or lead upwards, two items of one projection with one path, paths of the node with `..`, fields that a
    pod cannot tell, ephemeral volumes that ask for no storage, tokens of less than ten minutes.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      volumes:
        - name: config
          configMap: {name: ledger, items: [{key: a, path: ../a}]}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      volumes:
        - name: config
          configMap: {name: ledger, items: [{key: a, path: a}]}

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.kubernetes import claims
from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.kubernetes.malformed_variable import told
from gitopsgen.check.names import descending_path, subdomain
from gitopsgen.check.pods import pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed

RULE = Rule("GG453", "malformed-volume", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_NAMES: Final = {"configMap": "name", "csi": "driver", "persistentVolumeClaim": "claimName", "secret": "secretName"}
_PROJECTED: Final = (
    "clusterTrustBundle",
    "configMap",
    "downwardAPI",
    "podCertificate",
    "secret",
    "serviceAccountToken",
)
_PROJECTED_PATHS: Final = (
    ("clusterTrustBundle", "path"),
    ("configMap", "items", EACH, "path"),
    ("downwardAPI", "items", EACH, "path"),
    ("secret", "items", EACH, "path"),
)
_FIELD: Final = re.compile(r"metadata\.(?:name|namespace|uid|(?:annotations|labels)(?:\['[^']+'\])?)")
_EPHEMERAL: Final = ("ephemeral", "volumeClaimTemplate")
_SHORTEST: Final = 600  # seconds


def check(subject: Subject) -> Iterator[Found]:
    """Report volumes that the server does not take."""
    for index, one in enumerate(map(mapping, sequence(pod_spec(subject).get("volumes")))):
        path = (*spec_path(subject), "volumes", index)
        yield from map(validated, _volume(subject, path, one))


def _volume(subject: Subject, path: Path, volume: Mapping[str, Any]) -> Iterator[Found]:
    given = [key for key, value in volume.items() if key != "name" and value is not None]
    if len(given) > 1:
        message = f'the volume "{volume.get("name")}" has {listed(sorted(given))}, expected one source'
        yield subject.found(path, message, "remove all but one")
    for source, field in _NAMES.items():
        if isinstance(volume.get(source), dict):
            yield from _source(subject, (*path, source), volume[source], field)
    yield from _downward(subject, (*path, "downwardAPI"), mapping(volume.get("downwardAPI")))
    seen: set[str] = set()
    for index, one in enumerate(map(mapping, sequence(mapping(volume.get("projected")).get("sources")))):
        where = (*path, "projected", "sources", index)
        yield from _projection(subject, where, one)
        yield from _doubled(subject, where, one, seen)
    yield from _paths(subject, path, volume)


def _paths(subject: Subject, path: Path, volume: Mapping[str, Any]) -> Iterator[Found]:
    if isinstance(volume.get("ephemeral"), dict):
        yield from _ephemeral(subject, path, volume["ephemeral"])
    driver = text(mapping(volume.get("csi")).get("driver"))
    if driver and (expected := subdomain(driver.lower())):
        yield subject.found((*path, "csi", "driver"), f'the driver "{driver}" must be {expected}')
    host, nfs = mapping(volume.get("hostPath")), mapping(volume.get("nfs"))
    limit = mapping(volume.get("emptyDir")).get("sizeLimit")
    if host.get("path") == "":
        yield subject.found((*path, "hostPath", "path"), "the path of the node is empty")
    elif ".." in text(host.get("path")).split("/"):
        yield subject.found((*path, "hostPath", "path"), f'the path is "{host["path"]}", expected no ".."')
    if text(nfs.get("path")) and not nfs["path"].startswith("/"):
        yield subject.found((*path, "nfs", "path"), f'the path is "{nfs["path"]}", expected an absolute one')
    if (amount(limit) or 0) < 0:
        yield subject.found((*path, "emptyDir", "sizeLimit"), f"sizeLimit is {limit}, expected at least 0")


def _ephemeral(subject: Subject, path: Path, volume: Mapping[str, Any]) -> Iterator[Found]:
    if volume.get("volumeClaimTemplate") is None:
        yield subject.found((*path, *_EPHEMERAL), "an ephemeral volume without a volumeClaimTemplate")
        return
    template = mapping(volume["volumeClaimTemplate"])
    yield from claims.claim(subject, mapping(template.get("spec")), (*path, *_EPHEMERAL, "spec"))


def _source(subject: Subject, path: Path, source: Mapping[str, Any], field: str) -> Iterator[Found]:
    if not source.get(field):
        yield subject.found((*path, field), f"{path[-1]} has no {field}")
    for index, item in enumerate(map(mapping, sequence(source.get("items")))):
        yield from _item(subject, (*path, "items", index), item)


def _item(subject: Subject, path: Path, item: Mapping[str, Any]) -> Iterator[Found]:
    name = text(item.get("path"))
    if expected := descending_path(name, is_file=True):
        yield subject.found((*path, "path"), f'the path is "{name}", expected {expected}')


def _downward(subject: Subject, path: Path, source: Mapping[str, Any]) -> Iterator[Found]:
    for index, item in enumerate(map(mapping, sequence(source.get("items")))):
        where = (*path, "items", index)
        yield from _item(subject, where, item)
        given = [key for key in ("fieldRef", "resourceFieldRef") if item.get(key) is not None]
        if len(given) != 1:
            yield subject.found(
                where, f"has {listed(given) if given else 'no source'}, expected one of fieldRef, resourceFieldRef"
            )
        resource = item.get("resourceFieldRef")
        yield from told(subject, (*where, "resourceFieldRef"), mapping(resource))
        if isinstance(resource, dict) and not resource.get("containerName"):
            missing = (*where, "resourceFieldRef", "containerName")
            yield subject.found(missing, "a volume cannot tell whose resource it is, expected a containerName")
        field = text(mapping(item.get("fieldRef")).get("fieldPath"))
        if field and _FIELD.fullmatch(field) is None:
            message = f'a volume cannot tell the field "{field}"'
            yield subject.found((*where, "fieldRef", "fieldPath"), message, "use an environment variable")


def _doubled(subject: Subject, path: Path, one: Mapping[str, Any], seen: set[str]) -> Iterator[Found]:
    """Report paths that another item of the projection has; those found are added to `seen`."""
    for steps in _PROJECTED_PATHS:
        for below, name in members(one, *steps):
            if text(name) and name in seen:
                message = f'two items of the projection have the path "{name}", expected one'
                yield subject.found((*path, *below), message)
            seen.add(text(name))


def _projection(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    given = [key for key in _PROJECTED if one.get(key) is not None]
    if len(given) > 1:
        yield subject.found(path, f"a projection has {listed(given)}, expected one source", "write an entry for each")
    for source in ("configMap", "secret"):
        if isinstance(one.get(source), dict):
            yield from _source(subject, (*path, source), one[source], "name")
    yield from _downward(subject, (*path, "downwardAPI"), mapping(one.get("downwardAPI")))
    token = mapping(one.get("serviceAccountToken"))
    seconds = token.get("expirationSeconds")
    yield from _item(subject, (*path, "serviceAccountToken"), token)
    if type(seconds) is int and seconds < _SHORTEST:
        where = (*path, "serviceAccountToken", "expirationSeconds")
        yield subject.found(where, f"expirationSeconds is {seconds}, expected at least {_SHORTEST}")
