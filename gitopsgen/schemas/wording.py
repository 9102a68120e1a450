"""What a schema violation is called: one sentence with the field, what was found and what was expected.

Pure text; the engine's own messages are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from gitopsgen.schemas.kind import Schema, node_at
from gitopsgen.source.engine_path import engine_path

Path = tuple[str | int, ...]

_BARE = {"boolean": re.compile("true|false"), "integer": re.compile("-?[0-9]+"), "number": re.compile(r"-?[0-9.]+")}
_BYTES = re.compile(r"(?P<number>[0-9.]+) ?(?P<unit>[KMGTPkmgtp])i?[Bb]?")
_FORMATS = {"byte": "base64", "date-time": "a time such as 2026-11-27T08:00:00Z"}
_LENGTH = re.compile(r"\^\.\{0,(\d+)\}\$")
_PATTERNS = {
    "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$": "up to 63 lower-case letters, digits and inner '-'",
    "^[^/%]+$": "a name without '/' and '%'",
}
_SHOWN = 60
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation; `sort` is the name of the rule that reports it, `field` the path in the object."""

    field: Path
    sort: str
    message: str
    hint: str = ""


def describe(error: Any, schema: Schema, data: Any) -> Iterator[Violation]:
    """Give the violations that one error of the engine stands for."""
    field = engine_path(error, data)
    name = error.kind.name
    if name in {"additionalProperties", "falseSchema"}:
        # the engine names no field where the schema has none at all
        for unknown in error.kind.unexpected if name == "additionalProperties" else _value_at(data, field):
            yield _unknown_field(field, unknown, node_at(schema, field))
    elif name == "required":
        missing = (*field, error.kind.property)
        yield Violation(missing, "missing-field", f'required field "{dotted(missing)}" is missing')
    elif name == "type":
        yield _wrong_type(field, error.kind.types, node_at(schema, field), error.instance)
    elif name in {"enum", "const"}:
        yield _unknown_value(field, error)
    else:
        yield Violation(
            field, "malformed-value", _malformed(field, name, error, schema), _form(name, error, field, schema)
        )


def dotted(field: Path) -> str:
    """Give a path as people write it: `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`."""
    text = ""
    for step in field:
        if isinstance(step, int):
            text += f"[{step}]"
        elif "." in step or "/" in step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text or "the object"


def shown(value: Any) -> str:
    """Give a value short enough for a message: `"three" (string)`, `a list`."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f'"{cut}" ({_type_name(value)})'


def suggestion(name: str, known: Iterable[str]) -> str:
    """Give a did-you-mean, empty where nothing known is near."""
    near = get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else ""


def listed(values: Iterable[Any]) -> str:
    """Give the allowed values in quotes, cut where there are many."""
    texts = [f'"{value}"' for value in values if value is not None]
    return ", ".join(texts[:_LISTED]) + (", …" if len(texts) > _LISTED else "")


def _value_at(data: Any, field: Path) -> Any:
    for step in field:
        data = data[step]
    return data


def _unknown_field(parent: Path, name: str, node: Schema) -> Violation:
    known = sorted(node.get("properties", ()))
    hint = suggestion(name, known) or (f"known fields: {listed(known)}" if known else "")
    where = f'"{dotted(parent)}"' if parent else "the object"
    return Violation((*parent, name), "unknown-field", f'unknown field "{name}" in {where}', hint)


def _wrong_type(field: Path, types: Iterable[str], node: Schema, value: Any) -> Violation:
    names = {"object": "a mapping", "array": "a list", "boolean": "true or false"}
    expected = " or ".join(names.get(name, f"{_article(name)} {name}") for name in types if name != "null")
    if node.get("x-gitopsgen-type") == "quantity":
        expected = "a quantity such as 100m, 1.5 or 2Gi"
    message = f'"{dotted(field)}" is {shown(value)}, expected {expected}'
    return Violation(field, "wrong-type", message, _cure(frozenset(types), value, node))


def _cure(types: frozenset[str], value: Any, node: Schema) -> str:
    """Give how a value is written that is of a type in `types`, empty where nobody can tell what was meant."""
    if "string" in types and "duration" in str(node.get("x-kubernetes-validations", "")):
        return "write a duration with its unit, as in 300ms or 5s"
    if "string" in types and "integer" not in types and isinstance(value, bool):
        return "quote it: YAML reads y, n, yes, no, on, off, true and false as a boolean"
    if "string" in types and type(value) in (int, float):
        return "quote it"
    if isinstance(value, str) and any(one in types and form.fullmatch(value) for one, form in _BARE.items()):
        return "write it without quotes"
    if "array" not in types:
        return ""
    return 'write "- " before each entry' if isinstance(value, dict) else "write a list, with an entry for each"


def _form(keyword: str, error: Any, field: Path, schema: Schema) -> str:
    """Give how a value of a wrong form is written, empty where nobody can tell what was meant."""
    value = error.instance
    if keyword == "format" and error.kind.format in {"base64", "byte"}:
        return "plain text goes into stringData" if field[:1] == ("data",) else "encode it"
    of_bytes = _BYTES.fullmatch(value) if isinstance(value, str) else None
    if of_bytes and node_at(schema, field).get("x-gitopsgen-type") == "quantity":
        return f"write {of_bytes['number']}{of_bytes['unit'].upper()}i"
    return ""


def _unknown_value(field: Path, error: Any) -> Violation:
    options = error.kind.options if error.kind.name == "enum" else [error.kind.expected_value]
    value = error.instance
    hint = (
        suggestion(value, [option for option in options if isinstance(option, str)]) if isinstance(value, str) else ""
    )
    message = f'"{dotted(field)}" is {shown(value)}, expected one of {listed(options)}'
    return Violation(field, "unknown-value", message, hint)


def _malformed(field: Path, keyword: str, error: Any, schema: Schema) -> str:
    where, kind = dotted(field), error.kind
    if node_at(schema, field).get("x-gitopsgen-type") == "quantity":
        return f'"{where}" is {shown(error.instance)}, expected a quantity such as 100m, 1.5 or 2Gi'
    match keyword:
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            bound = {"min": "at least", "max": "at most"}[keyword.removeprefix("exclusive").lower()[:3]]
            strict = "more than" if "Min" in keyword else "less than"
            return f'"{where}" is {error.instance}, expected {strict if "exclusive" in keyword else bound} {kind.limit}'
        case "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties":
            bound = "at least" if keyword.startswith("min") else "at most"
            unit = {"L": "characters", "I": "entries", "P": "keys"}[keyword[3]]
            return f'"{where}" has {len(error.instance)} {unit}, expected {bound} {kind.limit}'
        case "pattern":
            return f'"{where}" is {shown(error.instance)}, expected {_in_words(kind.pattern)}'
        case "format":
            expected = _FORMATS.get(kind.format, f"the format {kind.format}")
            return f'"{where}" is {shown(error.instance)}, expected {expected}'
        case _:
            return _combination(field, schema)


def _in_words(pattern: str) -> str:
    most = _LENGTH.fullmatch(pattern)
    return f"at most {most[1]} characters" if most else _PATTERNS.get(pattern, f"a match of {pattern}")


def _combination(field: Path, schema: Schema) -> str:
    node = node_at(schema, field)
    names = sorted(
        {name for key in ("oneOf", "anyOf") for part in node.get(key, ()) for name in part.get("required", ())}
    )
    choice = f", expected exactly one of {listed(names)}" if names else ", expected another combination of fields"
    return f'"{dotted(field)}" sets fields that exclude each other or lacks one that it needs{choice}'


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "integer", float: "number"}.get(type(value), type(value).__name__)


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"
