"""The objects of one cluster, as capacity looks at them: plain data, found by kind and name.

Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gitopsgen.model.unchecked import mapping, text

Data = Mapping[str, Any]


class Item(NamedTuple):
    """One object: the case that it belongs to, its data, and whatever its owner knows it by."""

    case: str
    data: Data
    source: Any = None

    @property
    def name(self) -> str:
        """The name of the object."""
        return text(mapping(self.data.get("metadata")).get("name"))

    @property
    def namespace(self) -> str:
        """Its namespace, empty for none."""
        return text(mapping(self.data.get("metadata")).get("namespace"))

    @property
    def group(self) -> str:
        """The group of its API, empty for the core."""
        group, slash, _ = text(self.data.get("apiVersion")).partition("/")
        return group if slash else ""

    @property
    def kind(self) -> str:
        """Its kind."""
        return text(self.data.get("kind"))

    @property
    def spec(self) -> Data:
        """Its specification."""
        return mapping(self.data.get("spec"))


class Objects:
    """All objects of a cluster, by kind."""

    __slots__ = ("_by_kind", "_by_name", "items")

    def __init__(self, items: Iterable[Item]) -> None:
        """Sort the objects."""
        self.items = tuple(items)
        self._by_kind: dict[tuple[str, str], list[Item]] = {}
        self._by_name: dict[tuple[str, str, str, str], Item] = {}
        for item in self.items:
            kind, group, metadata = item.kind, item.group, mapping(item.data.get("metadata"))
            self._by_kind.setdefault((kind, group), []).append(item)
            name, namespace = text(metadata.get("name")), text(metadata.get("namespace"))
            self._by_name.setdefault((kind, group, namespace, name), item)

    def of(self, kind: str, group: str = "") -> list[Item]:
        """Give all objects of a kind."""
        return self._by_kind.get((kind, group), [])

    def get(self, kind: str, name: str, namespace: str = "", group: str = "") -> Item | None:
        """Give one object, or None."""
        return self._by_name.get((kind, group, namespace, name))


def at(data: Any, *path: str) -> Any:
    """Give what stands at a path of mappings, None where nothing does."""
    for step in path:
        data = mapping(data).get(step)
    return data


def whole(value: Any, default: int) -> int:
    """Give the value where it is a whole number, else the default."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default
