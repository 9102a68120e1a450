"""A template as one case uses it, and the files that it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gitopsgen.model.project import Template
from gitopsgen.template.decisions import Decisions
from gitopsgen.template.expressions import Node
from gitopsgen.template.naming import file_name

ALL: Final = -1  # in the place of a document's number: the file holds all of them, its data is their list
_REMEMBERED: Final = 128


@dataclass(slots=True)
class Made:
    """One file of one template for one or more variants.

    `name` is relative to the case's folder, or for a node file to the cluster's;
    `data` is what a cluster reads, None for native text: made when someone asks, and again after `del made.data`.
    `verdict` is kept for whoever checks it: variants that fill a template alike share one record.
    """

    name: str
    content: bytes
    data: Any
    template: str
    trace: str
    inputs: str
    document: int
    is_resource: bool
    verdict: Any = None
    facts: Any = None
    build: Callable[[], Any] | None = field(default=None, repr=False, compare=False)

    def __getattr__(self, name: str) -> Any:
        """Make the data, when it is not there."""
        if name != "data" or self.build is None:
            raise AttributeError(name)
        self.data = self.build()
        return self.data


@dataclass(slots=True)
class Instance:
    """One template as one case uses it."""

    template: Template
    directories: tuple[str, ...]
    roots: Mapping[str, Node]
    namespace: str
    decisions: Decisions
    made: dict[bytes, tuple[Made, ...]] = field(default_factory=dict)
    names: dict[tuple[str, ...], str] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)  # by trace, the hash of its templates

    @property
    def key(self) -> tuple[Any, ...]:
        """What its ways depend on besides templates and values."""
        return self.template.path, self.template.at, self.template.kind, self.directories, tuple(self.roots)


def named(instance: Instance, identity: tuple[Any, Any, Any]) -> str:
    """Give the name of a document's file, and remember it."""
    parts = tuple([one if one.__class__ is str else "" for one in identity])
    name = instance.names.get(parts)
    if name is None:
        name = file_name(instance.template, parts, instance.namespace)
        if len(instance.names) < _REMEMBERED:
            instance.names[parts] = name
    return name


def is_resource(template: Template) -> bool:
    """Tell whether a cluster reads what a template gives."""
    return template.kind in {"manifest", "fleet"}


def reader_of(template: Template) -> str:
    """Tell who reads what a template gives as data: `cluster`, `node`, or nobody."""
    return "cluster" if is_resource(template) else "node" if is_node_data(template) else ""


def is_node_data(template: Template) -> bool:
    """Tell whether a template gives data for nodes, which rules can read."""
    return template.kind == "node" and output_kind(template) == "yaml"


def output_kind(template: Template) -> str:
    """Tell what a template gives: `yaml`, `json` or `text`."""
    if is_resource(template):
        return "yaml"
    name = template.path.removesuffix(".j2")
    return "yaml" if name.endswith((".yaml", ".yml")) else "json" if name.endswith(".json") else "text"
