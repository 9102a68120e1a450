"""A city's own names hidden in text, and shown again: what differs in names alone becomes the same text.

Hiding is one to one: a text and the names give the hidden text, the hidden text and the names give the text back.
So nothing but names is ever folded away. Names are hidden as characters of Unicode's private use area, which YAML
takes for letters; where such a character stands in a text already it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gitopsgen.diff.cities import City
from gitopsgen.scalars import read_plain

_PEERS: Final = 6  # neighbours of a city that are told apart
LABELS: Final = (
    "<region>-<cluster>",
    "<region>/<cluster>",
    "<cluster>.<region>",
    "<region>",
    "<zh>",
    "<area>",
    *(f"<peer {number}{what}>" for number in range(1, _PEERS + 1) for what in ("", " zh", " area")),
)
_FIRST: Final = 0xE000
_DIGESTS: Final = 0xE100
_ESCAPE: Final = 0xE200
_SHIFT: Final = 0x800  # from a private character to what stands for it behind an escape
_PRIVATE: Final = re.compile(f"[{chr(_FIRST)}-{chr(_ESCAPE)}]")
_HIDDEN: Final = re.compile(f"{chr(_ESCAPE)}(.)|([{chr(_FIRST)}-{chr(_ESCAPE - 1)}])", re.DOTALL)
_SHORTEST: Final = 3
_WORD: Final = re.compile(r"[a-z][a-z0-9]*(?:[-./][a-z0-9]+)*")
_CHECKSUM: Final = re.compile(r'^( *[\w./-]*checksum: )("?)([0-9a-f]{64})\2$', re.MULTILINE)
_MOST_DIGESTS: Final = _ESCAPE - _DIGESTS


class Names:
    """The names of one cluster, by label; `digests` are checksums that follow from what differs elsewhere."""

    def __init__(self, labels: Mapping[str, str], digests: tuple[str, ...] = ()) -> None:
        """Take the names; of equal ones the first label counts."""
        self.labels = labels
        self.digests = digests
        chars: dict[str, str] = {}
        for label, name in labels.items():
            chars.setdefault(name, chr(_FIRST + LABELS.index(label)))
        self._chars = chars
        self._names = {char: name for name, char in chars.items()}
        self._names |= {chr(_DIGESTS + index): digest for index, digest in enumerate(digests)}
        self._pattern = _pattern(chars)

    def hide(self, text: str) -> str:
        """Give the text with every name replaced by what stands for it."""
        if _PRIVATE.search(text):
            text = _PRIVATE.sub(lambda match: f"{chr(_ESCAPE)}{chr(ord(match[0]) + _SHIFT)}", text)
        if not any(name in text for name in self._chars):
            return text
        return self._pattern.sub(lambda match: self._chars[match[0]], text)

    def show(self, text: str) -> str:
        """Give the text that was hidden."""
        return _HIDDEN.sub(lambda match: _escaped(match) or self._names[match[2]], text)

    def hide_both(self, old: str, new: str) -> tuple[str, str, Names]:
        """Hide names and checksums in two versions of a file; gives the names with the checksums too.

        Equal checksums get equal placeholders and different ones different ones.
        """
        texts = self.hide(old), self.hide(new)
        found = dict.fromkeys(match[3] for text in texts for match in _CHECKSUM.finditer(text) if _is_text(match))
        if not found or len(found) > _MOST_DIGESTS:
            return *texts, self
        chars = {digest: chr(_DIGESTS + index) for index, digest in enumerate(found)}
        hidden = [
            _CHECKSUM.sub(
                lambda match: match[0].replace(match[3], chars[match[3]]) if _is_text(match) else match[0], text
            )
            for text in texts
        ]
        return hidden[0], hidden[1], Names(self.labels, tuple(found))


def shown(text: str) -> str:
    """Give a hidden text as people see it: a label in place of each name."""
    return _HIDDEN.sub(lambda match: _escaped(match) or _label(ord(match[2])), text)


def is_checksum(value: str) -> bool:
    """Tell whether a hidden value, as JSON, is a checksum that follows from what differs elsewhere."""
    text = value.strip('"')
    return len(text) == 1 and _DIGESTS <= ord(text) < _ESCAPE


def names_of(region: str, cluster: str, cities: Mapping[str, City]) -> dict[str, str]:
    """Give the names of a cluster by label, as one revision has them."""
    city = cities.get(region, City(region))
    found = {
        "<region>-<cluster>": f"{region}-{cluster}",
        "<region>/<cluster>": f"{region}/{cluster}",
        "<cluster>.<region>": f"{cluster}.{region}",
        "<region>": region,
        "<zh>": city.zh,
        "<area>": city.area,
    }
    for number, name in enumerate(city.failover[:_PEERS], start=1):
        peer = cities.get(name, City(name))
        found |= {f"<peer {number}>": name, f"<peer {number} zh>": peer.zh, f"<peer {number} area>": peer.area}
    return {label: name for label, name in found.items() if _can_hide(name)}


def agreed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Give the names that both revisions have: one that changes is a change, and must be seen."""
    return {label: name for label, name in after.items() if before.get(label) == name}


def _can_hide(name: str) -> bool:
    """Tell whether a name is text to every reader of YAML, wherever it stands, and no common syllable."""
    if read_plain(name) != name or _PRIVATE.search(name):
        return False
    if name.isascii():
        return _WORD.fullmatch(name) is not None and sum(map(str.isalpha, name)) >= _SHORTEST
    return name.isalpha()


def _pattern(names: Mapping[str, str]) -> re.Pattern[str]:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    words = "|".join(re.escape(name) for name in ordered if name.isascii())
    others = [re.escape(name) for name in ordered if not name.isascii()]
    # behind a backslash the first letter of a name could be part of an escape
    bounded = [rf"(?<![0-9A-Za-z_\\])(?:{words})(?![0-9A-Za-z_])"] if words else []
    return re.compile("|".join((*bounded, *others)) or r"(?!)")


def _is_text(match: re.Match[str]) -> bool:
    return bool(match[2]) or read_plain(match[3]) == match[3]


def _escaped(match: re.Match[str]) -> str:
    return chr(ord(match[1]) - _SHIFT) if match[1] else ""


def _label(code: int) -> str:
    return f"<checksum {code - _DIGESTS + 1}>" if code >= _DIGESTS else LABELS[code - _FIRST]
