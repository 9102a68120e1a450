"""The ways of one variant through all templates of its case, filled together.

Templates of a case say much alike: labels, names, namespaces. Here each distinct expression is evaluated once for
a variant, and each distinct text made once, whatever the number of documents that it stands in.
Says nothing of what is wrong: where a variant cannot be filled, its templates are rendered one by one, and tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from gitopsgen.emit import UnwritableError, string
from gitopsgen.model.project import Template
from gitopsgen.template.document import Document
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.expressions import Context, Function, Node
from gitopsgen.template.leaf import Leaf
from gitopsgen.template.operators import Undefined, text
from gitopsgen.template.plan import slots_at
from gitopsgen.template.slots import HoleSlot, Slot, TextSlot

_REMEMBERED: Final = 128
_NAMED_BY: Final = (("kind",), ("metadata", "name"), ("metadata", "namespace"))
_LONGEST: Final = 1 << 16  # characters of one text: larger ones are left to where work is counted
Pick = Callable[[Sequence[Any]], tuple[Any, ...]]
Name = Callable[[tuple[Any, Any, Any]], str]


class Way(NamedTuple):
    """A way through one template: `digest` is begun with the digest of the templates on it, `name` names its files.

    `reader` is who reads them as data: `cluster`, `node`, or empty for nobody.
    """

    template: Template
    leaf: Leaf
    digest: Any
    name: Name
    reader: str


class Text(NamedTuple):
    """One file of a variant."""

    name: str
    content: bytes
    template: str
    trace: str
    inputs: str


class Sheet(NamedTuple):
    """One document of a combination, and how to make it of what all of them share.

    `way` is its place among the ways, `number` its place among the documents of that way;
    `pick` takes its pieces, `values` those of its leaf, `named_by` those that its name depends on.
    """

    way: int
    number: int
    document: Document
    pick: Pick
    irregular: tuple[tuple[int, Slot], ...]
    values: Pick
    trace: str
    named_by: Pick
    names: dict[tuple[Any, ...], str]


class Filled(NamedTuple):
    """What a variant gives: its files, one a sheet, the values of all expressions, and the joined strings.

    A native text with nothing to say is empty, and no file.
    """

    files: list[Text]
    values: list[Any]
    strings: list[str]

    @property
    def has_equal_names(self) -> bool:
        """Whether two files want the same name."""
        names = [one[0] for one in self.files if one[1]]
        return len({*names}) < len(names)


class Draft(NamedTuple):
    """A sheet in the making; its pieces are not numbered yet."""

    way: int
    number: int
    document: Document
    order: list[tuple[str, int]]
    irregular: list[tuple[int, Slot]]
    places: list[int]


class Combination:
    """One way through each template of a case; `nodes` are the distinct expressions, `joins` the distinct strings."""

    def __init__(self, ways: Sequence[Way]) -> None:
        """Bring together what the ways have alike."""
        self.ways = tuple(ways)
        self.nodes: dict[Node, int] = {}
        self.joins: dict[tuple[str | int, ...], int] = {}
        self._functions: list[Function] = []
        self._pieces: dict[Any, int] = {}
        self._constants: dict[str, int] = {}
        self._holes: list[HoleSlot] = []
        self._texts: list[tuple[int, int]] = []  # which string, and its indentation
        drafts = [draft for number in range(len(ways)) for draft in self._drafts(number)]
        self.sheets = tuple(map(self._sheet, drafts))
        self.resources = [place for place, one in enumerate(self.sheets) if self.ways[one.way].reader == "cluster"]
        self.checked = [place for place, one in enumerate(self.sheets) if self.ways[one.way].reader]
        self._printed = sorted({part for parts in self.joins for part in parts if isinstance(part, int)})
        self._parts, self._joins = self._joining()
        self._fixed = [*self._constants]

    def picker_of(self, *paths: tuple[str, ...]) -> Pick:
        """Give what picks, of all values, those that decide on some fields of the objects."""
        slots: set[int] = set()
        for sheet in (self.sheets[place] for place in self.resources):
            own = [self.nodes[node] for node in self.ways[sheet.way].leaf.nodes]
            slots |= {own[slot] for slot in slots_at(sheet.document.tree, *paths)} if sheet.document.tree else set()
        return picker(sorted(slots))

    def fill(self, context: Context) -> Filled | None:
        """Give the files of a variant that goes these ways; None where it cannot be filled, or a name is no string."""
        try:
            return self._fill(context)
        except (TemplateError, UnwritableError, RecursionError, ValueError, TypeError):
            return None

    def _fill(self, context: Context) -> Filled | None:
        values = [function(context) for function in self._functions]
        for value in values:
            if value.__class__ is Undefined:
                return None
        parts = self._parts + [
            value if value.__class__ is str else text(value) for value in [values[one] for one in self._printed]
        ]
        strings = ["".join(pick(parts)) for pick in self._joins]
        pieces = self._fixed + [hole(values) for hole in self._holes]
        pieces += [f"{string(strings[one], indent)}\n" for one, indent in self._texts]
        if max(map(len, pieces)) > _LONGEST:
            return None
        files = [self._text(sheet, pieces, values) for sheet in self.sheets]
        return Filled(files, values, strings)

    def _text(self, sheet: Sheet, pieces: list[str], values: list[Any]) -> Text:
        way = self.ways[sheet.way]
        own = sheet.values(values)
        parts: Any = sheet.pick(pieces)
        if sheet.irregular:
            parts = [*parts]
            for place, slot in sheet.irregular:
                parts[place] = slot(own)
        digest = way.digest.copy()
        digest.update(way.leaf.read(sheet.number, own))
        named_by = sheet.named_by(values)
        name = sheet.names.get(named_by)
        if name is None:
            name = way.name(sheet.document.named(own))
            if len(sheet.names) < _REMEMBERED:
                sheet.names[named_by] = name
        content = "".join(parts)
        if not content or content.isspace():
            content = ""
        return Text(name, content.encode(), way.template.path, sheet.trace, digest.hexdigest()[:16])

    def _drafts(self, number: int) -> Iterator[Draft]:
        leaf = self.ways[number].leaf
        places = [self._node(node, function) for node, function in zip(leaf.nodes, leaf.functions, strict=True)]
        for place, document in enumerate(leaf.documents):
            yield Draft(number, place, document, *self._segments(document, places), places)

    def _node(self, node: Node, function: Function) -> int:
        known = self.nodes.get(node)
        if known is None:
            known = self.nodes[node] = len(self._functions)
            self._functions.append(function)
        return known

    def _segments(self, document: Document, places: list[int]) -> tuple[list[tuple[str, int]], list[tuple[int, Slot]]]:
        order: list[tuple[str, int]] = []
        irregular: list[tuple[int, Slot]] = []
        for segment in document.segments:
            if isinstance(segment, str):
                order.append(("constant", self._constants.setdefault(segment, len(self._constants))))
            elif isinstance(segment, HoleSlot):
                order.append(("piece", self._hole(segment, places)))
            elif isinstance(segment, TextSlot):
                order.append(("text", self._string(segment, places)))
            else:
                irregular.append((len(order), segment))
                order.append(("constant", self._constants.setdefault("", len(self._constants))))
        return order, irregular

    def _hole(self, slot: HoleSlot, places: list[int]) -> int:
        key = (places[slot.index], slot.head, slot.indent, slot.is_item)
        known = self._pieces.get(key)
        if known is None:
            known = self._pieces[key] = len(self._holes)
            self._holes.append(slot.moved(places[slot.index]))
        return known

    def _string(self, slot: TextSlot, places: list[int]) -> int:
        parts = tuple(part if isinstance(part, str) else places[part] for part in slot.parts)
        key = (self.joins.setdefault(parts, len(self.joins)), slot.indent)
        known = self._pieces.get(("text", *key))
        if known is None:
            known = self._pieces["text", *key] = len(self._texts)
            self._texts.append(key)
        return known

    def _sheet(self, draft: Draft) -> Sheet:
        start = {"constant": 0, "piece": len(self._constants), "text": len(self._constants) + len(self._holes)}
        document, places = draft.document, draft.places
        is_named = bool(self.ways[draft.way].template.output)
        named_by = () if is_named or document.tree is None else slots_at(document.tree, *_NAMED_BY)
        return Sheet(
            draft.way,
            draft.number,
            document,
            picker([start[sort] + place for sort, place in draft.order]),
            tuple(draft.irregular),
            picker(places),
            self.ways[draft.way].leaf.trace_of(draft.number),
            picker([places[slot] for slot in sorted(named_by)]),
            {},
        )

    def _joining(self) -> tuple[list[str], list[Pick]]:
        """Give the constant parts of all strings, and for each string what to pick of them and the printed values."""
        constants = {part: 0 for parts in self.joins for part in parts if isinstance(part, str)}
        places = {part: place for place, part in enumerate((*constants, *self._printed))}
        return list(constants), [picker([places[part] for part in parts]) for parts in self.joins]


def picker(places: Iterable[int]) -> Pick:
    """Give the function that picks items by their places, always as a tuple."""
    chosen = tuple(places)
    if len(chosen) > 1:
        return itemgetter(*chosen)
    if not chosen:
        return lambda _items: ()
    only = chosen[0]
    return lambda items: (items[only],)
