"""An APIService whose name, group or service the aggregator does not take.

What it finds:
    An APIService that is not called after its version and group; whose version is no name, or whose group is
    missing though its version is not v1; with a service without name or namespace; with a certificate for a group
    that the server serves by itself, or beside `insecureSkipTLSVerify`.

Why:
    The API server refuses the object.

Example:
    apiVersion: apiregistration.k8s.io/v1
    kind: APIService
    metadata: {name: metrics}
    spec:
      group: metrics.k8s.io
      version: v1beta1
      groupPriorityMinimum: 100
      versionPriority: 100
      service: {name: metrics-server, namespace: kube-system}

Instead:
    apiVersion: apiregistration.k8s.io/v1
    kind: APIService
    metadata: {name: v1beta1.metrics.k8s.io}
    spec:
      group: metrics.k8s.io
      version: v1beta1
      groupPriorityMinimum: 100
      versionPriority: 100
      service: {name: metrics-server, namespace: kube-system}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule(
    "GG429",
    "malformed-api-service",
    Severity.ERROR,
    on=of_kind("APIService.apiregistration.k8s.io"),
    is_shared=True,
    reads=frozenset({"name", "group", "version"}),
    refused_by=API_SERVER,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report names and services that are refused."""
    spec = subject.data.get("spec")
    if not isinstance(spec, dict):
        return  # reported as a missing field, or one of another type
    version, group = text(spec.get("version")), text(spec.get("group"))
    if subject.name and subject.name != f"{version}.{group}":
        message = f'{subject} is about "{version}.{group}", expected the same as its name'
        yield subject.found(("metadata", "name"), message, "write the version, a dot and the group")
    if expected := names.service(version):
        yield subject.found(("spec", "version"), f'the version "{version}" must be {expected}')
    if group and (expected := names.subdomain(group)):
        yield subject.found(("spec", "group"), f'the group "{group}" must be {expected}')
    elif not group and version != "v1":
        yield subject.found(("spec", "group"), f"{subject} has no group, expected one")
    yield from _service(subject, spec)


def _service(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    service, bundle, is_trusting = spec.get("service"), spec.get("caBundle"), spec.get("insecureSkipTLSVerify")
    if service is None:
        for field in ("caBundle", "insecureSkipTLSVerify"):
            if spec.get(field):
                yield subject.found(("spec", field), f"{subject} has {field} and no service, expected a service")
        return
    for field in ("namespace", "name"):
        if isinstance(service, dict) and not mapping(service).get(field):
            yield subject.found(("spec", "service"), f"the service of {subject} has no {field}, expected one")
    if bundle and is_trusting is True:
        message = f"{subject} has caBundle and insecureSkipTLSVerify, expected one of them"
        yield subject.found(("spec", "insecureSkipTLSVerify"), message)
