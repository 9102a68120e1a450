"""A Secret without what its type promises.

What it finds:
    A Secret of a type that Kubernetes knows without the keys of that type: `tls.crt` and `tls.key`,
    `.dockerconfigjson`, `.dockercfg`, `ssh-privatekey`, `username` or `password`; a token without the
    annotation that names its service account.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Secret
    metadata: {name: gateway-tls, namespace: payment}
    type: kubernetes.io/tls
    data: {tls.crt: "", ca.crt: ""}

Instead:
    apiVersion: v1
    kind: Secret
    metadata: {name: gateway-tls, namespace: payment}
    type: kubernetes.io/tls
    data: {tls.crt: "", tls.key: "", ca.crt: ""}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule(
    "GG471",
    "incomplete-secret",
    Severity.ERROR,
    on=of_kind("Secret"),
    is_shared=True,
    refused_by=API_SERVER,
)
_ACCOUNT: Final = "kubernetes.io/service-account.name"
_KEYS: Final = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def check(subject: Subject) -> Iterator[Found]:
    """Report what the type asks for and is not there."""
    sort = text(subject.data.get("type"))
    content = {**mapping(subject.data.get("data")), **mapping(subject.data.get("stringData"))}
    for key in _KEYS.get(sort, ()):
        if key not in content or (key == "ssh-privatekey" and not content[key]):
            message = f'{subject} of type {sort} has no "{key}", expected it in data'
            yield subject.found(("data", key), message, "type: Opaque takes any keys")
    if sort == "kubernetes.io/basic-auth" and not {"username", "password"} & content.keys():
        message = f"{subject} of type {sort} has neither username nor password, expected one of them in data"
        yield subject.found(("data", "username"), message, "type: Opaque takes any keys")
    is_token = sort == "kubernetes.io/service-account-token"
    if is_token and not mapping(subject.metadata.get("annotations")).get(_ACCOUNT):
        message = f"{subject} of type {sort} names no service account, expected the annotation {_ACCOUNT}"
        yield subject.found(("metadata", "annotations", _ACCOUNT), message)
