"""A probe of workloads outside of the cluster that cannot be made.

What it finds:
    The `probe` of a WorkloadGroup without `httpGet`, `tcpSocket` or `exec`, with a command of no words, or with a
    header whose name has other characters than letters, digits and "-".

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: WorkloadGroup
    metadata: {name: machines, namespace: payment}
    spec: {template: {serviceAccount: pay}, probe: {periodSeconds: 5}}

Instead:
    apiVersion: networking.istio.io/v1
    kind: WorkloadGroup
    metadata: {name: machines, namespace: payment}
    spec: {template: {serviceAccount: pay}, probe: {periodSeconds: 5, tcpSocket: {port: 8080}}}

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule(
    "GG578",
    "malformed-workload-probe",
    Severity.ERROR,
    on=of_kind("WorkloadGroup.networking.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_WAYS: Final = ("httpGet", "tcpSocket", "exec")
_HEADER: Final = re.compile(r"[-A-Za-z0-9]+")


def check(subject: Subject) -> Iterator[Found]:
    """Report probes that are refused."""
    path = ("spec", "probe")
    for _, found in members(subject.data, *path):
        probe = mapping(found)
        if isinstance(found, dict) and all(probe.get(way) is None for way in _WAYS):
            yield subject.found(path, f"the probe of {subject} asks nothing, expected httpGet, tcpSocket or exec")
        if isinstance(probe.get("exec"), dict) and not sequence(probe["exec"].get("command")):
            yield subject.found((*path, "exec"), f"the probe of {subject} has no command, expected one")
    for at, header in members(subject.data, *path, "httpGet", "httpHeaders", EACH):
        name = text(mapping(header).get("name"))
        if _HEADER.fullmatch(name) is None:
            message = f'the probe of {subject} sends the header "{name}", expected letters, digits and "-"'
            yield subject.found((*at, "name"), message)
