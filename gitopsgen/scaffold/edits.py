"""Edits of YAML text that leave every other byte as it is: what is missing is put in, what is named is cut out.

New text comes from a fragment, with its own comments and layout. Each edit is read again before it is given back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from gitopsgen.diagnostics import UsageError

# By which of its keys an item of a list is known; what has none of them is known by all that it says.
_IDENTITIES: Final = (("component", "values"), ("component",), ("service",), ("name",))

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Text to put in place of what stands between two indexes."""

    start: int
    end: int
    text: str


def with_missing(text: str, fragment: str, file: str) -> str:
    """Give a YAML mapping with all that a fragment has and it has not; what both have stays as it is.

    Lists get the items that they lack: known by component and values, service or name, else by content. So do lists
    of an item that both have.
    Raises UsageError where the two do not fit together.
    """
    own, other = composed(text, file), composed(fragment, file)
    if not isinstance(own, yaml.MappingNode) or not isinstance(other, yaml.MappingNode):
        raise UsageError(f"{file}: found no mapping to add to")
    edited = applied(text, list(_missing(text, own, fragment, other, file)))
    if list(_missing(edited, composed(edited, file), fragment, other, file)):
        raise RuntimeError(f"the edit of {file} did not put in what was missing")
    return edited


def without(text: str, path: Path, file: str) -> str:
    """Give the text without the member at a path, and without the comment right above it."""
    node = composed(text, file)
    for step in path[:-1]:
        node = _member(node, step)
    edited = applied(text, [removal(text, node, path[-1])])
    composed(edited, file)
    return edited


def data(text: str, file: str) -> Any:
    """Read a YAML text as plain data; merge tags such as `!append` are passed over."""
    return plain(composed(text, file))


def _missing(text: str, own: Any, fragment: str, other: Any, file: str) -> Iterator[Cut]:
    if isinstance(own, yaml.MappingNode) and isinstance(other, yaml.MappingNode):
        known = {key.value: value for key, value in own.value}
        new = [(key, value) for key, value in other.value if key.value not in known]
        for key, value in other.value:
            if key.value in known:
                yield from _missing(text, known[key.value], fragment, value, file)
        if new:
            yield addition(text, own, fragment, other, [key.value for key, _ in new])
    elif isinstance(own, yaml.SequenceNode) and isinstance(other, yaml.SequenceNode):
        yield from _missing_items(text, own, fragment, other, file)
    elif type(own) is not type(other):
        where = f"{file}:{own.start_mark.line + 1}:{own.start_mark.column + 1}"
        raise UsageError(f"{where}: found {_kind(own)}, expected {_kind(other)} to add to")


def _missing_items(text: str, own: Any, fragment: str, other: Any, file: str) -> Iterator[Cut]:
    known = {identity(item): item for item in own.value}
    for item in other.value:
        yield from _missing_in_lists(text, known.get(identity(item)), fragment, item, file)
    lacking = [index for index, item in enumerate(other.value) if identity(item) not in known]
    if lacking:
        yield addition(text, own, fragment, other, lacking)


def _missing_in_lists(text: str, own: Any, fragment: str, item: Any, file: str) -> Iterator[Cut]:
    """Compare the lists of an item that both have: such as the secrets of a namespace."""
    if isinstance(own, yaml.MappingNode) and isinstance(item, yaml.MappingNode):
        known = {key.value: value for key, value in own.value}
        for key, value in item.value:
            if isinstance(value, yaml.SequenceNode) and isinstance(known.get(key.value), yaml.SequenceNode):
                yield from _missing(text, known[key.value], fragment, value, file)


def addition(text: str, own: Any, fragment: str, other: Any, steps: list[Any]) -> Cut:
    """Give the cut that puts members of the fragment's node at the end of a node of the text."""
    if own.flow_style and own.value:
        place = own.end_mark.index - 1
        while text[place - 1].isspace():
            place -= 1
        return Cut(place, place, "".join(f", {_flow(other, step)}" for step in steps))
    if own.flow_style:  # `[]` or `{}`: the members stand on lines of their own below
        start = own.start_mark.index
        indent = _indent_of(text, start) + 2
        if own.start_mark.column == 0:
            return Cut(start, own.end_mark.index, _lines(fragment, other, steps, 0).rstrip("\n"))
        return Cut(start - 1, own.end_mark.index, "\n" + _lines(fragment, other, steps, indent).rstrip("\n"))
    end = _end_of_line(text, _last_leaf(own).end_mark.index)
    block = _lines(fragment, other, steps, own.start_mark.column)
    return Cut(end, end, block if text[:end].endswith("\n") or not end else "\n" + block)


def _lines(fragment: str, node: Any, steps: list[Any], column: int) -> str:
    """Give whole lines of members of a block node, with the comments above them, moved to another column."""
    if node.flow_style:
        dash = "- " if isinstance(node, yaml.SequenceNode) else ""
        return "".join(f"{' ' * column}{dash}{_flow(node, step)}\n" for step in steps)
    given: list[str] = []
    for step in steps:
        start, end = _extent(fragment, node, step)
        shift = column - node.start_mark.column
        given.extend(_moved(line, shift) for line in fragment[start:end].splitlines())
    return "".join(f"{line}\n" for line in given)


def _moved(line: str, shift: int) -> str:
    if not line.strip():
        return ""
    return " " * shift + line if shift >= 0 else line[-shift:]


def removal(text: str, node: Any, step: Any) -> Cut:
    """Give the cut that takes a member out of a node of the text."""
    if node.flow_style:
        members = [key if isinstance(node, yaml.MappingNode) else value for key, value in _members(node)]
        index = [key for key, _ in named_members(node)].index(step)
        ends = [value.end_mark.index for _, value in _members(node)]
        if index + 1 < len(members):
            return Cut(members[index].start_mark.index, members[index + 1].start_mark.index, "")
        return Cut(ends[index - 1] if index else members[index].start_mark.index, ends[index], "")
    if len(node.value) == 1:  # the last member: an empty value is no mapping and no list
        start, end = _extent(text, node, step)
        if node.start_mark.column:
            above = text.rindex("\n", 0, start)
            return Cut(above, end - 1, " {}" if isinstance(node, yaml.MappingNode) else " []")
        return Cut(start, end, "{}\n")
    return Cut(*_extent(text, node, step), "")


def replacement(text: str, own: tuple[Any, Any], fragment: str, other: tuple[Any, Any]) -> Cut:
    """Give the cut that puts the value of a fragment's member in the place of that of a member of the text.

    A member is a node and its step. What stands above it, and behind a value of one line, is people's and stays.
    """
    (node, step), (source, name) = own, other
    value, new = _member(node, step), _member(source, name)
    if not any(isinstance(one, yaml.CollectionNode) and not one.flow_style for one in (value, new)):
        written = _flow_text(new) if node.flow_style else fragment[new.start_mark.index : new.end_mark.index]
        return Cut(value.start_mark.index, value.end_mark.index, written)
    if node.flow_style:
        return Cut(value.start_mark.index, value.end_mark.index, _flow_text(new))
    _, end = _extent(text, node, step)
    key = _members(node)[[one for one, _ in named_members(node)].index(step)][0]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    lines = _lines(fragment, source, [name], node.start_mark.column)
    return Cut(start, end, re.sub(r"\A(?: *#.*\n)+", "", lines))


def _extent(text: str, node: Any, step: Any) -> tuple[int, int]:
    """Give where the lines of a member of a block node begin, comments right above it included, and end."""
    index = [key for key, _ in named_members(node)].index(step)
    key, value = _members(node)[index]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above : start - 1]
        if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) != node.start_mark.column:
            break
        start = above
    return start, _end_of_line(text, _last_leaf(value).end_mark.index)


def _members(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else [(item, item) for item in node.value]


def named_members(node: Any) -> list[tuple[Any, Any]]:
    """Give the members of a collection by key or index."""
    if isinstance(node, yaml.MappingNode):
        return [(key.value, value) for key, value in node.value]
    return list(enumerate(node.value))


def _member(node: Any, step: Any) -> Any:
    return dict(named_members(node))[step]


def _last_leaf(node: Any) -> Any:
    """Give the node whose end is the end of all: a block collection's own end lies behind the comments after it."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _end_of_line(text: str, index: int) -> int:
    # a block scalar ends at the beginning of the line after it
    if index and text[index - 1] == "\n":
        return index
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _indent_of(text: str, index: int) -> int:
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return len(line) - len(line.lstrip(" "))


def _flow(node: Any, step: Any) -> str:
    value = _flow_text(_member(node, step))
    return f"{_scalar(str(step))}: {value}" if isinstance(node, yaml.MappingNode) else value


def _flow_text(node: Any) -> str:
    """Write a node in one line, with its merge tag."""
    tag = f"{node.tag} " if node.tag.startswith("!") else ""
    if isinstance(node, yaml.MappingNode):
        return f"{tag}{{{', '.join(f'{_scalar(key.value)}: {_flow_text(value)}' for key, value in node.value)}}}"
    if isinstance(node, yaml.SequenceNode):
        return f"{tag}[{', '.join(map(_flow_text, node.value))}]"
    return tag + _scalar(plain(node))


def _scalar(value: Any) -> str:
    # in a list, so that what would end a flow is quoted
    return yaml.safe_dump([value], default_flow_style=True, width=1 << 16, allow_unicode=True).strip()[1:-1]


def identity(node: Any) -> Any:
    """Give by what an item of a list is known."""
    item = plain(node)
    for keys in _IDENTITIES:
        if isinstance(item, dict) and all(key in item for key in keys):
            return (keys, *(str(item[key]) for key in keys))
    return str(item)


def plain(node: Any) -> Any:
    """Give a node as plain data; merge tags are passed over."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    constructor = yaml.constructor.SafeConstructor()
    return node.value if node.tag.startswith("!") else constructor.construct_object(node)


def _kind(node: Any) -> str:
    return {"MappingNode": "a mapping", "SequenceNode": "a list"}.get(type(node).__name__, "a plain value")


def composed(text: str, file: str) -> Any:
    """Read a YAML text as nodes with their places; raises UsageError where it is none."""
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise UsageError(f"{file} is no YAML: {error}") from None


def applied(text: str, cuts: list[Cut]) -> str:
    """Give a text with cuts made in it."""
    # from the end; of two at one place the inner one, which was found first, comes to stand first
    for _, _, cut in sorted(((cut.start, index, cut) for index, cut in enumerate(cuts)), reverse=True):
        text = text[: cut.start] + cut.text + text[cut.end :]
    return text
