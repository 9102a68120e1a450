"""What a JSON Schema finds wrong in plain data, in words: found, expected, and a guess at what was meant.

Knows no files and no layers: a violation names the path in the data.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.source.engine_path import engine_path
from gitopsgen.values.findings import INVALID_VALUE, MISSING_VALUE, UNKNOWN_KEY, Problem
from gitopsgen.values.path import path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import jsonschema_rs

    from gitopsgen.source import FindingKind

_NAMES: Final = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "a list",
    "object": "a mapping",
}
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds under which violations are reported: values and facts have codes of their own."""

    unknown: FindingKind = UNKNOWN_KEY
    invalid: FindingKind = INVALID_VALUE
    missing: FindingKind = MISSING_VALUE


@dataclass(frozen=True, slots=True)
class Judge:
    """A JSON Schema ready to judge data."""

    schema: Mapping[str, Any]
    validator: jsonschema_rs.Validator
    kinds: Kinds = Kinds()

    def violations(self, data: Any) -> tuple[Problem, ...]:
        """Give everything that the schema finds wrong in data."""
        if self.validator.is_valid(data):
            return ()
        found = (problem for error in self.validator.iter_errors(data) for problem in _problems(error, self, data))
        return tuple(dict.fromkeys(found))


def echoes(problem: Problem, unknown: Iterable[Problem]) -> bool:
    """Tell whether a missing key is but the other side of an unknown one: a misspelt key is one mistake."""
    return any(
        other.key and other.path[:-1] == problem.path and f'"{_last(problem)}"' in other.hint for other in unknown
    )


def _last(problem: Problem) -> str:
    """Give the name of the key that a problem says is missing."""
    return problem.message.split('" is required', 1)[0].rsplit(".", 1)[-1].strip('"')


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give a hint with the known name closest to an unknown one, else all of them where they are few."""
    names = sorted(known)
    # Swapped letters of a short name are not close enough for difflib.
    close = difflib.get_close_matches(name, names, n=1) or [one for one in names if sorted(one) == sorted(name)]
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known: {', '.join(names)}" if 0 < len(names) <= 12 else ""  # noqa: PLR2004 - what fits on a line


def shown(value: Any) -> str:
    """Give a value as a message quotes it: short, on one line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _problems(error: jsonschema_rs.ValidationError, judge: Judge, data: Any) -> Iterator[Problem]:
    path = engine_path(error, data)
    kind: Any = error.kind
    name = kind.name
    if name in ("additionalProperties", "unevaluatedProperties"):
        known = _parent(judge.schema, error).get("properties", {})
        for key in kind.unexpected:
            message = f'unknown key "{key}"{_under(path)}'
            yield Problem(judge.kinds.unknown, (*path, key), message, did_you_mean(key, known), key=True)
    elif name == "required":
        description = _description(judge.schema, error, kind.property)
        yield Problem(judge.kinds.missing, path, f'"{path_text((*path, kind.property))}" is required', description)
    elif name == "propertyNames":
        key = str(kind.error.instance)
        message = f'key "{key}"{_under(path)} is not allowed, expected {_expected(kind.error)}'
        yield Problem(judge.kinds.invalid, (*path, key), message, key=True)
    elif name in ("anyOf", "oneOf") and (meant := _meant_branch(error)):
        for nested in meant:
            yield from _problems(nested, judge, data)
    else:
        message = f"{_subject(path)} is {shown(error.instance)}, expected {_expected(error)}"
        yield Problem(judge.kinds.invalid, path, message)


def _meant_branch(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError] | None:
    """Give the errors of the one alternative that fits the type of the value, if only one does."""
    kind: Any = error.kind
    fitting = [
        branch
        for branch in getattr(kind, "context", ())
        if not any(nested.kind.name == "type" and nested.instance_path == error.instance_path for nested in branch)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _expected(error: jsonschema_rs.ValidationError) -> str:
    kind: Any = error.kind
    describe = _EXPECTED.get(kind.name)
    return describe(error, kind) if describe else f"otherwise: {error.message}"


def _subject(path: tuple[Any, ...]) -> str:
    return f'"{path_text(path)}"' if path else "the file's content"


def _under(path: tuple[Any, ...]) -> str:
    return f' under "{path_text(path)}"' if path else ""


def _parent(schema: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> Mapping[str, Any]:
    """Give the schema that holds the keyword which an error broke."""
    node: Any = schema
    for step in error.schema_path[:-1]:
        try:
            node = node[str(step) if isinstance(node, dict) else step]
        except (KeyError, IndexError, TypeError):
            return {}
    return node if isinstance(node, dict) else {}


def _description(schema: Mapping[str, Any], error: jsonschema_rs.ValidationError, name: str) -> str:
    properties = _parent(schema, error).get("properties", {})
    described = properties.get(name, {})
    text = described.get("description", "") if isinstance(described, dict) else ""
    return text[:1].lower() + text[1:].rstrip(".") if text else ""


def _type(_error: Any, kind: Any) -> str:
    return " or ".join(_NAMES.get(name, name) for name in kind.types)


def _enum(error: Any, kind: Any) -> str:
    options = kind.options
    options = json.loads(options) if isinstance(options, str) else options
    close = difflib.get_close_matches(str(error.instance), [str(option) for option in options], n=1)
    listed = "one of " + ", ".join(shown(option) for option in options)
    return f"{listed}; did you mean {shown(close[0])}?" if close else listed


_EXPECTED: Final[dict[str, Callable[[Any, Any], str]]] = {
    "type": _type,
    "enum": _enum,
    "anyOf": lambda _error, _kind: "one of the forms that its schema describes",
    "oneOf": lambda _error, _kind: "exactly one of the forms that its schema describes",
    "not": lambda _, kind: f"anything but what matches {json.dumps(kind.schema, ensure_ascii=False)}",
    "const": lambda _, kind: shown(kind.expected_value),
    "pattern": lambda _, kind: f"text that matches {kind.pattern}",
    "minimum": lambda _, kind: f"at least {kind.limit}",
    "maximum": lambda _, kind: f"at most {kind.limit}",
    "exclusiveMinimum": lambda _, kind: f"more than {kind.limit}",
    "exclusiveMaximum": lambda _, kind: f"less than {kind.limit}",
    "minLength": lambda _, kind: f"at least {kind.limit} characters",
    "maxLength": lambda _, kind: f"at most {kind.limit} characters",
    "minItems": lambda _, kind: f"at least {kind.limit} items",
    "maxItems": lambda _, kind: f"at most {kind.limit} items",
    "minProperties": lambda _, kind: f"at least {kind.limit} keys",
    "maxProperties": lambda _, kind: f"at most {kind.limit} keys",
    "uniqueItems": lambda _error, _kind: "items that differ",
    "multipleOf": lambda _, kind: f"a multiple of {kind.multiple_of}",
    "format": lambda _, kind: f"a text of the format {kind.format}",
}
