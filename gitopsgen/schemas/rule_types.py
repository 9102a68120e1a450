"""Whether a rule in CEL of a custom kind is an expression that an API server takes: judged by the types of its schema.

Each path below `self` becomes a variable of the type that the schema gives it, and the engine compiles that.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from gitopsgen.cel import Failure, compiled, evaluate
from gitopsgen.cel.sight import Token, tokens
from gitopsgen.schemas.kind import Schema
from gitopsgen.schemas.typed import escaped
from gitopsgen.schemas.wording import suggestion

Spelt = Callable[[str], str]

_ROOTS: Final = frozenset({"self", "oldSelf"})
_SCALARS: Final = {"boolean": "bool", "integer": "int", "number": "double", "string": "string"}
_FORMATS: Final = {"byte": "bytes", "date": "timestamp", "date-time": "timestamp", "duration": "duration"}
_ANY: Final = "dyn"
_READ: Final = {
    "matches": "''.matches",
    **{name: name for name in ("duration", "int", "timestamp", "uint")},
}
_MACROS: Final = frozenset({"all", "exists", "exists_one", "filter", "map"})
_PLACE: Final = re.compile(r" \(line \d+, column \d+\)$")
_STEP: Final = re.compile(r"""(\.([^.\[\]]+)|\['((?:\\.|[^'\\])*)'\])""")
_TEXT: Final[Schema] = {"type": "string"}
_METADATA: Final[Schema] = {"type": "object", "properties": {"generateName": _TEXT, "name": _TEXT}}
_OBJECT: Final[Schema] = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA}


class WrongRuleError(Exception):
    """An expression that is none, with a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Take what is wrong, and what may have been meant."""
        super().__init__(message)
        self.hint = hint


def compile_rule(rule: str, node: Schema, wanted: str, *, is_root: bool = False) -> None:
    """Compile a rule that stands at a node of a structural schema; raises `WrongRuleError`.

    `wanted` is the type of its value, `bool` or `string`. What this engine cannot judge passes.
    """
    plain = compiled(rule, _ROOTS)
    if isinstance(plain, Failure):
        if not plain.is_unsupported:
            raise WrongRuleError(plain.message)
        return
    whole = {**node, "properties": {**_OBJECT, **_part(node, "properties")}} if is_root else node
    _judge_literals(tokens(rule))
    program = compiled_by_types(rule, dict.fromkeys(_ROOTS, whole))
    if isinstance(program, Failure):
        if not program.is_unsupported:
            raise WrongRuleError(program.message)
        return
    given = program.return_type().name().lower()
    if given not in {wanted, _ANY}:
        raise WrongRuleError(f"its value is of the type {given}, expected {wanted}")


def follow(path: str, node: Schema) -> Schema:
    """Give the part of a schema that a path such as `.spec.hosts` or `['a.b'].c` leads to; raises `WrongRuleError`."""
    steps = _STEP.findall(path)
    if "".join(whole for whole, *_ in steps) != path:
        raise WrongRuleError("it is no path, expected one such as .spec.hosts or ['a.b']")
    return _at(node, [escaped(name or quoted) for _, name, quoted in steps])


def type_of(node: Schema) -> str:
    """Give the type of CEL that values of a structural schema have, `dyn` where it is not told."""
    if node.get("x-kubernetes-int-or-string"):
        return _ANY
    sort = node.get("type")
    if sort == "array":
        return f"list({type_of(_part(node, 'items'))})"
    if sort == "object" and isinstance(node.get("additionalProperties"), Mapping):
        return f"map(string, {type_of(_part(node, 'additionalProperties'))})"
    if sort == "string" and str(node.get("format")) in _FORMATS:
        return _FORMATS[str(node["format"])]
    return f"map(string, {_ANY})" if sort == "object" else _SCALARS.get(str(sort), _ANY)


def _judge_literals(found: Sequence[Token]) -> None:
    """Raise `WrongRuleError` for what a server looks at before it knows any value."""
    for place, (_, text) in enumerate(found):
        after = found[place + 1 : place + 4]
        if text in _READ and [one for _, one in after[::2]] == ["(", ")"] and after[1][0] in {"number", "text"}:
            call = f"{_READ[text]}({after[1][1]})"
            is_number = text == "duration" and after[1][0] == "number"
            if is_number or isinstance(evaluate(call, {}), Failure):
                raise WrongRuleError(f"{text}({after[1][1]}) can be none")
        if text == "[":
            end = next((at for at in range(place, len(found)) if found[at][1] == "]"), place)
            sorts = {sort for sort, one in found[place + 1 : end] if one != ","}
            if len(sorts) > 1 and sorts <= {"number", "text"}:
                raise WrongRuleError("a list has numbers and texts, expected items of one type")


def compiled_by_types(
    expression: str, roots: Mapping[str, Schema], others: frozenset[str] = frozenset(), spelt: Spelt = escaped
) -> Any | Failure:
    """Give the program of an expression by the types of what is below `roots`, or the `Failure`.

    `others` are names without a type, `spelt` gives what a field is called in expressions. A failure has no place: what
    is compiled is not the text that people wrote. Raises `WrongRuleError` where a path leads nowhere.
    """
    text, types = _typed(expression, roots, spelt)
    program = compiled(text, others | types)
    return replace(program, message=_PLACE.sub("", program.message)) if isinstance(program, Failure) else program


def _typed(expression: str, roots: Mapping[str, Schema], spelt: Spelt) -> tuple[str, frozenset[str]]:
    """Give an expression with typed variables for its paths, and these variables with their types."""
    found = tokens(expression)
    words: list[str] = []
    types: set[str] = set()
    bound = dict(roots)
    place = 0
    while place < len(found):
        sort, text = found[place]
        end = _end_of_path(found, place) if sort == "name" and text in bound and not _is_after_dot(found, place) else 0
        if not end or (end == place + 1 and text not in roots):
            words.append(text)
            place += 1
            continue
        part = _at(bound[text], [name for _, name in found[place + 1 : end] if name != "."], spelt)
        bound |= _bound(found, end, part)
        is_asked = [one for _, one in found[place - 2 : place]] == ["has", "("] and end > place + 1
        is_open = part.get("type") == "object" and _is_beside_null(found, place, end)
        kind = _ANY if is_asked or is_open else type_of(part)
        variable = "asked" if is_asked else f"of_{''.join(sign if sign.isalnum() else '_' for sign in kind)}"
        words.append("asked.field" if is_asked else variable)
        types.add(f"{variable}: {kind}")
        place = end
    return " ".join(words), frozenset(types)


def _is_beside_null(found: Sequence[Token], start: int, end: int) -> bool:
    """Whether a path is compared with null, which an object may be."""
    around = {
        (one, other) for (_, one), (_, other) in (*pairwise(found[end : end + 2]), *pairwise(found[start - 2 : start]))
    }
    return not around.isdisjoint({("==", "null"), ("!=", "null"), ("null", "=="), ("null", "!=")})


def _bound(found: Sequence[Token], end: int, part: Schema) -> dict[str, Schema]:
    """Give the variable that a macro behind a path binds, with the schema of what it stands for."""
    match [text for _, text in found[end : end + 5]]:
        case [".", macro, "(", variable, ","] if macro in _MACROS:
            return {variable: _part(part, "items") if part.get("type") == "array" else {}}
    return {}


def _is_after_dot(found: Sequence[Token], place: int) -> bool:
    return place > 0 and found[place - 1][1] == "."


def _end_of_path(found: Sequence[Token], start: int) -> int:
    """Give where the path ends that starts at a place: before a call, an index or an optional step."""
    end = start + 1
    while [sort for sort, _ in found[end : end + 2]] == ["sign", "name"] and found[end][1] == ".":
        if found[end + 2 : end + 3] == (("sign", "("),):
            break
        end += 2
    return end


def _at(node: Schema, names: Sequence[str], spelt: Spelt = escaped) -> Schema:
    for name in names:
        if node.get("x-kubernetes-int-or-string") or "type" not in node:
            return {}
        known = _fields(node, spelt)
        if known is None:
            node = _part(node, "additionalProperties")
        elif name in known:
            node = known[name]
        else:
            raise WrongRuleError(f'there is no field "{name}" at that place of the schema', suggestion(name, known))
    return node


def _fields(node: Schema, spelt: Spelt) -> dict[str, Any] | None:
    """Give the fields of an object as expressions name them, None for a map of any."""
    if node.get("type") == "object" and isinstance(node.get("additionalProperties"), Mapping):
        return None
    embedded = _OBJECT if node.get("x-kubernetes-embedded-resource") else {}
    fields = {**embedded, **_part(node, "properties")}
    return {spelt(str(name)): part for name, part in fields.items() if isinstance(part, Mapping)}


def _part(node: Schema, key: str) -> Schema:
    found = node.get(key)
    return found if isinstance(found, Mapping) else {}
