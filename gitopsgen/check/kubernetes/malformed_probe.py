"""A probe or hook that does not say what to do, or says two things.

What it finds:
    A probe or a hook with no handler or several, a command that is empty, a port that is none, a
    `successThreshold` above 1 where it must be 1, a header of HTTP whose name is none, and probes of an init
    container that does not stay; a readiness gate whose condition is no name.

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
          livenessProbe: {periodSeconds: 5}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          livenessProbe: {periodSeconds: 5, tcpSocket: {port: 8080}}

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.names import label_key, port_name
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import listed

RULE = Rule("GG451", "malformed-probe", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("postStart", "preStop")
_OF_PROBE: Final = ("exec", "grpc", "httpGet", "tcpSocket")
_OF_HOOK: Final = ("exec", "httpGet", "sleep", "tcpSocket")
_LAST_PORT: Final = 65535
_HEADER: Final = re.compile(r"[-A-Za-z0-9]+")


def check(subject: Subject) -> Iterator[Found]:
    """Report probes and hooks that the server does not take."""
    for path, container in containers(subject):
        yield from map(validated, _container(subject, path, container))
    yield from map(validated, _gates(subject))


def _gates(subject: Subject) -> Iterator[Found]:
    for path, condition in members(pod_spec(subject), "readinessGates", EACH, "conditionType"):
        if isinstance(condition, str) and (expected := label_key(condition)):
            yield subject.found((*spec_path(subject), *path), f'the condition "{condition}" must be {expected}')


def _container(subject: Subject, path: Path, container: Mapping[str, Any]) -> Iterator[Found]:
    if path[-2] == "initContainers" and container.get("restartPolicy") != "Always":
        for name in (*_PROBES, "lifecycle"):
            if container.get(name) is not None:
                message = f"{name} of an init container that ends before the others start"
                yield subject.found((*path, name), message, "remove it, or write restartPolicy: Always")
        return
    for name in _PROBES:
        if isinstance(probe := container.get(name), dict):
            yield from _handlers(subject, (*path, name), probe, _OF_PROBE)
            yield from _thresholds(subject, (*path, name), probe)
    for name in _HOOKS:
        if isinstance(hook := mapping(container.get("lifecycle")).get(name), dict):
            yield from _handlers(subject, (*path, "lifecycle", name), hook, _OF_HOOK)


def _handlers(subject: Subject, path: Path, one: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Found]:
    given = [name for name in known if one.get(name) is not None]
    if len(given) != 1:
        found = listed(given) if given else "nothing to do"
        yield subject.found(path, f"{path[-1]} has {found}, expected one of {listed(known)}")
    if isinstance(command := one.get("exec"), dict) and not command.get("command"):
        yield subject.found((*path, "exec", "command"), f"{path[-1]} has an empty command")
    for name in ("grpc", "httpGet", "tcpSocket"):
        value = mapping(one.get(name)).get("port")
        if name in known and (wrong := _wrong_port(value)):
            yield subject.found((*path, name, "port"), wrong)
    yield from _headers(subject, path, one)


def _headers(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    for index, header in enumerate(sequence(mapping(one.get("httpGet")).get("httpHeaders"))):
        name = mapping(header).get("name")
        if isinstance(name, str) and not _HEADER.fullmatch(name):
            message = f'the header "{name}" must be made of letters, digits and "-"'
            yield subject.found((*path, "httpGet", "httpHeaders", index, "name"), message)


def _wrong_port(value: Any) -> str:
    if type(value) is int:
        return "" if 0 < value <= _LAST_PORT else f"the port is {value}, expected 1 to {_LAST_PORT}"
    expected = port_name(value) if isinstance(value, str) else ""
    return f'the port "{value}" must be a number, or {expected}' if expected else ""


def _thresholds(subject: Subject, path: Path, probe: Mapping[str, Any]) -> Iterator[Found]:
    name = path[-1]
    successes, grace = probe.get("successThreshold"), probe.get("terminationGracePeriodSeconds")
    if name != "readinessProbe" and type(successes) is int and successes > 1:
        message = f"successThreshold of a {name} is {successes}, expected 1"
        yield subject.found((*path, "successThreshold"), message, "remove it")
    where = (*path, "terminationGracePeriodSeconds")
    if name == "readinessProbe" and grace is not None:
        yield subject.found(where, "a readinessProbe ends no container, so it has no grace period", "remove it")
    elif type(grace) is int and grace < 1:
        yield subject.found(where, f"the grace period is {grace}, expected at least 1")
