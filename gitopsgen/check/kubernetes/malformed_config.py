"""A key that a ConfigMap or Secret cannot have, or more than it can hold.

What it finds:
    A key in `data`, `binaryData` or `stringData` that could be no file name, a key of a ConfigMap in both `data`
    and `binaryData`, and more than 1 MiB together.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: payment-gateway, namespace: payment}
    data:
      routes/cards.yaml: "enabled: true"

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: payment-gateway, namespace: payment}
    data:
      routes.cards.yaml: "enabled: true"

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check import names
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping

RULE = Rule(
    "GG469",
    "malformed-config",
    Severity.ERROR,
    on=of_kind("ConfigMap", "Secret"),
    is_shared=True,
    refused_by=API_SERVER,
)
_LIMIT = 1024 * 1024


def check(subject: Subject) -> Iterator[Found]:
    """Report keys that are refused, and values that cannot be decoded."""
    binary = mapping(subject.data.get("binaryData"))
    for field in ("data", "binaryData", "stringData"):
        for key in mapping(subject.data.get(field)):
            expected = names.config_key(key)
            if expected:
                message = f'the key "{key}" of {subject} must be {expected}'
                yield subject.found((field, key), message, "a volume can put it at another path (items)")
            elif field == "data" and key in binary:
                yield subject.found(
                    (field, key), f'"{key}" of {subject} is in data and binaryData, expected one of them'
                )
    size = sum(_sizes(subject, binary))
    if size > _LIMIT:
        yield subject.found(("data",), f"{subject} has {size} bytes or more, expected at most {_LIMIT}")


def _sizes(subject: Subject, binary: Mapping[str, Any]) -> Iterator[int]:
    """Give the bytes of each value; of base64 what it has at least."""
    plain = mapping(subject.data.get("stringData"))
    content = {**binary, **mapping(subject.data.get("data")), **plain}
    is_secret = subject.known.name == "Secret"
    for key, value in content.items():
        if isinstance(value, str):
            is_encoded = key not in plain if is_secret else key in binary
            yield len(value) // 4 * 3 - 2 if is_encoded else len(value.encode())
