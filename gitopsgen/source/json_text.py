"""Strict JSON in, plain data out: for JSON Schemas."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from gitopsgen.diagnostics import Location, Outcome
from gitopsgen.source import findings
from gitopsgen.source.reader import Source, read
from gitopsgen.source.text import decode


def read_json(file: str, raw: bytes) -> Outcome[Source]:
    """Read one JSON document; duplicate keys and numbers that JSON does not have are findings."""
    decoded = decode(file, raw)
    if decoded.value is None:
        return Outcome(Source(file, "", None), decoded.diagnostics)
    text = decoded.value
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(items)
        if len(mapping) != len(items):
            repeated.append("")
        return mapping

    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = Location(file, error.lineno, error.colno)
        return _broken(file, text, findings.YAML_SYNTAX.at(place, f"is not JSON: {error.msg.lower()}"))
    except (RecursionError, ValueError) as error:
        message = "nesting is too deep" if isinstance(error, RecursionError) else str(error)
        return _broken(file, text, findings.YAML_SYNTAX.at(Location(file), f"is not JSON: {message}"))
    # The YAML reader knows positions; JSON's own does not.
    duplicates = [found for found in read(file, raw).diagnostics if found.code == "GG102"] if repeated else []
    return Outcome(Source(file, text, data), (*decoded.diagnostics, *duplicates))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _broken(file: str, text: str, finding: Any) -> Outcome[Source]:
    return Outcome(Source(file, text, None), (finding,))
