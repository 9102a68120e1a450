"""Lazy expressions: what a template computes, as values that wait for a variant's data.

A node is a tuple of its operation and operands, so that equal expressions are equal values;
`Expressions.function` turns it into a function of a variant's context.
Knows nothing of statements, text or YAML.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.filters import FILTERS
from gitopsgen.template.operators import (
    BINARY,
    COMPARE,
    MAXIMUM_ITEMS,
    TESTS,
    UNARY,
    Undefined,
    bounded_text,
    defined,
    describe,
    text,
    truth,
)

Node = tuple[Any, ...]
Context = Mapping[str, Any]
Function = Callable[[Context], Any]
UNRESOLVED: Final = "sha256:" + "0" * 64


def constant(value: Any, *place: str | int) -> Node:
    """Give the node of a literal and of its place (template, line).

    Its type is part of it, because 1, 1.0 and True are equal in Python.
    """
    return ("const", type(value).__name__, value, *place)


def reference(*path: str | int) -> Node:
    """Give the node of a value by its path in the context."""
    return ("ref", tuple(path))


def item(node: Node, index: int) -> Node:
    """Give the node of one item of a list."""
    if node[0] == "ref":
        return ("ref", (*node[1], index))
    if node[0] == "list" and -len(node[1]) <= index < len(node[1]):
        part: Node = node[1][index]
        return part
    return ("item", node, index)


def attribute(node: Node, key: Node) -> Node:
    """Give the node of an attribute or item by a key that may itself be computed."""
    if key[0] == "const" and node[0] == "ref" and isinstance(key[2], str | int) and not isinstance(key[2], bool):
        return ("ref", (*node[1], key[2]))
    return ("get", node, key)


def lookup(value: Any, key: Any, shown: str, path: tuple[Any, ...] = ()) -> Any:
    """Give a member of plain data, `Undefined` where there is none; never an attribute of a Python object."""
    if isinstance(value, Undefined):
        raise TemplateError("undefined-variable", value.message)
    if isinstance(value, Mapping) and isinstance(key, str):
        return value[key] if key in value else Undefined(f"'{shown}' is not defined", path)
    if isinstance(value, list | tuple) and isinstance(key, int) and not isinstance(key, bool):
        return value[key] if -len(value) <= key < len(value) else Undefined(f"'{shown}' is not defined", path)
    return Undefined(f"'{shown}' is not defined: {describe(value)} has no member {key!r}", path)


def dotted(path: tuple[Any, ...]) -> str:
    """Give a path as people write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


class Expressions:
    """Functions of nodes, each made once."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._functions: dict[Node, Function] = {}

    def function(self, node: Node) -> Function:
        """Give the function that evaluates a node in a context."""
        known = self._functions.get(node)
        if known is None:
            known = self._functions[node] = _MAKERS[node[0]](self, node)
        return known

    def many(self, nodes: tuple[Node, ...]) -> list[Function]:
        """Give the functions of several nodes."""
        return [self.function(node) for node in nodes]


def _const(_: Expressions, node: Node) -> Function:
    value = node[2]
    return lambda _context: value


def _ref(_: Expressions, node: Node) -> Function:
    path: tuple[Any, ...] = node[1]

    def missing(context: Context) -> Any:
        value: Any = context
        for depth, step in enumerate(path):
            value = lookup(value, step, dotted(path[: depth + 1]), path[: depth + 1])
        return value

    def get(context: Context) -> Any:
        value: Any = context
        try:
            for step in path:
                value = value[step]
        except (KeyError, IndexError, TypeError):
            return missing(context)
        return value if type(value) is not str or type(path[-1]) is str else missing(context)

    return get


def _item(expressions: Expressions, node: Node) -> Function:
    container, index = expressions.function(node[1]), node[2]

    def get(context: Context) -> Any:
        value = container(context)
        return list(value)[index] if isinstance(value, Mapping) else value[index]

    return get


def _key_at(expressions: Expressions, node: Node) -> Function:
    container, index = expressions.function(node[1]), node[2]
    return lambda context: list(container(context))[index]


def _value_at(expressions: Expressions, node: Node) -> Function:
    container, index = expressions.function(node[1]), node[2]
    return lambda context: list(container(context).values())[index]


def _get(expressions: Expressions, node: Node) -> Function:
    container, key = expressions.function(node[1]), expressions.function(node[2])
    shown = dotted(node[1][1]) if node[1][0] == "ref" else "…"

    def get(context: Context) -> Any:
        step = defined(key(context))
        return lookup(container(context), step, f"{shown}.{step}")

    return get


def _slice(expressions: Expressions, node: Node) -> Function:
    container, bounds = expressions.function(node[1]), expressions.many(node[2])

    def get(context: Context) -> Any:
        value = defined(container(context))
        if not isinstance(value, list | tuple | str):
            raise TemplateError("wrong-operand", f"found {describe(value)} before '[:]', expected a list or string")
        limits = [bound(context) for bound in bounds]
        if any(not (limit is None or type(limit) is int) for limit in limits) or limits[2] == 0:
            raise TemplateError("wrong-operand", "found a slice whose bounds are not integers")
        return value[slice(*limits)]

    return get


def _applied(expressions: Expressions, node: Node, table: Mapping[str, Callable[..., Any]]) -> Function:
    _, name, subject, arguments, named = node
    apply, value = table[name], expressions.function(subject)
    positional = expressions.many(arguments)
    keywords = [(key, expressions.function(one)) for key, one in named]

    def run(context: Context) -> Any:
        given = [defined(one(context)) for one in positional]
        extra = {key: defined(one(context)) for key, one in keywords}
        try:
            return apply(value(context), *given, **extra)
        except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as error:
            if isinstance(error, TemplateError):
                raise
            raise TemplateError("wrong-operand", f"'{name}' cannot take these arguments") from None

    return run


def _filter(expressions: Expressions, node: Node) -> Function:
    return _applied(expressions, node, FILTERS)


def _test(expressions: Expressions, node: Node) -> Function:
    if node[1] in {"defined", "undefined"}:
        value, wanted = expressions.function(node[2]), node[1] == "defined"
        return lambda context: isinstance(value(context), Undefined) is not wanted
    return _applied(expressions, node, TESTS)


def _binary(expressions: Expressions, node: Node) -> Function:
    apply, left, right = BINARY[node[1]], expressions.function(node[2]), expressions.function(node[3])
    return lambda context: apply(defined(left(context)), defined(right(context)))


def _unary(expressions: Expressions, node: Node) -> Function:
    apply, value = UNARY[node[1]], expressions.function(node[2])
    return lambda context: apply(defined(value(context)))


def _compare(expressions: Expressions, node: Node) -> Function:
    first = expressions.function(node[1])
    others = [(COMPARE[operator], expressions.function(one)) for operator, one in node[2]]

    def holds(context: Context) -> bool:
        left = defined(first(context))
        for compare, other in others:
            right = defined(other(context))
            if not compare(left, right):
                return False
            left = right
        return True

    return holds


def _and(expressions: Expressions, node: Node) -> Function:
    left, right = expressions.function(node[1]), expressions.function(node[2])

    def both(context: Context) -> Any:
        value = left(context)
        return right(context) if truth(value) else value

    return both


def _or(expressions: Expressions, node: Node) -> Function:
    left, right = expressions.function(node[1]), expressions.function(node[2])

    def either(context: Context) -> Any:
        value = left(context)
        return value if truth(value) else right(context)

    return either


def _condition(expressions: Expressions, node: Node) -> Function:
    test, first, second = expressions.many(node[1:])
    return lambda context: first(context) if truth(test(context)) else second(context)


def _concat(expressions: Expressions, node: Node) -> Function:
    parts = expressions.many(node[1])
    return lambda context: bounded_text("".join(text(part(context)) for part in parts))


def _list(expressions: Expressions, node: Node) -> Function:
    parts = expressions.many(node[1])
    return lambda context: [defined(part(context)) for part in parts]


def _dict(expressions: Expressions, node: Node) -> Function:
    pairs = [(expressions.function(key), expressions.function(value)) for key, value in node[1]]

    def make(context: Context) -> dict[str, Any]:
        return {text(key(context)): defined(value(context)) for key, value in pairs}

    return make


def _range(expressions: Expressions, node: Node) -> Function:
    bounds = expressions.many(node[1])

    def numbers(context: Context) -> list[int]:
        limits = [defined(bound(context)) for bound in bounds]
        if not limits or any(type(limit) is not int for limit in limits) or limits[2:] == [0]:
            raise TemplateError("wrong-operand", "found 'range' of something else than integers")
        found = range(*limits)
        if len(found) > MAXIMUM_ITEMS:
            raise TemplateError("too-much-work", f"found a range of {len(found)} numbers, allowed are {MAXIMUM_ITEMS}")
        return list(found)

    return numbers


def image_key(spec: Any) -> str:
    """Give the key of an image in the lock; raises `TemplateError` unless it has repository and tag."""
    if not isinstance(spec, Mapping) or not all(isinstance(spec.get(key), str) for key in ("repository", "tag")):
        raise TemplateError("wrong-operand", "'image' takes a mapping with the strings 'repository' and 'tag'")
    return f"{spec['repository']}:{spec['tag']}"


def _image(expressions: Expressions, node: Node) -> Function:
    spec = expressions.function(node[1])

    def name(context: Context) -> str:
        key = image_key(defined(spec(context)))
        entry = context["images"].get(key)
        if entry is None:
            raise TemplateError("unlocked-image", f"found image '{key}', which the image lock does not hold")
        digest = entry["digest"]
        pinned = UNRESOLVED if digest == "unresolved" else digest
        return f"{context['project']['registry']}/{key}@{pinned}"

    return name


def matching_files(files: Mapping[str, str], directories: tuple[str, ...], pattern: str) -> Iterator[tuple[str, str]]:
    """Give base name and path of the native files that match, the first directory winning."""
    found: dict[str, str] = {}
    for directory in directories:
        for path in files:
            inner = path.removeprefix(directory)
            if inner != path and fnmatch.fnmatchcase(inner, pattern) and inner.count("/") == pattern.count("/"):
                found.setdefault(inner.rpartition("/")[2], path)
    return iter(sorted(found.items()))


def _files(_: Expressions, node: Node) -> Function:
    directories, pattern = node[1], node[2]

    def collect(context: Context) -> dict[str, str]:
        files = context["files"]
        return {name: files[path] for name, path in matching_files(files, directories, pattern)}

    return collect


def _undefined(_: Expressions, node: Node) -> Function:
    missing = Undefined(node[1])
    return lambda _context: missing


_MAKERS: Final[dict[str, Callable[[Expressions, Node], Function]]] = {
    "const": _const,
    "ref": _ref,
    "item": _item,
    "key at": _key_at,
    "value at": _value_at,
    "get": _get,
    "slice": _slice,
    "filter": _filter,
    "test": _test,
    "binary": _binary,
    "unary": _unary,
    "compare": _compare,
    "and": _and,
    "or": _or,
    "condition": _condition,
    "concat": _concat,
    "list": _list,
    "dict": _dict,
    "range": _range,
    "image": _image,
    "files": _files,
    "undefined": _undefined,
}
