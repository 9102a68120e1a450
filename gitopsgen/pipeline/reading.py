"""How the checks look at what fills the objects of one combination: which strings may differ, and which count.

Works on trees of documents, once for each; a variant then costs a few look-ups.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any, Final, NamedTuple

from gitopsgen.check import Checker, claim_of
from gitopsgen.check.admission.policies import POLICY
from gitopsgen.check.admission.sight import fields_read, reaches
from gitopsgen.check.sharing import Naming, is_name, is_numeric, words_in, words_of
from gitopsgen.schemas import Kind
from gitopsgen.schemas.freedom import Test, expressions_in, test_of
from gitopsgen.template.combination import Combination, Filled, picker
from gitopsgen.template.document import Document
from gitopsgen.template.plan import slots_at
from gitopsgen.template.trees import Hole, Literal, Table, Text, Tree, name_of
from gitopsgen.template.trees import Sequence as ListTree

Path = tuple[str | int, ...]
CLAIM: Final = (("apiVersion",), ("kind",))
_REMEMBERED: Final = 64
Place = tuple[str, int]  # `value` or `string`, and which of those that fill the combination


_UNKNOWN: Final = Kind("", "", {})


class Note(NamedTuple):
    """One place of a document that a hole fills: `what` is the hole, or a string with holes in it.

    `use` is `exact`, `text`, `label` or `value`; `test` is what the schema asks of a string there.
    """

    what: int | tuple[str | int, ...]
    use: str
    test: Test | None = None


@dataclass(slots=True)
class Look:
    """How the checks look at one document; `words` are those that it writes out."""

    notes: list[Note] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Sensitivity:
    """How the strings of one place are looked at: by their `use`, and by tests."""

    use: str = ""
    tests: list[Test] = field(default_factory=list)
    known: dict[str, bool] = field(default_factory=dict)  # most strings are the same in city after city

    @property
    def is_exact(self) -> bool:
        """Whether it always matters what stands there."""
        return self.use == "exact"

    def note(self, one: Note) -> None:
        """Take one more place of the same string: what counts in one of them counts."""
        if "exact" in {self.use, one.use}:
            self.use = "exact"
        else:
            self.use = one.use if self.use in {"", one.use} else "value"
        if one.test and one.test not in self.tests:
            self.tests.append(one.test)

    def minds(self, value: str) -> bool:
        """Tell whether it matters which string this is."""
        known = self.known.get(value)
        if known is None:
            known = self._minds(value)
            if len(self.known) < _REMEMBERED:
                self.known[value] = known
        return known

    def _minds(self, value: str) -> bool:
        if not is_name(value) or (self.use == "value" and is_numeric(value)):
            return True
        return not all(test(value) for test in self.tests)


class Looks:
    """How one checker looks at documents, each looked at once."""

    def __init__(self, checker: Checker, asked: frozenset[str]) -> None:
        """Take the rules and schemas; `asked` are the fields that admission policies of the cluster look into."""
        self._checker = checker
        self._asked = asked
        self._reckoned = checker.reckoned
        self._read = checker.read
        self._known: dict[tuple[Document, tuple[str, str] | None], Look | None] = {}
        self._tests: dict[tuple[str, str, Path], Test | LookupError | None] = {}
        self._words: dict[tuple[str, str], frozenset[str]] = {}
        self._claims: dict[Document, tuple[str, str] | None] = {}

    def of(self, document: Document, values: Sequence[Any], reader: str) -> Look | None:
        """Give how a document is looked at with these values; None where a rule promises nothing of its kind."""
        claim = (self._written(document) or claim_of(document.build(values))) if reader == "cluster" else None
        key = (document, claim)
        if key not in self._known:
            is_shared = self._checker.shares(*claim) if claim else self._checker.shares_nodes()
            self._known[key] = self._look(document, claim) if is_shared else None
        return self._known[key]

    def _written(self, document: Document) -> tuple[str, str] | None:
        """Give the claim that a document writes out, None where holes are in it."""
        if document not in self._claims:
            self._claims[document] = _literal_claim(document.tree)
        return self._claims[document]

    def _look(self, document: Document, claim: tuple[str, str] | None) -> Look:
        look = Look()
        assert document.tree is not None  # noqa: S101 - nobody reads native text
        if claim:
            look.notes += [Note(slot, "exact") for slot in sorted(slots_at(document.tree, *CLAIM))]
            known = self._checker.known(*claim)
            kind = known.kind or _UNKNOWN
            if known.validator and known.validator.rules:
                look.words |= self._spoken(kind)
            self._walk(document.tree, (), kind, look)
        else:
            self._walk(document.tree, (), None, look)
        return look

    def _spoken(self, kind: Kind) -> frozenset[str]:
        """Give the words that stand in the rules of a kind."""
        key = (kind.api_version, kind.name)
        if key not in self._words:
            self._words[key] = frozenset(words_in(list(expressions_in(kind.schema))))
        return self._words[key]

    def _walk(self, tree: Tree, path: Path, kind: Kind | None, look: Look) -> None:
        if isinstance(tree, Literal):
            look.words.update(words_in(tree.value))
        elif isinstance(tree, Hole):
            look.notes.append(self._note(tree.index, path, kind))
        elif isinstance(tree, Text):
            look.words.update(words_in([part for part in tree.parts if isinstance(part, str)]))
            look.notes.append(self._note(tree.parts, path, kind))
        elif isinstance(tree, Table):
            for key, value in tree.entries:
                name = name_of(key)
                look.words.update(words_of(name))
                look.notes += [Note(part, "exact") for part in _holes(key)]
                self._walk(value, (*path, name or "*"), kind, look)
        elif isinstance(tree, ListTree):
            for index, one in enumerate(tree.items):
                self._walk(one, (*path, index), kind, look)

    def _note(self, what: int | tuple[str | int, ...], path: Path, kind: Kind | None) -> Note:
        if self._read.intersection(path):
            return Note(what, "exact")
        if kind is None:  # a file for nodes: no schema tells more of it
            return Note(what, "value")
        if kind is _UNKNOWN:  # a constraint: its template tells what it may hold
            return Note(what, "exact")
        if self._asked and reaches(self._asked, kind, path):
            return Note(what, "exact")
        key = (kind.api_version, kind.name, tuple("*" if isinstance(step, int) else step for step in path))
        if key not in self._tests:
            try:
                self._tests[key] = test_of(kind.schema, path)
            except LookupError as error:
                self._tests[key] = error
        test = self._tests[key]
        if isinstance(test, LookupError):
            return Note(what, "exact")
        return Note(what, "value" if self._reckoned.intersection(path) else _use(path, kind), test)


class Reading:
    """How the checks look at what fills one combination."""

    def __init__(self, combination: Combination, filled: Filled, looks: Looks) -> None:
        """Look at each manifest; `is_shareable` is false where a rule promises nothing."""
        self.is_shareable = True
        self.words: set[str] = set()
        self._joins = {parts: place for place, parts in enumerate(combination.joins)}
        self._notes: dict[int, list[tuple[Place, Note]]] = {}
        self._sights: dict[int, Sight] = {}
        for number in combination.checked:
            sheet = combination.sheets[number]
            look = looks.of(sheet.document, sheet.values(filled.values), combination.ways[sheet.way].reader)
            if look is None:
                self.is_shareable = False
                return
            self.words |= look.words
            own = [combination.nodes[node] for node in combination.ways[sheet.way].leaf.nodes]
            self._notes[number] = [placed for one in look.notes for placed in self._placed(one, own)]
        self._whole = Sight(chain.from_iterable(self._notes.values()))

    def _placed(self, one: Note, own: Sequence[int]) -> Iterator[tuple[Place, Note]]:
        if isinstance(one.what, int):
            yield ("value", own[one.what]), one
            return
        parts = tuple(part if isinstance(part, str) else own[part] for part in one.what)
        known = self._joins.get(parts)
        if known is not None:
            yield ("string", known), one
        else:  # part of a value that is written as a whole
            yield from ((("value", part), Note(part, "exact")) for part in parts if isinstance(part, int))

    def signature(self, filled: Filled, naming: Naming) -> tuple[Any, ...]:
        """Give what is the same for variants that are judged alike."""
        return self._whole.signature(filled, naming)

    def signature_of(self, sheet: int, filled: Filled, naming: Naming) -> tuple[Any, ...]:
        """Give the same for one manifest by itself."""
        sight = self._sights.get(sheet)
        if sight is None:
            sight = self._sights[sheet] = Sight(self._notes[sheet])
        return sight.signature(filled, naming)


class Sight:
    """What is looked at in some manifests together."""

    def __init__(self, notes: Iterable[tuple[Place, Note]]) -> None:
        """Sort the places by how they are looked at."""
        places: dict[Place, Sensitivity] = {}
        for place, note in notes:
            places.setdefault(place, Sensitivity()).note(note)
        self._values = [(place, how) for (sort, place), how in places.items() if sort == "value" and not how.is_exact]
        self._strings = [(place, how) for (sort, place), how in places.items() if sort == "string" and not how.is_exact]
        self._exact = picker(place for (sort, place), how in places.items() if sort == "value" and how.is_exact)
        self._written = picker(place for (sort, place), how in places.items() if sort == "string" and how.is_exact)

    def signature(self, filled: Filled, naming: Naming) -> tuple[Any, ...]:
        """Give what is the same for variants in which these manifests are judged alike."""
        exact: list[Any] = [*self._exact(filled.values), *self._written(filled.strings)]
        names: list[str] = []
        texts: list[str] = []
        for source, places in ((filled.values, self._values), (filled.strings, self._strings)):
            for place, how in places:
                value = source[place]
                if value.__class__ is not str or how.minds(value):
                    exact.append(value)
                elif how.use == "text":
                    texts.append(value)
                elif how.use == "label" and is_numeric(value):
                    exact.append(naming.number(value))
                else:
                    names.append(value)
        return marshal.dumps(exact, 2), naming.of(names), naming.of_texts(texts)


def policies_in(combination: Combination) -> list[int]:
    """Give the places of documents that are, or may be, admission policies."""
    return [place for place in combination.checked if _may_be_policy(combination.sheets[place].document.tree)]


def fields_asked(combination: Combination, filled: Filled, place: int) -> frozenset[str]:
    """Give the fields that a policy looks into; `place` is one of `policies_in`."""
    sheet = combination.sheets[place]
    data = sheet.document.build(sheet.values(filled.values))
    return fields_read(data) if claim_of(data)[1] == POLICY else frozenset()


def _literal_claim(tree: Tree | None) -> tuple[str, str] | None:
    if isinstance(tree, Literal):
        return claim_of(tree.value)
    if not isinstance(tree, Table) or any(_holes(key) or isinstance(key, Hole) for key, _ in tree.entries):
        return None
    told = {name_of(key): value for key, value in tree.entries}
    written = [told.get(step) for (step,) in CLAIM]
    if not all(isinstance(one, Literal) and isinstance(one.value, str) for one in written):
        return None
    return claim_of({step: one.value for (step,), one in zip(CLAIM, written, strict=True) if isinstance(one, Literal)})


def _may_be_policy(tree: Tree | None) -> bool:
    if isinstance(tree, Literal):
        return claim_of(tree.value)[1] == POLICY
    kinds = [value for key, value in tree.entries if name_of(key) == "kind"] if isinstance(tree, Table) else []
    return not kinds or not isinstance(kinds[0], Literal) or kinds[0].value == POLICY


def _holes(key: Tree) -> list[int]:
    return [part for part in key.parts if isinstance(part, int)] if isinstance(key, Text) else []


def _use(path: Path, kind: Kind) -> str:
    """Tell what a string is used for that stands in an object."""
    if (path[0] == "data" and kind.name == "ConfigMap") or ("metadata", "annotations") in pairwise(path):
        return "text"
    return "label" if path[-2:-1] in {("labels",), ("matchLabels",)} else "value"
