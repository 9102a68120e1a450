"""One object as the cities have it, to one tree: what is common stands in it once, what differs becomes values.

Knows data and lists; nothing of names of values, of layers or of templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.adopt import lists, texts
from gitopsgen.adopt.facts import Facts
from gitopsgen.adopt.matching import Group, matched
from gitopsgen.adopt.nodes import MISSING, Entry, Field, Hole, Listed, Literal, Mapped, Node, Rest, Step, Text, Value
from gitopsgen.diff.changes import canonical
from gitopsgen.schemas.lists import Plan

# Words that are in the way to nearly every field, and tell none from another.
_SILENT: Final = frozenset({"spec", "template", "metadata", "data", "containers", "jobTemplate", "value"})

ByPlace = Mapping[str, Any]


class Factoring:
    """The factoring of one object: the values that it came to need stand in `values`."""

    def __init__(self, owner: str, name: str, facts: Facts) -> None:
        """Take what the object is called, and the facts of the cities."""
        self.owner = owner
        self.name = name
        self.facts = facts
        self.values: list[Value] = []

    def node(self, data: ByPlace, field: Field = (), plan: Plan | None = None) -> Node:
        """Give the tree of a field as some places have it."""
        first = next(iter(data.values()))
        if len({canonical(one) for one in data.values()}) == 1:
            return Literal(first)
        before = len(self.values)
        found: Node | None = None
        if all(isinstance(one, dict) for one in data.values()):
            found = self._mapping(data, field, plan)
        elif all(isinstance(one, list) for one in data.values()):
            found = self._list(data, field, plan)
        elif all(isinstance(one, str) for one in data.values()):
            found = self._text(data, field)
        if found is not None:
            return found
        del self.values[before:]  # of a part that is kept whole after all
        return Hole(self.value(data, field, is_whole=isinstance(first, dict | list)))

    def value(self, data: ByPlace, field: Field, *, is_whole: bool = False) -> Value:
        """Give a new value of the case."""
        made = Value(self.owner, field, dict(data), is_whole)
        self.values.append(made)
        return made

    def condition(self, having: ByPlace, everyone: ByPlace, field: Field) -> Value | None:
        """Give the value that says which places have something; None where all do."""
        if len(having) == len(everyone):
            return None
        return self.value({place: place in having for place in everyone}, (*field, Step("enabled")))

    def _mapping(self, data: ByPlace, field: Field, plan: Plan | None) -> Node | None:
        entries = []
        for group in matched({place: list(one) for place, one in data.items()}, self.facts):
            word = next(iter(group.values()))
            below = (*field, Step(word, word not in _SILENT))
            parts = self._name(group)
            if parts is None:
                return None
            having = {place: data[place][name] for place, name in group.items()}
            node = self.node(having, below, plan.field(word) if plan else None)
            entries.append(self._entry(parts, node, having, data, below))
        return Mapped(tuple(entries)) if self._is_never_empty(entries, data) else None

    def _entry(self, key: Literal | Text, node: Node, having: ByPlace, everyone: ByPlace, field: Field) -> Entry:
        if len(having) == len(everyone):
            return Entry(key, node)
        nothing = dict.fromkeys((place for place in everyone if place not in having), MISSING)
        if isinstance(node, Hole) and not node.is_optional:
            self.values.remove(node.value)
            return Entry(key, Hole(self.value({**node.value.by_place, **nothing}, field), is_optional=True))
        if isinstance(node, Literal) and not isinstance(node.data, dict | list):
            return Entry(key, Hole(self.value({**having, **nothing}, field), is_optional=True))
        return Entry(key, node, self.condition(having, everyone, field))

    def _name(self, group: Group) -> Literal | Text | None:
        parts = self.facts.explained(group)
        if parts is None or all(isinstance(part, str) for part in parts):
            return None if parts is None else Literal("".join(map(str, parts)))
        return Text(parts)

    def _list(self, data: ByPlace, field: Field, plan: Plan | None) -> Node | None:
        below = plan.items if plan else None
        found = lists.aligned(data, plan, self.facts)
        if found is None:
            return self._beginning(data, field, below)
        entries = []
        before = len(self.values)
        for item in found.items:
            place = (*field, Step(item.word, len(found.items) > 1 and item.word != self.name))
            node = self.node(item.by_place, place, below)
            if not found.is_keyed and isinstance(node, Hole):
                del self.values[before:]
                return self._beginning(data, field, below)
            entries.append(Entry(None, node, self.condition(item.by_place, data, place)))
        return Listed(tuple(entries)) if self._is_never_empty(entries, data) else None

    def _beginning(self, data: ByPlace, field: Field, plan: Plan | None) -> Node | None:
        """Give a list of which the first items are everywhere the same, and the others a value."""
        entries: list[Entry] = []
        for at in range(min(len(one) for one in data.values())):
            before = len(self.values)
            node = self.node({place: one[at] for place, one in data.items()}, field, plan)
            if len(self.values) > before:
                del self.values[before:]
                break
            entries.append(Entry(None, node))
        if not entries:
            return None
        rest = {place: one[len(entries) :] for place, one in data.items()}
        return Listed((*entries, Entry(None, Rest(self.value(rest, field)))))

    def _text(self, data: Mapping[str, str], field: Field) -> Node | None:
        parts = self.facts.explained(data)
        if parts is not None:
            return Text(parts)
        pieces = texts.divided(data)
        if pieces is None:
            return None
        found: list[Any] = []
        if field[-1].word.startswith(lists.PLACE):  # the setting itself tells more than its place
            field = (*field[:-1], field[-1]._replace(is_telling=False))
        for piece in pieces:
            known = self.facts.explained(piece.by_place)
            word = (*field, Step(piece.word))
            found += known if known is not None else [self.value(piece.by_place, word)]
        return Text(tuple(found))

    @staticmethod
    def _is_never_empty(entries: list[Entry], data: ByPlace) -> bool:
        """Tell whether statements leave something in each place: YAML takes what is left of nothing for a null."""
        if any(entry.condition is None for entry in entries):
            return True
        conditions = [entry.condition.by_place for entry in entries if entry.condition]
        return all(any(condition[place] for condition in conditions) for place in data)
