"""Plain data to TOML text, for node files such as a container runtime's configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.template.errors import TemplateError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(value: Any) -> str:
    """Give a mapping as TOML 1.0 text; raises `TemplateError` for null and what TOML has no form for."""
    if not isinstance(value, Mapping):
        raise TemplateError("unprintable-value", "found something else than a mapping, which TOML cannot carry")
    return "\n".join(_table(value, ())).strip("\n") + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, value in table.items():
        if not isinstance(value, Mapping) and not _is_array_of_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        inner = (*path, key)
        if isinstance(value, Mapping):
            yield f"\n[{'.'.join(map(_key, inner))}]"
            yield from _table(value, inner)
        elif _is_array_of_tables(value):
            for one in value:
                yield f"\n[[{'.'.join(map(_key, inner))}]]"
                yield from _table(one, inner)


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    raise TemplateError("unprintable-value", "found a value that TOML cannot carry")
