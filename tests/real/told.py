"""Which fields a server's message names, and whether they are those that we name.

Knows how servers write fields, and no kind.
"""

import re
from collections.abc import Iterable, Sequence

# What a message says of fields: `spec.a[0].b: Invalid value`, `unknown field "spec.a"`, `Go struct field A.spec.b of`.
_INVALID = re.compile(r"(?:^|[\s\[(])((?:[a-zA-Z][\w$-]*)(?:\.[\w$-]+|\[[^\]]*\])*): (?=[A-Z][a-z]+[ :])")
_DUPLICATE = re.compile(r'(?:unknown|duplicate) field "([^"]+)"')
_DECODED = re.compile(r"Go struct field \w+\.(\S+) of type")
_CUSTOM_TYPE = re.compile(r"(?:^|[\s\[(])([a-z][\w.\[\]$-]*) in body")
_APPLIED = re.compile(r" \.([\w.]+): element \d+: ")  # server-side apply, of an entry of a list
_EMBEDDED = re.compile(r"\.?\b[A-Z]\w*(?=\.)")  # Go's names of embedded structures are no fields
_INDEX = re.compile(r"\[\d+\]")
_KEY = re.compile(r"\[([^\]]*)\]")
_NO_FIELDS = {"json", "strict"}
# Where the server leaves out a step or adds one, or misspells a field.
_NICKNAMES = {
    r"(?<!\w)template\.(?=annotations|labels)": "template.metadata.",
    r"^overhead\.limits": "overhead.podFixed",
    r"\.overhead\.limits": ".overhead",
    r"tolerations\.tolerations": "tolerations",
    r"matchResouces": "matchResources",
    r"downwardAPI\.(?=fieldRef|mode|path|resourceFieldRef)": "downwardAPI.items.",
    r"spec\.resources\.storage": "spec.resources.requests.storage",
    r"additionalPrinterColumns\.JSONPath": "additionalPrinterColumns.jsonPath",
}


def fields_in(message: str) -> set[str]:
    """Give the fields that a server's message names, without places in lists; keys of maps are steps of their own."""
    found = [
        *_INVALID.findall(message),
        *_DUPLICATE.findall(message),
        *_CUSTOM_TYPE.findall(message),
        *_APPLIED.findall(message),
    ]
    decoded = [_EMBEDDED.sub("", field).lstrip(".") for field in _DECODED.findall(message)]
    if "Go struct field ObjectMeta." in message:  # whose own step it leaves out
        decoded = [one if "metadata." in one else f"metadata.{one}" for one in decoded]
    return {_step_by_step(field) for field in (*found, *decoded)} - _NO_FIELDS


def plain(field: Sequence[str | int]) -> str:
    """Write a field as the server does, without places in lists."""
    return ".".join(step for step in field if isinstance(step, str))


def is_named(ours: Iterable[str], message: str) -> bool | None:
    """Tell whether a message names one of our fields, or one what holds the other's; None where one names none."""
    own, theirs = [field for field in ours if field], fields_in(message)
    touches = _touch_by_steps if "Go struct field" in message else _touch
    return any(touches(one, other) for one in own for other in theirs) if own and theirs else None


def _step_by_step(field: str) -> str:
    """Write a field as its object has it."""
    steps = _KEY.sub(r".\1", _INDEX.sub("", field))
    for nickname, name in _NICKNAMES.items():
        steps = re.sub(nickname, name, steps)
    return steps


def _touch(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _touch_by_steps(ours: str, theirs: str) -> bool:
    """Tell the same where the server leaves out the keys of maps, as its decoder does."""
    left, is_matched = theirs.split("."), False
    for step in ours.split("."):
        is_matched = bool(left) and step == left[0]
        left = left[is_matched:]
    return not left or is_matched
