"""Strategic merge: a part of an object laid over it, its lists merged by the keys of the kind.

As a server merges: new items go to the end, null deletes, `$patch: delete` and `$patch: replace` act on the mapping,
list item or list that they stand in. Stricter than a server: what is to be deleted must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.model.variant import Path
from gitopsgen.patches.findings import REFUSED, UNPLACED, Fault, pointer
from gitopsgen.patches.leaf import plain, same
from gitopsgen.patches.list_keys import ListKeys, field_schema, item_schema, list_keys
from gitopsgen.schemas.kind import Schema

GONE: Final = object()  # what is left of something deleted
_DIRECTIVE: Final = "$patch"
_UNKNOWN: Final = ("$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/")


def merge(data: Any, patch: Mapping[str, Any], schema: Schema) -> tuple[Any, tuple[Fault, ...]]:
    """Give `data` with a patch laid over it (`GONE` where it deletes all), and what is wrong with the patch.

    `schema` is that of the kind, with its definitions; empty where nobody knows it: then lists replace.
    """
    merging = _Merge(schema)
    merged = merging.mapping(data, patch, schema, ("strategicMerge",))
    return merged, tuple(merging.faults)


class _Merge:
    """One patch on its way through one object; gives new containers wherever it changes them."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.faults: list[Fault] = []

    def mapping(self, original: Mapping[str, Any], patch: Mapping[str, Any], schema: Schema, at: Path) -> Any:
        directive = plain(patch.get(_DIRECTIVE, "merge"))
        if directive == "delete":
            return GONE
        if directive not in ("merge", "replace"):
            self.refuse(
                (*at, _DIRECTIVE), f"found the directive '{directive}', expected 'delete', 'merge' or 'replace'"
            )
        merged = {} if directive == "replace" else dict(original)
        for key, value in patch.items():
            if key.startswith(_UNKNOWN):
                self.refuse((*at, key), f"found the directive '{key}', which patches of overlays do not have")
            elif key != _DIRECTIVE:
                self.entry(merged, key, value, (field_schema(self.root, schema, key), (*at, key)))
        return merged

    def entry(self, merged: dict[str, Any], key: str, value: Any, place: tuple[Schema, Path]) -> None:
        schema, at = place
        made = GONE if value is None else self.value(merged.get(key), value, schema, at)
        if made is not GONE:
            merged[key] = made
        elif key in merged:
            del merged[key]
        else:
            self.misplace(at, f"found the deletion of '{key}', which is not there")

    def value(self, original: Any, patch: Any, schema: Schema, at: Path) -> Any:
        if isinstance(patch, Mapping):
            below = original if isinstance(original, Mapping) else {}
            return self.mapping(below, patch, schema, at)
        if not isinstance(patch, list):
            return patch
        keys = list_keys(self.root, schema)
        items = [item for item in patch if not _replaces(item)]
        if len(items) < len(patch) or not isinstance(original, list):
            original = []
        if keys is not None and keys.is_set:
            return [*original, *(item for item in items if not any(same(item, one) for one in original))]
        return self.replaced(patch, at) if keys is None else self.items(original, patch, (keys, schema), at)

    def replaced(self, patch: list[Any], at: Path) -> list[Any]:
        """Give a list that has no merge key: as it stands in the patch, so that a directive in it has no meaning."""
        for index, item in enumerate(patch):
            if isinstance(item, Mapping) and _DIRECTIVE in item and not _replaces(item):
                message = f"found '{_DIRECTIVE}' in an item of '{pointer(at[1:])}', a list without a merge key"
                self.refuse((*at, index), message, "give the whole list, or use a JSON patch")
        return [item for item in patch if not _replaces(item)]

    def items(self, original: list[Any], patch: list[Any], kind: tuple[ListKeys, Schema], at: Path) -> list[Any]:
        keys, schema = kind
        merged, below = list(original), item_schema(self.root, schema)
        for index, item in enumerate(patch):
            here = (*at, index)
            if not isinstance(item, Mapping) or not (_replaces(item) or keys.primary in item):
                message = f"found an item of '{pointer(at[1:])}' without '{keys.primary}', which the list merges by"
                self.refuse(here, message)
            elif not _replaces(item):
                self.item(merged, item, keys.matches(merged, item), (below, here))
        return merged

    def item(self, merged: list[Any], item: Mapping[str, Any], matches: list[int], place: tuple[Schema, Path]) -> None:
        schema, at = place
        if len(matches) > 1:
            message = f"found an item that matches {len(matches)} of '{pointer(at[1:-1])}', expected one"
            self.refuse(at, message, "give all keys of the item")
            return
        original = merged[matches[0]] if matches else {}
        made = self.mapping(original, item, schema, at)
        if made is not GONE:
            index = matches[0] if matches else len(merged)
            merged[index : index + 1] = [made]
        elif matches:
            del merged[matches[0]]
        else:
            self.misplace(at, f"found the deletion of an item that '{pointer(at[1:-1])}' does not have")

    def refuse(self, at: Path, message: str, hint: str = "") -> None:
        self.faults.append(Fault(REFUSED, at, message, hint))

    def misplace(self, at: Path, message: str) -> None:
        self.faults.append(Fault(UNPLACED, at, message))


def _replaces(item: Any) -> bool:
    """Tell whether a list item says that the list replaces the one below it."""
    return isinstance(item, Mapping) and len(item) == 1 and plain(item.get(_DIRECTIVE)) == "replace"
