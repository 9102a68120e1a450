"""What a way through a template reads, as kept beside the output tree: evaluated again without any template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.expressions import Expressions, Node
from gitopsgen.template.observe import OBSERVERS
from gitopsgen.template.operators import OMIT, Undefined
from gitopsgen.template.origins import Finder, Path

_MISSING = "undefined value"


@dataclass(frozen=True, slots=True)
class ReadSet:
    """The templates of a way, and each thing it reads: the kind of the read, and the expression."""

    templates: tuple[str, ...]
    reads: tuple[tuple[str, Node], ...]
    mentions: tuple[frozenset[Path], ...] = ()

    @classmethod
    def of(cls, templates: tuple[str, ...], reads: tuple[tuple[str, Node], ...]) -> ReadSet:
        """Give a read-set with the paths that each read mentions."""
        return cls(templates, reads, tuple(frozenset(mentions(node)) for _, node in reads))

    def results(self, context: Mapping[str, Any], expressions: Expressions) -> list[Any]:
        """Give what each read gives for a variant: equal results mean an equal file."""
        return [_result(kind, expressions.function(node), context) for kind, node in self.reads]

    def touches(self, paths: Iterable[Path], context: Mapping[str, Any], expressions: Expressions) -> bool:
        """Tell whether a read goes to one of the paths, above it or below it, for one variant."""
        wanted = list(paths)
        for (_, node), mentioned in zip(self.reads, self.mentions, strict=True):
            if not any(_overlap(one, other) for one in mentioned for other in wanted):
                continue
            finder = Finder(expressions, context)
            # a read that fails now has no more paths to tell
            with suppress(TemplateError, KeyError, IndexError, TypeError, AttributeError):
                finder.find(node)
            found = (*finder.found.paths, *finder.found.keys, *finder.found.steering)
            if any(_overlap(one, other) for one in found for other in wanted):
                return True
        return False

    def mentioned_of(self, paths: Iterable[Path]) -> tuple[Path, ...]:
        """Give those of the paths that a read may go to, whatever way the conditions in its expressions go."""
        ends = frozenset[Path]().union(*self.mentions)
        ways = {end[:length] for end in ends for length in range(len(end) + 1)}
        return tuple(
            path for path in paths if path in ways or any(path[:length] in ends for length in range(len(path)))
        )


def mentions(node: Any) -> Iterator[Path]:
    """Give the paths that an expression may read, whatever the values are."""
    if not isinstance(node, tuple) or not node:
        return
    if node[0] == "ref":
        yield node[1]
    elif node[0] == "files":
        yield ("files",)
    else:
        if node[0] == "image":
            yield from (("images",), ("project", "registry"))
        for part in node:
            yield from mentions(part)


def _overlap(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _result(kind: str, function: Any, context: Mapping[str, Any]) -> Any:
    try:
        value = function(context)
        if kind != "value" or not isinstance(value, Undefined):
            return OBSERVERS[kind](value) if kind in {"truth", "shape"} else value
    except TemplateError as error:
        return [_MISSING, error.message]
    return _MISSING


def decoded(reads: list[Any], document: int | None = None) -> ReadSet:
    """Read a read-set as it is kept: the templates first, then kind and expression of each read.

    Of a way that gives several documents, `document` picks the reads of one: what steered belongs to all.
    """
    templates = tuple(name for one in reads if one[0] == "templates" for name in one[1:])
    found = []
    for kind, *rest in reads:
        if kind == "value" and document is not None and document not in rest[1]:
            continue
        if kind != "templates":
            found.append((kind, _node(rest[0])))
    return ReadSet.of(templates, tuple(found))


def _node(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_node(part) for part in value)
    return OMIT if isinstance(value, dict) else value
