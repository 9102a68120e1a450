"""Credentials for a registry that cannot be read.

What it finds:
    A Secret of type `kubernetes.io/dockerconfigjson` or `kubernetes.io/dockercfg` whose credentials are no
    JSON object.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Secret
    metadata: {name: registry, namespace: payment}
    type: kubernetes.io/dockerconfigjson
    stringData: {.dockerconfigjson: "{auths: {}}"}

Instead:
    apiVersion: v1
    kind: Secret
    metadata: {name: registry, namespace: payment}
    type: kubernetes.io/dockerconfigjson
    stringData: {.dockerconfigjson: '{"auths": {}}'}

"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

# Not shared by clusters: it reads all of a text.
RULE = Rule(
    "GG472",
    "undecodable-secret",
    Severity.ERROR,
    on=of_kind("Secret"),
    refused_by=API_SERVER,
)
_KEYS: Final = {"kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson"}


def check(subject: Subject) -> Iterator[Found]:
    """Report credentials that the server cannot read; they are not shown."""
    key = _KEYS.get(str(subject.data.get("type")), "")
    plain = mapping(subject.data.get("stringData"))
    field = "stringData" if key in plain else "data"
    value = mapping(subject.data.get(field)).get(key, subject)
    value = "" if value is None else value
    if isinstance(value, str) and not _is_object(value, is_encoded=field == "data"):
        yield subject.found((field, key), f'"{key}" of {subject} is no JSON object, expected credentials by registry')


def _is_object(text: str, *, is_encoded: bool) -> bool:
    try:
        found = json.loads(b64decode(text) if is_encoded else text)
    except (ValueError, RecursionError):
        return False
    return found is None or isinstance(found, dict)
