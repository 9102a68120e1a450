"""Trees to templates, and settings to overlays: text in the form in which everything is written here.

What Jinja would take for its own is written as a string in a hole. Knows nothing of cities.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitopsgen import emit
from gitopsgen.adopt.facts import Fact
from gitopsgen.adopt.naming import Path
from gitopsgen.adopt.nodes import MISSING, Entry, Hole, Listed, Literal, Mapped, Node, Rest, Text, Value

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPENING: Final = re.compile(r"\{[{%#]")
# Jinja leaves a line end behind `{% raw %}`, which a block that keeps its last lines would take.
_UNFIT: Final = re.compile(r"endraw|\|\+")
_WORDS: Final = frozenset("and else if in is not or none None true True false False".split())  # noqa: SIM905 - a line


class Writer:
    """Writes the template of one object; `paths` are those of its values."""

    def __init__(self, paths: Mapping[Value, Path]) -> None:
        """Take the paths of values."""
        self._paths = paths
        self._code: dict[str, str] = {}
        self._mark = "Jinja"

    def template(self, node: Node, condition: Value | None) -> str:
        """Give the text of a template that gives the object, where its condition holds."""
        while self._mark in repr(node):
            self._mark += "x"
        text = self._block(_ordered(node), 0)
        if condition is not None:
            text = self._only_if(condition, text, 0)
        escaped = self._escaped(text)
        escaped = re.sub(rf"\{{(?={self._mark}[0-9])", _quoted("{"), escaped)
        return re.sub(rf"{self._mark}[0-9]+Z", lambda found: self._code[found.group()], escaped)

    def _escaped(self, text: str) -> str:
        """Give the text with what Jinja would take for its own written in holes, but where it is raw."""
        raw = [word for word, code in self._code.items() if code == "{% raw %}"]
        pattern = "|".join([*(rf"{word}\n.*?{self._mark}[0-9]+Z\n" for word in raw), _OPENING.pattern])

        def written(found: re.Match[str]) -> str:
            return found.group() if found.group().startswith(self._mark) else _quoted(found.group())

        return re.sub(pattern, written, text, flags=re.DOTALL)

    def _block(self, node: Node, indent: int) -> str:
        if isinstance(node, Mapped | Listed):
            return "".join(self._entry(entry, indent) for entry in node.entries)
        return emit.block(self._plain(node), indent)

    def _entry(self, entry: Entry, indent: int) -> str:
        if isinstance(entry.node, Rest):
            text = emit.item(self._coded("{{ item }}"), indent)
            return self._between(f"{{% for item in {self._access(entry.node.value)} %}}", text, "{% endfor %}", indent)
        if isinstance(entry.node, Mapped | Listed):
            below = self._block(entry.node, indent + 2)
            if entry.key is None:
                text = f"{' ' * indent}- {below.lstrip(' ')}" if not below.lstrip().startswith(self._mark) else ""
                text = text or f"{' ' * indent}-\n{below}"
            else:
                text = f"{' ' * indent}{emit.key_text(self._plain(entry.key))}:\n{below}"
        elif entry.key is None:
            text = emit.item(self._plain(entry.node), indent)
        else:
            text = emit.entry(self._plain(entry.key), self._plain(entry.node), indent)
        if isinstance(entry.node, Literal) and _OPENING.search(text) and not _UNFIT.search(text):
            text = self._between("{% raw %}", text, "{% endraw %}", indent)
        return text if entry.condition is None else self._only_if(entry.condition, text, indent)

    def _only_if(self, condition: Value, text: str, indent: int) -> str:
        return self._between(f"{{% if {self._access(condition)} %}}", text, "{% endif %}", indent)

    def _between(self, start: str, text: str, end: str, indent: int) -> str:
        """Give lines between two lines that are statements."""
        margin = " " * indent
        return f"{margin}{self._coded(start)}\n{text}{margin}{self._coded(end)}\n"

    def _plain(self, node: Node) -> Any:
        """Give data that stands for a node until its holes are written."""
        if isinstance(node, Literal):
            return node.data
        if isinstance(node, Hole):
            optional = " | default(omit)" if node.is_optional else ""
            return self._coded(f"{{{{ {self._access(node.value)}{optional} }}}}")
        parts = node.parts if isinstance(node, Text) else ()
        return "".join(part if isinstance(part, str) else self._hole(part) for part in parts)

    def _hole(self, part: Fact | Value) -> str:
        expression = part.expression if isinstance(part, Fact) else self._access(part)
        return self._coded(f"{{{{ {expression} }}}}")

    def _access(self, value: Value) -> str:
        return "values" + "".join(
            f".{word}" if _NAME.fullmatch(word) and word not in _WORDS else f"[{json.dumps(word)}]"
            for word in self._paths[value]
        )

    def _coded(self, code: str) -> str:
        """Give a word that stands for code: it is YAML's plainest, and changes nothing of how text is written."""
        word = f"{self._mark}{len(self._code)}Z"
        self._code[word] = code
        return word


def _quoted(text: str) -> str:
    return f'{{{{ "{text}" }}}}'


def _ordered(node: Node, first: tuple[str, ...] = emit.TOP_KEYS) -> Node:
    """Give an object with its keys, and those of its metadata, in the customary order."""
    if not isinstance(node, Mapped):
        return node
    by_key = {entry.key.data: entry for entry in node.entries if isinstance(entry.key, Literal)}
    if len(by_key) != len(node.entries):
        return node
    found = [by_key[key] for key in emit.key_order(by_key, first)]
    if first is emit.TOP_KEYS:
        found = [_with_ordered_metadata(entry) for entry in found]
    return Mapped(tuple(found))


def _with_ordered_metadata(entry: Entry) -> Entry:
    is_metadata = isinstance(entry.key, Literal) and entry.key.data == "metadata"
    return Entry(entry.key, _ordered(entry.node, emit.METADATA_KEYS), entry.condition) if is_metadata else entry


def overlay(
    settings: Iterable[tuple[Path, Any]], under: Path, is_over: frozenset[Path], mappings: Iterable[Path]
) -> str:
    """Give values as YAML, below a path; those of `is_over` lie over a lower layer's, of which nothing must stay.

    `mappings` are there in any case, empty where nothing stands in them.
    """
    tree: dict[str, Any] = {}
    for path, data in settings:
        place = tree
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = _Set(data, path in is_over)
    for path in mappings:
        place = tree
        for step in path:
            place = place.setdefault(step, {})
    for step in reversed(under):
        tree = {step: tree}
    return _lines(tree, 0)


class _Set:
    """A value that is set, as opposed to the mapping that it stands in."""

    def __init__(self, data: Any, is_over: bool) -> None:  # noqa: FBT001 - it is made in one place
        self.data = data
        self.is_over = is_over


def _lines(tree: Mapping[str, Any], indent: int) -> str:
    return "".join(_line(key, tree[key], indent) for key in sorted(tree))


def _line(key: str, value: Any, indent: int) -> str:
    start = f"{' ' * indent}{emit.key_text(key)}:"
    if not isinstance(value, _Set):
        return f"{start}\n{_lines(value, indent + 2)}" if value else f"{start} {{}}\n"
    if value.data is MISSING:
        return f"{start} !delete\n"
    if value.is_over and isinstance(value.data, dict):
        return f"{start} !replace{emit.after_key(value.data, indent)}"
    return emit.entry(key, value.data, indent).rstrip(" ")
