"""When two clusters are judged alike: their objects are the same but for names, and the names differ alike.

A rule whose `is_shared` is set promises what it does with strings. It compares them, in whole or in parts between
separators, with each other and with words of its own; it tells them by the sorts of characters in those parts, by
the lengths that Kubernetes allows, and by which block of addresses lies in which; it reckons with no number in a
label, and looks at no digits in annotations and in the data of a ConfigMap, but for those that it names (`reckons`,
`reads`). So it judges alike where each part that differs is replaced, everywhere, by another one of the same sort.
What is not such a name (numbers, quantities, very long texts, anything that might be a credential) is compared as it
is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any, Final

from gitopsgen.check import credentials

_ADDRESS: Final = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:/[0-9]{1,2})?"
_PARTS: Final = re.compile(rf"({_ADDRESS}|[^\W_]+)")
_NUMBER: Final = "\0"  # before a number in a label: no part of a string begins so
# What stands for parts that are left out of a string: nothing that is encoded can hold these.
_NAMED, _COUNTED = "\ud800", "\ud801"
_REMEMBERED: Final = 20_000
_SEPARATORS: Final = str.maketrans(dict.fromkeys((one for one in map(chr, range(128)) if not one.isalnum()), " "))
_IN_ADDRESS: Final = re.compile(r"\.[0-9]{1,3}\.")
# Numbers, quantities, durations, percentages: what a rule may reckon with.
_NUMERIC: Final = re.compile(r"[-+]?(?:[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?[a-zA-Zµ%]{0,3})+")
_IPV6: Final = re.compile(r"[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:./]*")
_NAME: Final = re.compile(r"[\w.:/@-]*")
_LONGEST_NAME: Final = 52  # the shortest of the limits that names have, that of a CronJob
_LONGEST_PATH: Final = 63  # the next one; what has a slash is no name of an object
_LONGEST_TEXT: Final = 8192
_LONGEST_PART: Final = 40
_DIGEST: Final = re.compile(r"(?=0*[1-9a-f])[0-9a-f]{64}")  # of zeros alone is one that nobody has resolved
_VERSION: Final = re.compile(r"[a-z]{1,2}[0-9]+(?:[a-z]+[0-9]+)?")
_SORTS: Final = (
    ("lower", re.compile(r"[a-z]+")),
    ("lower and digits", re.compile(r"[a-z][a-z0-9]*")),
    ("digits, then lower", re.compile(r"[0-9]+[a-z]+")),
    ("digits and lower", re.compile(r"[0-9][a-z0-9]*[a-z][a-z0-9]*")),
    ("upper", re.compile(r"[A-Z]+")),
    ("signs", re.compile(r"[\u3400-\u9fff]+")),
)


Shape = tuple[str, tuple[str, ...]]


class Shapes(dict[str, Shape]):
    """Strings taken apart: the string without the parts that may be replaced, and these parts in order.

    Most strings are the same in city after city, and have no such part.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words that are kept as they are: those that a rule or a template names."""
        super().__init__()
        self._words = frozenset(words)

    def __missing__(self, string: str) -> Shape:
        """Take apart a string that was not met before."""
        if len(self) >= _REMEMBERED:
            self.clear()
        parts = _PARTS.split(string)
        names = []
        for place in range(1, len(parts), 2):  # separators stand between
            kept = self.kept(parts[place])
            if kept is None:
                names.append(parts[place])
            parts[place] = _NAMED if kept is None else kept
        self[string] = found = ("".join(parts), tuple(names))
        return found

    def kept(self, part: str) -> str | None:
        """Give what a part counts as, None where it may be replaced."""
        return None if part not in self._words and sort_of(part) else part


class FreeShapes(Shapes):
    """The same for texts in which no digit counts."""

    def kept(self, part: str) -> str | None:
        """Give what a part counts as, None where it may be replaced."""
        return _COUNTED if part.isdecimal() else super().kept(part)


class Vocabulary:
    """What strings are made of where some words are kept; it serves all clusters that keep the same."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words that are kept."""
        self.strings = Shapes(words)
        self.texts = FreeShapes(words)


class Naming(dict[str, Any]):
    """Replaces parts of strings by their number and sort, in order of appearance."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Start with no part."""
        super().__init__()
        self._vocabulary = vocabulary
        self._blocks: list[tuple[int, int, int]] = []
        self.replaced: list[str] = []

    def __missing__(self, part: str) -> Any:
        """Give what stands for a part that was not met before."""
        sort = sort_of(part)
        self[part] = found = (len(self), sort, self._near(part)) if "." in part else (len(self), sort)
        self.replaced.append(part)
        return found

    def _near(self, part: str) -> tuple[tuple[int, bool], ...]:
        """Give which blocks met before hold this one, or lie in it."""
        first, last = _ends(part)
        near = [(n, low <= first and last <= high) for n, low, high in self._blocks if low <= last and first <= high]
        self._blocks.append((len(self), first, last))
        return tuple(near)

    def number(self, string: str) -> Any:
        """Give what is the same for another number that is only compared, as the value of a label is."""
        key = f"{_NUMBER}{string}"
        if key not in self:
            self[key] = (len(self), "number")
            self.replaced.append(string)
        return self[key]

    def of(self, strings: Iterable[str]) -> tuple[Any, ...]:
        """Give what is the same for strings that differ alike."""
        return self._alike(strings, self._vocabulary.strings)

    def of_texts(self, texts: Iterable[str]) -> tuple[Any, ...]:
        """Give what is the same for texts that differ alike, in which no digit counts."""
        return self._alike(texts, self._vocabulary.texts)

    def _alike(self, strings: Iterable[str], shapes: Shapes) -> tuple[Any, ...]:
        alike: list[Any] = []
        for string in strings:
            rest, names = shapes[string]
            alike.append(rest)
            if names:
                alike += map(self.__getitem__, names)
        return tuple(alike)


@cache
def _ends(block: str) -> tuple[int, int]:
    network = IPv4Network(block)
    return int(network.network_address), int(network.broadcast_address)


@cache
def sort_of(part: str) -> str:
    """Give the sort of a part that may be replaced by another one of its sort, empty where it is kept."""
    if len(part) > _LONGEST_PART:
        return "digest" if _DIGEST.fullmatch(part) else ""
    if "." in part:
        return _sort_of_address(part)
    if _VERSION.fullmatch(part):
        return ""
    return next((name for name, form in _SORTS if form.fullmatch(part)), "")


def _sort_of_address(address: str) -> str:
    try:
        network = ip_network(address)  # refuses bits beyond the prefix
    except ValueError:
        return ""
    return f"/{network.prefixlen}" if "/" in address else "address"


@cache
def is_name(string: str) -> bool:
    """Tell whether parts of a string may be replaced at all."""
    if _IPV6.fullmatch(string):
        return False  # which block lies in which is not told by its parts
    is_short = _NAME.fullmatch(string) and "://" not in string and not _DIGEST.fullmatch(string)
    longest = (_LONGEST_PATH if "/" in string else _LONGEST_NAME) if is_short else _LONGEST_TEXT
    return len(string) <= longest and not credentials.inside(string) and not credentials.setting(string)


@cache
def is_numeric(string: str) -> bool:
    """Tell whether a rule may take a string for a number or a quantity."""
    return _NUMERIC.fullmatch(string) is not None


def parts_of(string: str) -> Iterator[str]:
    """Give the parts of a string that stand between separators."""
    return (match[0] for match in _PARTS.finditer(string))


@cache
def words_of_rules() -> frozenset[str]:
    """Give every word that stands in the code of a rule, or of what it asks: a rule can know no other."""
    package = Path(__file__).parents[1]
    files = (file for name in ("capacity", "check") for file in sorted((package / name).rglob("*.py")))
    return frozenset(word for file in files for word in _written(_code(file.read_text(encoding="utf-8"))))


def _written(text: str) -> list[str]:
    # all that `parts_of` gives, and sooner: every run reads all rules, and all templates
    if text.isascii() and not _IN_ADDRESS.search(text):
        return text.translate(_SEPARATORS).split()
    return [*parts_of(text), *text.translate(_SEPARATORS).split()]


words_of = lru_cache(4096)(_written)  # of keys, of which all manifests have the same


def _code(text: str) -> str:
    # the examples of the documentation stand before it: a rule judges by none of their names
    _, found, code = text.partition("\nfrom __future__ import annotations\n")
    return code if found else text


def words_in(data: Any) -> Iterator[str]:
    """Give every word in plain data."""
    if isinstance(data, str):
        yield from words_of(data) if len(data) < _LONGEST_NAME else _written(data)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from words_in(key)
            yield from words_in(value)
    elif isinstance(data, Sequence):
        for one in data:
            yield from words_in(one)
