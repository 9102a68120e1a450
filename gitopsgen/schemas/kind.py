"""A kind of Kubernetes object: its names, its scope and its schema.

Knows nothing of files: `bundled`, `pack` and `constraints` make kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What an API server that serves this kind knows of it.

    `namespaced` is None where nobody published the scope; `served` is false for an API
    that a server has but offers only when it is told to; `schema` is closed and self-contained.
    """

    api_version: str
    name: str
    schema: Schema
    plural: str = ""
    namespaced: bool | None = None
    source: str = ""
    served: bool = True

    @property
    def group(self) -> str:
        """The API group, empty for the core group."""
        return split_api_version(self.api_version)[0]


class Source(Protocol):
    """A place that kinds come from."""

    def find(self, api_version: str, kind: str) -> Kind | None:
        """Give the kind, or None where this source does not have it."""

    def names(self) -> Iterable[tuple[str, str]]:
        """Give API version and name of each kind that it has."""


def split_api_version(api_version: str) -> tuple[str, str]:
    """Give group and version: `apps/v1` -> `apps`, `v1`; `v1` -> ``, `v1`."""
    group, _, version = api_version.rpartition("/")
    return group, version


def api_version(group: str, version: str) -> str:
    """Give what stands in `apiVersion`."""
    return f"{group}/{version}" if group else version


def node_at(schema: Schema, path: Iterable[str | int]) -> Schema:
    """Give the part of a schema that speaks of the field at `path`; empty where none does."""
    node: Any = resolve(schema, schema)
    for step in path:
        below = node.get("items") if isinstance(step, int) else _property(node, step)
        if not isinstance(below, Mapping):
            return {}
        node = resolve(schema, below)
    return node  # type: ignore[no-any-return]  # a JSON value


def resolve(root: Schema, node: Schema) -> Schema:
    """Follow `$ref` inside a self-contained schema."""
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _property(node: Schema, step: str) -> Any:
    return node.get("properties", {}).get(step, node.get("additionalProperties"))
