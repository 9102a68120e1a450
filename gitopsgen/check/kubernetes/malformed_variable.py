"""An environment variable that says nothing, or two things at once.

What it finds:
    A variable without a name, or with one that the version of Kubernetes does not take; `value` beside `valueFrom`, a
    `valueFrom` or `envFrom` with no source or several; a `fieldRef` or `resourceFieldRef` to what a pod cannot tell.

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
          env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes.lenience import release, validated
from gitopsgen.check.kubernetes.resources import TOLD, expected_unit, is_told
from gitopsgen.check.names import label_key, subdomain
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed, suggestion

RULE = Rule("GG449", "malformed-variable", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_NAME: Final = re.compile(r"[ -<>-~]+")  # what can be printed, but for the sign of equality
_OLD_NAME: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_RELAXED: Final = [1, 32]  # the first that takes other names
_KEY: Final = re.compile(r"[-._a-zA-Z0-9]+")
_SOURCES: Final = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_BULK: Final = ("configMapRef", "secretRef")
_FIELDS: Final = frozenset(
    {
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    }
)
_SUBSCRIPT: Final = re.compile(r"metadata\.(?:annotations|labels)\['([^']+)'\]")


def check(subject: Subject) -> Iterator[Found]:
    """Report variables of containers that the server does not take."""
    for path, container in containers(subject):
        for index, one in enumerate(map(mapping, sequence(container.get("env")))):
            yield from map(validated, _variable(subject, (*path, "env", index), one))
        for index, one in enumerate(map(mapping, sequence(container.get("envFrom")))):
            yield from map(validated, _all_of(subject, (*path, "envFrom", index), one))


def _variable(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    name = one.get("name")
    if name == "":
        yield subject.found((*path, "name"), "an environment variable without a name")
    elif isinstance(name, str) and (expected := _expected(subject, name)):
        yield subject.found((*path, "name"), f'the variable name "{name}" must be {expected}')
    if one.get("valueFrom") is None:
        return
    source = mapping(one["valueFrom"])
    where = (*path, "valueFrom")
    if one.get("value"):
        yield subject.found(where, f'the variable "{name}" has both value and valueFrom', "remove one of them")
    given = [key for key in _SOURCES if source.get(key) is not None]
    if len(given) != 1:
        found = listed(given) if given else "no source"
        yield subject.found(where, f'valueFrom of "{name}" has {found}, expected one source')
    yield from _reference(subject, where, source)


def _expected(subject: Subject, name: str) -> str:
    if release(subject.known.kind) >= _RELAXED:
        return "" if _NAME.fullmatch(name) else 'printable ASCII without "="'
    return "" if _OLD_NAME.fullmatch(name) else 'letters, digits, "_", "-" and ".", without a digit at the start'


def _reference(subject: Subject, path: Path, source: Mapping[str, Any]) -> Iterator[Found]:
    field = text(mapping(source.get("fieldRef")).get("fieldPath"))
    key = _SUBSCRIPT.fullmatch(field)
    if key and (wrong := label_key(key[1].lower())):
        yield subject.found((*path, "fieldRef", "fieldPath"), f'the key "{key[1]}" must be {wrong}')
    elif field and field not in _FIELDS and key is None:
        hint = suggestion(field, _FIELDS) or f"known are {listed(sorted(_FIELDS))}"
        yield subject.found((*path, "fieldRef", "fieldPath"), f'a variable cannot tell the field "{field}"', hint)
    version = text(mapping(source.get("fieldRef")).get("apiVersion"))
    if field and version not in ("", "v1"):
        message = f'the field is one of a pod in version "{version}", expected v1'
        yield subject.found((*path, "fieldRef"), message, "remove the apiVersion")
    yield from told(subject, (*path, "resourceFieldRef"), mapping(source.get("resourceFieldRef")))
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if isinstance(reference := source.get(kind), dict):
            yield from _key(subject, (*path, kind), reference)


def told(subject: Subject, path: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    """Report a resource that a pod cannot be told, or not in such units."""
    resource, divisor = text(reference.get("resource")), reference.get("divisor")
    if resource and not is_told(resource):
        hint = suggestion(resource, TOLD) or f"known are {listed(sorted(TOLD))}"
        yield subject.found((*path, "resource"), f'a pod cannot be told the resource "{resource}"', hint)
    elif resource and (expected := expected_unit(resource, divisor)):
        message = f'"{resource}" is told in units of {divisor}, expected {expected}'
        yield subject.found((*path, "divisor"), message)


def _key(subject: Subject, path: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    key = text(reference.get("key"))
    if key and (_KEY.fullmatch(key) is None or key == "." or key.startswith("..")):
        message = f'the key "{key}" must be letters, digits, "-", "_" and "."'
        yield subject.found((*path, "key"), message)
    yield from _name(subject, path, reference)


def _name(subject: Subject, path: Path, reference: Mapping[str, Any]) -> Iterator[Found]:
    name = text(reference.get("name"))
    if name and (expected := subdomain(name)):
        yield subject.found((*path, "name"), f'the name "{name}" must be {expected}')
    if not reference.get("name"):
        yield subject.found((*path, "name"), f"{path[-1]} names no object")


def _all_of(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    given = [key for key in _BULK if one.get(key) is not None]
    if len(given) != 1:
        yield subject.found(path, f"envFrom has {listed(given) if given else 'no source'}, expected one source")
    for kind in given:
        yield from _name(subject, (*path, kind), mapping(one[kind]))
    prefix = text(one.get("prefix"))
    if prefix and (expected := _expected(subject, prefix)):
        yield subject.found((*path, "prefix"), f'the prefix "{prefix}" must be {expected}')
