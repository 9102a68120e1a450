"""Which values an expression took its result from: exactly, where its form tells; all that it read, where not.

A value that only chose between others is no origin: it is kept apart, as what steered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gitopsgen.template.expressions import Context, Expressions, Node
from gitopsgen.template.functions import image_key, matching_files
from gitopsgen.template.lists import attribute_of
from gitopsgen.template.operators import Undefined, truth

Path = tuple[Any, ...]


@dataclass(slots=True)
class Origins:
    """What an expression's result came from.

    `paths` are values of the context, `keys` mapping keys of it; `literals` are the template's own, by template
    and line; `steering` are the values that chose, without being part of the result.
    """

    paths: dict[Path, None] = field(default_factory=dict)
    keys: dict[Path, None] = field(default_factory=dict)
    literals: dict[tuple[str, int], None] = field(default_factory=dict)
    steering: dict[Path, None] = field(default_factory=dict)


class Finder:
    """Finds the origins of expressions for one variant."""

    def __init__(self, expressions: Expressions, context: Context, *, is_shallow: bool = False) -> None:
        """Evaluate in `context` wherever the way taken depends on values; `is_shallow` names containers whole."""
        self.is_shallow = is_shallow
        self.expressions = expressions
        self.context = context
        self.found = Origins()

    def find(self, node: Node, rest: Path = ()) -> None:
        """Add the origins of the part `rest` of an expression's value."""
        finder = _FINDERS.get(node[0], Finder.everything)
        finder(self, node, rest)

    def value(self, node: Node) -> Any:
        """Give the value of an expression for this variant."""
        return self.expressions.function(node)(self.context)

    def steer(self, node: Node) -> None:
        """Add what a condition read."""
        inner = Finder(self.expressions, self.context, is_shallow=True)
        inner.find(node)
        self.found.steering |= inner.found.paths | inner.found.keys | inner.found.steering

    def constant(self, node: Node, _rest: Path) -> None:
        """Lead a literal to its template line, text that a template wrote out to all its lines."""
        if len(node) > 4:  # noqa: PLR2004 - a literal that knows its place
            lines = str(node[2]).split("\n")
            kept = [number for number, line in enumerate(lines) if line.strip()] if len(lines) > 1 else [0]
            self.found.literals |= dict.fromkeys((node[3], node[4] + number) for number in kept)

    def reference(self, node: Node, rest: Path) -> None:
        """Lead a value to all its leaves."""
        path = (*node[1], *rest)
        found = [path] if self.is_shallow else leaves(self.value(("ref", path)), path)
        self.found.paths |= dict.fromkeys(found)

    def everything(self, node: Node, _rest: Path) -> None:
        """Lead what has no telling form to all that it reads."""
        for part in children(node):
            self.find(part)

    def member(self, node: Node, rest: Path) -> None:
        """Lead to one member of a container by its place."""
        container, index = node[1], node[2]
        value = self.value(container)
        step = list(value)[index] if isinstance(value, Mapping) else index
        self.find(container, (step, *rest))

    def key(self, node: Node, _rest: Path) -> None:
        """Lead to a key of a mapping by its place."""
        self.key_of(node[1], list(self.value(node[1]))[node[2]])

    def key_of(self, container: Node, key: Any) -> None:
        """Lead to a key: the place of the key, not of what stands behind it."""
        if container[0] == "ref":
            self.found.keys[(*container[1], key)] = None
            return
        inner = Finder(self.expressions, self.context)
        inner.find(container, (key,))
        self.found.keys |= {path: None for path in inner.found.paths if path[-1:] == (key,)}
        if not self.found.keys:
            self.find(container, (key,))

    def get(self, node: Node, rest: Path) -> None:
        """Lead to a member by a computed key, which only chose."""
        self.steer(node[2])
        self.find(node[1], (self.value(node[2]), *rest))

    def list_(self, node: Node, rest: Path) -> None:
        """Lead to one member of a list that is written out, or to all."""
        if rest and isinstance(rest[0], int) and rest[0] < len(node[1]):
            self.find(node[1][rest[0]], rest[1:])
        else:
            self.everything(node, ())

    def dict_(self, node: Node, rest: Path) -> None:
        """Lead to one member of a mapping that is written out, or to all."""
        for key, value in node[1]:
            if not rest or self.value(key) == rest[0]:
                self.find(value, rest[1:])
                if not rest:
                    self.find(key)

    def condition(self, node: Node, rest: Path) -> None:
        """Lead to the branch taken; the test only chose."""
        self.steer(node[1])
        self.find(node[2] if truth(self.value(node[1])) else node[3], rest)

    def either(self, node: Node, rest: Path) -> None:
        """Lead to the side taken; the other only chose."""
        takes_left = truth(self.value(node[1])) is (node[0] == "or")
        if not takes_left:
            self.steer(node[1])
        self.find(node[1] if takes_left else node[2], rest)

    def image(self, node: Node, _rest: Path) -> None:
        """Lead to name and tag, the registry, and the digest: the image's own, or that in the lock."""
        spec = self.value(node[1])
        has_digest = bool(spec.get("digest")) if isinstance(spec, Mapping) else False
        for key in ("repository", "tag", *(("digest",) if has_digest else ())):
            self.find(node[1], (key,))
        self.found.paths[("project", "registry")] = None
        if not has_digest:
            self.found.paths[("images", image_key(spec), "digest")] = None

    def files(self, node: Node, rest: Path) -> None:
        """Lead to one native file, or to all that match."""
        for name, path in matching_files(self.context["files"], node[1], node[2]):
            if not rest or rest[0] == name:
                self.found.paths["files", path] = None

    def filter(self, node: Node, rest: Path) -> None:
        """Lead on where a filter's form tells, else to all that it reads."""
        special = _FILTERS.get(node[1])
        if special is None:
            self.everything(node, ())
        else:
            special(self, node, rest)

    def default(self, node: Node, rest: Path) -> None:
        """Lead to the value, or to what stands in for it."""
        value = self.value(node[2])
        takes_other = isinstance(value, Undefined) or (len(node[3]) > 1 and not value)
        self.find(node[3][0] if takes_other and node[3] else node[2], rest)

    def end(self, node: Node, rest: Path) -> None:
        """Lead to the first, or last, item of a list."""
        items = self.value(node[2])
        if isinstance(items, list | tuple) and items:
            self.find(node[2], (0 if node[1] == "first" else len(items) - 1, *rest))
        else:
            self.everything(node, ())

    def counted(self, node: Node, _rest: Path) -> None:
        """Lead to what was counted as a whole: what stands in it makes no difference."""
        inner = Finder(self.expressions, self.context, is_shallow=True)
        inner.find(node[2])
        self.found.paths |= inner.found.paths | inner.found.keys
        self.found.literals |= inner.found.literals
        self.found.steering |= inner.found.steering

    def combine(self, node: Node, rest: Path) -> None:
        """Lead to the last mapping that has the key."""
        for mapping in reversed((node[2], *node[3])):
            if not rest or rest[0] in self.value(mapping):
                self.find(mapping, rest)
                if rest:
                    return

    def mapped(self, node: Node, rest: Path) -> None:
        """Lead to the item at this place, or to the member of it that was asked for; what a filter was given counts."""
        _, _, container, arguments, named = node
        if not rest or not isinstance(items := self.value(container), list | tuple):
            self.everything(node, ())
            return
        options = dict(named)
        if "attribute" not in options:
            for one in arguments[1:]:
                self.find(one)
            self.find(container, (rest[0],))
            return
        asked = self.value(options["attribute"])
        self.steer(options["attribute"])
        item, path = items[rest[0]], [rest[0]]
        if isinstance(attribute_of(item, asked), Undefined):
            self.find(options["default"])
            return
        for step in asked.split("."):
            path.append(step if isinstance(item, Mapping) else int(step))
            item = item[path[-1]]
        self.find(container, (*path, *rest[1:]))

    def pairs(self, node: Node, rest: Path) -> None:
        """Lead to the key of a pair, or to the value under it."""
        if len(rest) > 1:
            key = self.value(node)[rest[0]][0]
            if rest[1] == 1:
                self.find(node[2], (key, *rest[2:]))
            else:
                self.key_of(node[2], key)
        else:
            self.everything(node, ())

    def joined_lists(self, node: Node, rest: Path) -> None:
        """Lead to the one of two joined lists that an item belongs to."""
        left = self.value(node[2])
        if not rest or node[1] != "+" or not isinstance(left, list | tuple):
            self.everything(node, ())
        elif rest[0] < len(left):
            self.find(node[2], rest)
        else:
            self.find(node[3], (rest[0] - len(left), *rest[1:]))

    def members(self, node: Node, rest: Path) -> None:
        """Lead to the member that a filter put at this place; the others only chose."""
        container = self.value(node[2])
        if not rest or not isinstance(container, list | tuple | Mapping):
            self.everything(node, ())
            return
        member = self.value(node)[rest[0]]
        if isinstance(container, Mapping):
            self.key_of(node[2], member)
            return
        index = next(place for place, one in enumerate(container) if one is member or one == member)
        if node[1] == "reverse":
            index = len(container) - 1 - rest[0]
        elif node[1] != "list":
            self.steer(node[2])
        self.find(node[2], (index, *rest[1:]))


def children(node: Any) -> Iterator[Node]:
    """Give the expressions inside an expression."""
    for part in node:
        if isinstance(part, tuple) and part:
            if isinstance(part[0], str) and part[0] in _KINDS:
                yield part
            else:
                yield from children(part)


def leaves(value: Any, path: Path) -> Iterator[Path]:
    """Give the paths of all scalars in plain data; an empty container counts as one."""
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list | tuple) and value:
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    else:
        yield path


_FINDERS: Final[dict[str, Callable[[Finder, Node, Path], None]]] = {
    "binary": Finder.joined_lists,
    "const": Finder.constant,
    "undefined": Finder.constant,
    "ref": Finder.reference,
    "item": Finder.member,
    "key at": Finder.key,
    "value at": Finder.member,
    "get": Finder.get,
    "list": Finder.list_,
    "dict": Finder.dict_,
    "condition": Finder.condition,
    "and": Finder.either,
    "or": Finder.either,
    "image": Finder.image,
    "files": Finder.files,
    "filter": Finder.filter,
}
_FILTERS: Final[dict[str, Callable[[Finder, Node, Path], None]]] = {
    "default": Finder.default,
    "d": Finder.default,
    "combine": Finder.combine,
    **dict.fromkeys(("first", "last"), Finder.end),
    **dict.fromkeys(("length", "count"), Finder.counted),
    "items": Finder.pairs,
    "dictsort": Finder.pairs,
    "map": Finder.mapped,
    **dict.fromkeys(
        ("list", "reverse", "sort", "unique", "select", "reject", "selectattr", "rejectattr"), Finder.members
    ),
}
_KINDS: Final = frozenset({*_FINDERS, "slice", "test", "binary", "unary", "compare", "concat", "range"})
