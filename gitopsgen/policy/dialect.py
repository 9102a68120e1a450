"""A Rego policy in the form in which our engine reads it as the Open Policy Agent does.

Where the two part ways, the text is changed, line by line the same, so that places in it stay true:
bodies that are chained, an expression that starts with a parenthesis, functions that are worded otherwise, and
operands of `not`, which OPA evaluates before it negates. Measured against the real one:
tests/real/test_rego_policies.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from gitopsgen.policy.builtins import BUILTINS, OWN, REPLACED
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.tokens import CLOSING, OPENING, Token, closing, parted, tokens

_KEYWORDS: Final = frozenset(
    {"not", "some", "every", "in", "if", "contains", "else", "with", "as", "default", "import"}
)
_INFIX: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%", "&", "="})
_EQUAL: Final = frozenset({"==", "="})
_STARTS: Final = frozenset({"{", ";", "|"})
_NAMES: Final = {"re_match": "regex.match", **{name: f"{OWN}.{name}" for name in BUILTINS if "." not in name}}


class _Change(NamedTuple):
    """Text that takes the place of a part of the policy."""

    start: int
    end: int
    text: str


def normalised(policy: str) -> str:
    """Give a policy that our engine reads as OPA reads this one."""
    for changes in (_unchained, _separated, _renamed, _settled):
        policy = _changed(policy, changes)
    # an operand may hold a negation of its own, in a comprehension: that is found in the next round
    for _ in range(8):
        before, policy = policy, _changed(policy, _hoisted)
        if before == policy:
            break
    return policy


def _changed(policy: str, find: Callable[[str, list[Token]], Iterator[_Change]]) -> str:
    parts, last = [], 0
    for change in sorted(find(policy, tokens(policy))):
        if change.start < last:
            continue  # inside of what was changed before
        parts += [policy[last : change.start], change.text]
        last = change.end
    return "".join(parts) + policy[last:]


def _unchained(policy: str, found: list[Token]) -> Iterator[_Change]:
    """Write the head again before each body that follows another one."""
    for place, token in enumerate(found[1:], start=1):
        if token.text != "{" or token.depth or found[place - 1].text != "}":
            continue
        start = _head(found, place)
        body = next((one for one in range(start, place) if _opens_body(found, one)), None)
        if body is None or found[start].text == "else":
            continue
        head = policy[found[start].start : found[body].start].replace("\n", " ")
        yield _Change(found[place - 1].end, token.start, f"{_gap(policy, found[place - 1].end, token.start)} {head}")


def _gap(policy: str, start: int, end: int) -> str:
    return "\n" * policy.count("\n", start, end)


def _head(found: Sequence[Token], place: int) -> int:
    """Give where the rule starts that a body belongs to."""
    for one in range(place - 1, -1, -1):
        token = found[one]
        if token.is_first and not token.depth and token.sort == "word" and token.text not in {"if", "else"}:
            return one
    return 0


def _opens_body(found: Sequence[Token], place: int) -> bool:
    """Whether a brace opens a body; behind `:=` it opens a value."""
    token = found[place]
    return token.text == "{" and not token.depth and found[place - 1].text not in {"=", ":=", "contains", "in"}


def _separated(_: str, found: list[Token]) -> Iterator[_Change]:
    """Part an expression in parentheses from the one on the line before: it is no call."""
    for before, token in pairwise(found):
        ends = before.sort in {"word", "string", "number"} or before.text in {")", "]", "}"}
        is_apart = token.text == "(" and token.is_first and token.opener in {"{", "["}
        if is_apart and ends and before.text not in _KEYWORDS:
            yield _Change(token.start, token.start, "; ")


def _renamed(_: str, found: list[Token]) -> Iterator[_Change]:
    """Call what the engine lacks, or words otherwise, by the name that it has here."""
    for before, token, after in zip(found, found[1:], found[2:], strict=False):
        name = _NAMES.get(token.text) if token.sort == "word" and after.text == "(" else None
        if name and before.text != "." and not after.is_spaced:
            yield _Change(token.start, token.end, name)


def _settled(policy: str, found: list[Token]) -> Iterator[_Change]:
    """Name what stands for input or data in an expression before it: the engine forgets a rule while it is that."""
    for place in range(len(found)):
        if not _starts_expression(found, place):
            continue
        end = _expression_end(found, place)
        values = [value for value in _replacements(found, place, end) if not _is_scalar(found, *value)]
        if values:
            named = [(*value, _fresh(policy, found[value[0]].start)) for value in values]
            yield _named(policy, found, (place, end), named, "")


def _replacements(found: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give what an expression puts in the place of input or data."""
    withs = [one for one in range(start, end) if _is_with(found, one, start)]
    for one, following in pairwise([*withs, end]):
        is_function = found[one + 3 : one + 4] and found[one + 3].text == REPLACED
        if found[one + 1].text in {"input", "data"} and not is_function:
            value = next((at + 1 for at in range(one, following) if found[at].text == "as"), following)
            if value < following:
                yield value, following


def _is_scalar(found: Sequence[Token], start: int, end: int) -> bool:
    return end - start == 1 and found[start].sort in {"string", "number"}


def _hoisted(policy: str, found: list[Token]) -> Iterator[_Change]:
    """Name the operands of a negated call before it: where one is undefined, so is the whole body."""
    for place, token in enumerate(found):
        if token.text == "not" and token.sort == "word" and _starts_expression(found, place):
            yield from _hoisted_from(policy, found, place)


def _starts_expression(found: Sequence[Token], place: int) -> bool:
    before = found[place - 1] if place else None
    if before is None or before.text in _STARTS or before.text == "if":
        return True
    return found[place].is_first and found[place].depth > 0 and not _goes_on(before, found[place])


def _hoisted_from(policy: str, found: Sequence[Token], place: int) -> Iterator[_Change]:
    end = _expression_end(found, place + 1)
    _refuse_wildcard(policy, found, place + 1, end)
    operands, rest = _operands(found, place + 1, end)
    clause = policy[found[rest].start : found[end - 1].end] if rest < end else ""
    named = [(start, stop, _fresh(policy, found[start].start)) for start, stop in operands]
    if named:
        yield _named(policy, found, (place, end), named, clause)


def _refuse_wildcard(policy: str, found: Sequence[Token], start: int, end: int) -> None:
    """Refuse what OPA calls unsafe: a negation that would have to try every member."""
    place = start
    while place < end:
        token = found[place]
        is_index = token.text == "[" and not token.is_spaced and found[place - 1].text not in {"(", "[", "{", ","}
        if token.text == "{" or (token.text == "[" and not is_index):
            place = closing(found, place)  # a comprehension has variables of its own
        elif token.text == "_":
            line = policy.count("\n", 0, token.start) + 1
            raise PolicyError('"_" inside of "not" is unsafe: name the member before it', line=line)
        place += 1


def _fresh(policy: str, start: int) -> str:
    """Give a name that the policy has not yet, other than those for other places."""
    name = f"gg_{start}"
    while name in policy:
        name += "_"
    return name


def _named(
    policy: str,
    found: Sequence[Token],
    expression: tuple[int, int],
    named: Sequence[tuple[int, int, str]],
    clause: str,
) -> _Change:
    """Give an expression in which parts have names, which are given before it, each with a `with` clause."""
    place, end = expression
    first = found[place].start
    body = policy[first : found[end - 1].end]
    definitions = []
    for start, stop, name in reversed(named):
        part = slice(found[start].start - first, found[stop - 1].end - first)
        definitions.append(" ".join(f"{name} = {body[part]} {clause}".split("\n")).strip())
        body = body[: part.start] + name + "\n" * body[part].count("\n") + body[part.stop :]
    text = "; ".join([*reversed(definitions), body])
    if place and found[place - 1].text == "if":
        text = f"{{ {text} }}"
    return _Change(first, found[end - 1].end, text)


def _expression_end(found: Sequence[Token], start: int) -> int:
    """Give the place behind the last token of the expression that starts here."""
    if start >= len(found):
        return start
    depth = found[start].depth
    for place in range(start, len(found)):
        token = found[place]
        if token.depth < depth or (token.depth == depth and token.text == ";"):
            return place
        if token.text == "|" and token.depth == depth and not _is_union(found, start, place):
            return place
        if place > start and token.depth == depth and token.is_first and not _goes_on(found[place - 1], token):
            return place
    return len(found)


def _is_union(found: Sequence[Token], start: int, place: int) -> bool:
    """Whether a bar joins two sets; else it ends the head of a comprehension, which assigns and compares nothing."""
    return any(one.depth == found[start].depth and one.text in {":=", "=", "==", "not"} for one in found[start:place])


def _goes_on(before: Token, token: Token) -> bool:
    if token.text in CLOSING:
        return token.depth >= 0 and before.depth > token.depth
    return token.text in _INFIX or token.text in {"with", "."} or before.text in _INFIX or before.text in {"as", "with"}


def _operands(found: Sequence[Token], start: int, end: int) -> tuple[list[tuple[int, int]], int]:
    """Give the operands to be named, and where the `with` of the expression starts."""
    rest = next((one for one in range(start, end) if _is_with(found, one, start)), end)
    if start >= rest:
        return [], rest
    infix = [one for one in range(start, rest) if found[one].depth == found[start].depth and found[one].text in _INFIX]
    if infix:
        is_equality = all(found[one].text in _EQUAL for one in infix) and len(infix) == 1
        parts = parted(found, start, rest, _INFIX)
        keep = _is_reference if is_equality else _is_simple
        named = [part for part in parts if part[0] < part[1] and not keep(found, *part)]
        kept = [part for part in parts if part not in named]
        return sorted([*named, *(one for part in kept for one in _indices(found, *part))]), rest
    if not _is_call(found, start, rest):
        return _indices(found, start, rest), rest
    opening = next(one for one in range(start, rest) if found[one].text == "(")
    arguments = parted(found, opening + 1, rest - 1, frozenset({","}))
    return [part for part in arguments if part[0] < part[1] and not _is_simple(found, *part)], rest


def _indices(found: Sequence[Token], start: int, end: int) -> list[tuple[int, int]]:
    """Give what stands in the brackets of a reference and may be undefined itself."""
    if start >= end:
        return []
    depth = found[start].depth
    steps = [
        (one + 1, closing(found, one))
        for one in range(start + 1, end)
        if found[one].text == "[" and found[one].depth == depth and not found[one].is_spaced
    ]
    return [step for step in steps if step[0] < step[1] and not _is_simple(found, *step)]


def _is_with(found: Sequence[Token], place: int, start: int) -> bool:
    return found[place].text == "with" and found[place].depth == found[start].depth


def _is_call(found: Sequence[Token], start: int, end: int) -> bool:
    """Whether an expression is one call: a name, dotted or not, and its arguments."""
    place = start
    while place + 2 < end and found[place].sort == "word" and found[place + 1].text == ".":
        place += 2
    if place + 1 >= end or found[place].sort != "word" or found[place + 1].text != "(" or found[place + 1].is_spaced:
        return False
    return closing(found, place + 1) == end - 1


def _is_simple(found: Sequence[Token], start: int, end: int) -> bool:
    """Whether an operand is a variable or a scalar, which are never undefined."""
    return end - start == 1 and found[start].text not in OPENING


def _is_reference(found: Sequence[Token], start: int, end: int) -> bool:
    """Whether an operand of `==` is one that OPA compares inside of the negation."""
    if _is_simple(found, start, end):
        return True
    is_word = found[start].sort == "word" and found[start].text not in _KEYWORDS
    return is_word and all(one.text != "(" for one in found[start + 1 : end] if one.depth == found[start].depth)
