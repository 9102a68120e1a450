"""What Istio knows of Envoy's own types: the fields of each message, and the enumerations.

Facts from the descriptors that Istio is built with, written by `tests/real/envoy_types.go`; judges nothing.
A field is written as its type: a scalar, `=` and an enumeration, or a message; `[` before it says that it is a list,
`{`, the type of the keys and a space that it is a map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

_FACTS: Final = Path(__file__).with_suffix(".json")
_CAPITAL: Final = re.compile(r"_+([a-z0-9]?)")


@cache
def fields_of(message: str) -> Mapping[str, str]:
    """Give the types of a message's fields, by both names that each has in JSON; raises KeyError where it is none."""
    own = _facts()["messages"][message]
    return {**own, **{json_name(name): kind for name, kind in own.items()}}


def values_of(enumeration: str) -> list[str]:
    """Give the names of an enumeration's values."""
    return _facts()["enums"][enumeration]  # type: ignore[no-any-return]  # a JSON value


def is_message(name: str) -> bool:
    """Whether this is a message of Envoy's."""
    return name in _facts()["messages"]


def is_linked(name: str) -> bool:
    """Whether Istio knows a message of this name, which may be anyone's."""
    return is_message(name) or name in _facts()["others"]


def messages() -> list[str]:
    """Give the names of all messages that Istio knows."""
    return [*_facts()["messages"], *_facts()["others"]]


@cache
def _facts() -> Any:
    return json.loads(_FACTS.read_bytes())


def json_name(name: str) -> str:
    """Give the other name of a field, `maxTokens` of `max_tokens`: https://protobuf.dev/programming-guides/json/."""
    return _CAPITAL.sub(lambda match: match[1].upper(), name)
