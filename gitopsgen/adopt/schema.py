"""The closed JSON Schema of some samples of a value: it allows what they have, and refuses a misspelt key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

_TYPES: Final[dict[type, str]] = {
    str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array", type(None): "null",
}  # fmt: skip


def schema_of(samples: Sequence[Any]) -> dict[str, Any]:
    """Give the schema of plain data; of no samples it allows anything."""
    types = sorted({_TYPES[type(one)] for one in samples})
    if not types:
        return {}
    found: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    mappings = [one for one in samples if isinstance(one, dict)]
    if mappings:
        names = sorted({name for one in mappings for name in one})
        found["additionalProperties"] = False
        found["properties"] = {name: schema_of([one[name] for one in mappings if name in one]) for name in names}
    items = [item for one in samples if isinstance(one, list) for item in one]
    if items:
        found["items"] = schema_of(items)
    return found
