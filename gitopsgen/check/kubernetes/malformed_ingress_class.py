"""An ingress class whose controller or parameters cannot be.

What it finds:
    A `controller` that is no domain with a path; parameters without a kind or a name, of a namespace that is not
    named, or of the cluster with one; an API group that is no DNS name.

Why:
    The API server refuses the object.

Example:
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata: {name: edge}
    spec:
      controller: example.com/edge
      parameters: {apiGroup: example.com, kind: Edge, name: edge, scope: Namespace}

Instead:
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata: {name: edge}
    spec:
      controller: example.com/edge
      parameters: {apiGroup: example.com, kind: Edge, name: edge, scope: Namespace, namespace: ingress}

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule(
    "GG428",
    "malformed-ingress-class",
    Severity.ERROR,
    on=of_kind("IngressClass.networking.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
)
_PATH: Final = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")


def check(subject: Subject) -> Iterator[Found]:
    """Report a controller and parameters that are refused."""
    spec = mapping(subject.data.get("spec"))
    controller = text(spec.get("controller"))
    domain, _, path = controller.partition("/")
    if "controller" in spec and (names.subdomain(domain) or not _PATH.fullmatch(path)):
        message = (
            f'the controller of {subject} is "{controller}", expected a domain and a path, such as example.com/edge'
        )
        yield subject.found(("spec", "controller"), message)
    if isinstance(spec.get("parameters"), dict):
        yield from _parameters(subject, spec["parameters"])


def _parameters(subject: Subject, given: Mapping[str, Any]) -> Iterator[Found]:
    path = ("spec", "parameters")
    group, namespace, scope = given.get("apiGroup"), given.get("namespace"), given.get("scope")
    if isinstance(group, str) and (expected := names.subdomain(group)):
        yield subject.found((*path, "apiGroup"), f'the API group "{group}" must be {expected}')
    for field in ("kind", "name"):
        value = text(given.get(field))
        if field in given and (not value or names.path_segment(value)):
            expected = names.path_segment(value) or f"a {field}"
            yield subject.found((*path, field), f'the {field} of the parameters is "{value}", expected {expected}')
    if scope == "Namespace" and namespace is None:
        yield subject.found((*path, "namespace"), "the parameters are of a namespace, expected its name")
    elif scope == "Namespace" and isinstance(namespace, str) and (expected := names.dns_label(namespace)):
        yield subject.found((*path, "namespace"), f'the namespace "{namespace}" must be {expected}')
    elif scope in (None, "Cluster") and namespace is not None:
        message = "the parameters are of the cluster and have a namespace, expected none"
        yield subject.found((*path, "namespace"), message, "write scope: Namespace, or remove the namespace")
