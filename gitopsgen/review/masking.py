"""What is secret, hidden before anyone sees it: that it changes is told, not from what to what.

Masks by kind, by name and by form; the dangers are found before, in the data itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Final

from gitopsgen.check.credentials import inside, named, names_one, setting
from gitopsgen.diff import NOTHING, Change, Difference, Folded, Hunk, Key, Object, Sort
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import shown

HIDDEN: Final = '"(hidden)"'  # as JSON, as all values of changes
CONCEALED: Final = "(hidden)"
_REFERENCE: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_PROPERTIES: Final = "properties"
# what is called a secret's key there only names one
_REFERRING: Final = frozenset({"external-secrets.io", "secrets.hashicorp.com"})


def masked(difference: Difference) -> Difference:
    """Give the difference with every value masked that is, or looks like, a secret."""
    return replace(difference, folded=tuple(map(_folded, difference.folded)), pairs=())


def told(kind: str, path: Path, value: Any) -> str:
    """Give a value of a field as a message tells it: short, and hidden where it is, or looks like, a secret."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if (kind == "Secret" and path[:1] in {("data",), ("stringData",)}) or is_secret(name, value):
        return CONCEALED
    return "nothing" if value is None else shown(value)


def masked_values(value: Any, name: str = "") -> Any:
    """Give plain data with every scalar replaced by `CONCEALED` that is, or looks like, a secret.

    What is called a secret and reads like a name (`database-owner`) names one. `properties` of a store of secrets map
    keys to what credentials are called there: such a name alone is shown.
    """
    if isinstance(value, dict):
        if name == _PROPERTIES:
            return {key: _property(key, each) for key, each in value.items()}
        if _is_variable(value):
            return {**value, "value": CONCEALED}
        return {key: masked_values(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked_values(each, name) for each in value]
    refers = name.lower().endswith("secret") and isinstance(value, str) and _REFERENCE.fullmatch(value)
    return CONCEALED if not refers and is_secret(name, value) else value


def _property(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return masked_values(value, key)
    return CONCEALED if is_secret(key, value) and not names_one(value) else value


def _folded(folded: Folded) -> Folded:
    one = folded.objects[0]
    hunks = (Hunk(hunk.places, tuple(_change(one, each) for each in hunk.changes)) for hunk in folded.hunks)
    return replace(folded, hunks=tuple(hunks))


def _change(one: Object, change: Change) -> Change:
    if one.kind == "Secret" and change.path[:1] in {("data",), ("stringData",)}:
        return _hidden(change)
    name = "" if one.group in _REFERRING else _name(change)
    if any(is_secret(name, json.loads(side)) for side in (change.old, change.new) if side != NOTHING):
        return _hidden(change)
    return change


def _hidden(change: Change) -> Change:
    old, new = (NOTHING if side == NOTHING else HIDDEN for side in (change.old, change.new))
    # lines and items are masked whole: how many there are would tell something too
    return Change(change.path, Sort.FIELD, old, new, change.root)


def is_secret(name: str, value: Any) -> bool:
    """Tell whether a value of plain data is, or holds, what looks like a secret; `name` is what it is called."""
    if isinstance(value, dict):
        return any(is_secret(key, each) for key, each in value.items()) or _is_variable(value)
    if isinstance(value, list):
        return any(is_secret(name, each) for each in value)
    return isinstance(value, str) and (bool(inside(value)) or bool(setting(value)) or named(name, value))


def _is_variable(value: dict[str, Any]) -> bool:
    name, text = value.get("name"), value.get("value")
    return isinstance(name, str) and isinstance(text, str) and named(name, text)


def _name(change: Change) -> str:
    """Give what a value is called: its key, or the name of the variable whose value it is."""
    *above, last = change.path or ("",)
    if last == "value" and above and isinstance(above[-1], Key):
        return str(above[-1])
    return last if isinstance(last, str) else ""
