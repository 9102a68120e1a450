"""The objects in a document: itself, or the items of a list, as `kubectl` takes lists apart.

https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/unstructured/unstructured_list.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitopsgen.model.variant import Path


def objects_of(data: Any) -> Iterator[tuple[Path, Any]]:
    """Give each object with the path at which it stands; an item without kind has the kind that the list is of."""
    pending: list[tuple[Path, Any]] = [((), data)]
    while pending:
        path, each = pending.pop()
        items = each.get("items") if isinstance(each, dict) and _is_list(each) else None
        if not isinstance(items, list):
            yield path, each
            continue
        pending += reversed([((*path, "items", index), _typed(each, item)) for index, item in enumerate(items)])


def _is_list(data: dict[str, Any]) -> bool:
    kind = data.get("kind")
    return isinstance(kind, str) and kind.endswith("List") and isinstance(data.get("apiVersion"), str)


def _typed(whole: dict[str, Any], item: Any) -> Any:
    kind = whole["kind"].removesuffix("List")
    if not isinstance(item, dict) or not kind or "kind" in item:
        return item
    return {"apiVersion": whole["apiVersion"], "kind": kind, **item}
