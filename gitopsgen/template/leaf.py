"""What all variants share that steer a template alike: prepared documents, and the expressions that fill them."""

from __future__ import annotations

import hashlib
import json
import marshal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.emit import UnwritableError, emit
from gitopsgen.template.captured import Piece
from gitopsgen.template.document import Document
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.expressions import Context, Expressions, Function, Node
from gitopsgen.template.meter import Meter, measure
from gitopsgen.template.observe import Observation
from gitopsgen.template.operators import OMIT, Undefined, defined, text

_FEW: Final = 60


@dataclass(frozen=True, slots=True)
class Fill:
    """A hole of a document: where it stands, which value fills it, and whether as text or with its type."""

    piece: Piece
    slot: int
    is_text: bool
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of a way through a template.

    `trace` names the way; `functions` give the values of `nodes`, the distinct expressions of its holes.
    `fills` tell where each hole stands, and are empty for a way that an earlier run found: `filled` are their slots.
    """

    trace: str
    documents: tuple[Document, ...]
    fills: tuple[Fill, ...]
    nodes: tuple[Node, ...]
    functions: tuple[Function, ...]
    observations: tuple[Observation, ...]
    templates: tuple[str, ...]
    filled: tuple[int, ...]

    def values(self, context: Context) -> tuple[Any, ...]:
        """Evaluate all expressions; raises `TemplateError` for one that has no value."""
        values = tuple([function(context) for function in self.functions])
        for value in values:
            if value.__class__ is Undefined:
                raise TemplateError("undefined-variable", value.message)
        if len(self.filled) > _FEW:  # each value is bounded, but so many could be huge together
            measure([values[slot] for slot in self.filled])
        return values

    @property
    def is_placed(self) -> bool:
        """Whether it is known where its holes stand."""
        return len(self.fills) == len(self.filled)

    def trace_of(self, number: int) -> str:
        """Give the trace of one document: that of the way, and which document it is where there are several."""
        return self.trace if len(self.documents) == 1 else f"{self.trace}.{number}"

    def read(self, number: int, values: tuple[Any, ...]) -> bytes:
        """Give what a document is made of: its trace, and the values that it reads."""
        if len(self.documents) == 1:
            return marshal.dumps((self.trace, values), 2)
        return marshal.dumps((self.trace_of(number), [values[slot] for slot in self.documents[number].slots]), 2)

    def errors(self, context: Context, meter: Meter) -> Iterator[TemplateError]:
        """Give what is wrong with each hole, each at its place, as far as the allowed work goes."""
        for fill in self.fills:
            piece = fill.piece
            try:
                self._check(fill, self.functions[fill.slot](context), meter)
            except UnwritableError as unwritable:
                error = TemplateError("unprintable-value", str(unwritable), piece.spot)
            except TemplateError as found:
                error = found.at(piece.spot)
            else:
                continue
            error.nodes = (piece.node,)
            yield error
            if error.rule == "too-much-work":
                return

    def place(self, error: TemplateError) -> None:
        """Place an error that was met while text was put together."""
        for fill in self.fills:
            if fill.is_key and fill.slot == error.slot:
                error.at(fill.piece.spot)

    def _check(self, fill: Fill, value: Any, meter: Meter) -> None:
        meter.whole(defined(value), times=8)
        if fill.is_text:
            text(value)
        emit(None if value is OMIT else value)

    def reads(self) -> list[list[Any]]:
        """Give what this way reads, by kind, as JSON can carry it; see `gitopsgen.template.reads`."""
        observed = [[one.kind, one.node] for one in self.observations]
        values = (["value", node, self._readers(slot)] for slot, node in enumerate(self.nodes))
        return [*observed, *values]

    def _readers(self, slot: int) -> tuple[int, ...]:
        """Give the numbers of the documents that an expression fills."""
        return tuple(number for number, one in enumerate(self.documents) if slot in one.slots)


def trace_id(template: str, at: tuple[str, ...], observations: tuple[Observation, ...]) -> str:
    """Name a way through a template by the answers that chose it."""
    steps = [[one.kind, encode(one.node), encode(one.answer)] for one in observations]
    text = json.dumps([template, at, steps], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def encode(value: Any) -> Any:
    """Give a node as JSON can carry it."""
    if isinstance(value, tuple):
        without_place = value[:3] if value[:1] == ("const",) else value
        return [encode(part) for part in without_place]
    return {"omit": True} if value is OMIT else value


def stripped(value: Any) -> Any:
    """Take `omit` out of lists and mappings."""
    if isinstance(value, dict):
        return {key: stripped(one) for key, one in value.items() if one is not OMIT}
    if isinstance(value, list):
        return [stripped(one) for one in value if one is not OMIT]
    return value


def hole_function(expressions: Expressions, node: Node) -> Function:
    """Give the function of a hole: bounded in size where it was computed, without `omit` inside of it."""
    function = expressions.function(node)
    if _may_hold_omit(node):
        return lambda context: stripped(_bounded(function(context)))
    if _may_be_large(node):
        return lambda context: _bounded(function(context))
    return function


def _branches(node: Node) -> tuple[Node, ...]:
    """Give the expressions of which one is the value as it is."""
    if node[0] in {"condition", "and", "or"}:
        return node[-2:]
    return (node[2], *node[3]) if node[0] == "filter" and node[1] in {"default", "d"} else ()


def _may_hold_omit(node: Node) -> bool:
    branches = _branches(node)
    if branches:
        return any(_may_hold_omit(one) for one in branches)
    return node[0] != "const" and mentions_omit(node)


def mentions_omit(node: Any) -> bool:
    """Tell whether `omit` stands anywhere in an expression."""
    if not isinstance(node, tuple):
        return node is OMIT
    return any(mentions_omit(part) for part in node)


def _may_be_large(node: Node) -> bool:
    branches = _branches(node)
    if branches:
        return any(_may_be_large(one) for one in branches)
    return node[0] in {"binary", "dict", "filter", "list", "slice"}


def _bounded(value: Any) -> Any:
    if value.__class__ is dict or value.__class__ is list:
        measure(value)
    return value
