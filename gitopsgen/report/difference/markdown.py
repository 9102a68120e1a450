"""A folded difference for a comment on a pull request.

A comment has a limit of length: what does not fit is counted and named. Dangers are never left out, and clusters that
differ from the rest come before what all have alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.diff import Difference, Folded, Hunk
from gitopsgen.report.difference.lines import Line, cut, heading, hunk_lines, summary, where

LIMIT: Final = 65_000  # bytes; GitHub takes 65,536 characters
_OF_DANGERS: Final = 30_000
_RESERVE: Final = 2_000  # for what is said of what was left out
_SHOWN: Final = 40  # lines of a hunk
_NAMED: Final = 20
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$])")
_MARKS: Final = {"+": "+ ", "-": "- ", "@": "@@ "}


class _Block(NamedTuple):
    """A hunk in Markdown; `rank` is lower the less it may be left out."""

    folded: Folded
    rank: tuple[int, int]
    text: str


def lines(difference: Difference, findings: Sequence[Diagnostic], title: str, limit: int = LIMIT) -> Iterator[str]:
    """Give a difference with its dangers, in at most so many bytes."""
    head = f"### {_text(title)}\n\n{_text(_capital(summary(difference)))}.\n"
    dangers = _dangers(findings, min(_OF_DANGERS, limit // 2))
    blocks = list(_blocks(difference))
    left = limit - _size(head) - _size(dangers) - _RESERVE
    kept: set[int] = set()
    opened: set[int] = set()
    for index in sorted(range(len(blocks)), key=lambda each: blocks[each].rank):
        block = blocks[index]
        size = _size(block.text) + (0 if id(block.folded) in opened else _size(_frame(block.folded)))
        if size <= left:
            left -= size
            kept.add(index)
            opened.add(id(block.folded))
    yield head
    if dangers:
        yield dangers
    yield from _shown([blocks[index] for index in sorted(kept)])
    missing = [block for index, block in enumerate(blocks) if index not in kept]
    if missing:
        yield _left_out(missing)


def _blocks(difference: Difference) -> Iterator[_Block]:
    order = 0
    for folded in difference.folded:
        for number, hunk in enumerate(folded.hunks):
            # behind the first hunk, which most have, stand those who differ from them
            rank = (0 if number else 1, order)
            yield _Block(folded, rank, _hunk(difference, folded, hunk))
            order += 1


def _hunk(difference: Difference, folded: Folded, hunk: Hunk) -> str:
    told = cut(hunk_lines(hunk), _SHOWN)
    fence = "`" * max(3, 1 + max((len(run) for _, text in told for run in re.findall("`+", text)), default=0))
    return "\n".join(
        (f"**{_text(where(difference, folded, hunk))}**", "", f"{fence}diff", *map(_line, told), fence, "")
    )


def _line(line: Line) -> str:
    return f"{_MARKS[line.mark]}{line.text}".rstrip()


def _frame(folded: Folded) -> str:
    return f"<details open><summary>{escape(heading(folded))}</summary>\n\n</details>\n\n"


def _shown(blocks: Sequence[_Block]) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if index == 0 or blocks[index - 1].folded is not block.folded:
            yield f"<details open><summary>{escape(heading(block.folded))}</summary>\n"
        yield block.text
        if index + 1 == len(blocks) or blocks[index + 1].folded is not block.folded:
            yield "</details>\n"


def _left_out(missing: Sequence[_Block]) -> str:
    names = list(dict.fromkeys(heading(block.folded) for block in missing))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    named = ", ".join(f"{name[:60]}…" if len(name) > 60 else name for name in names[:_NAMED])  # noqa: PLR2004
    count = "1 hunk is" if len(missing) == 1 else f"{len(missing)} hunks are"
    note = f"Not all fits in a comment: {count} left out, of {named}{more}. Run gitopsgen diff to see them."
    return _text(note) if _size(_text(note)) <= _RESERVE else _text(f"Not all fits in a comment: {count} left out.")


def _dangers(findings: Sequence[Diagnostic], limit: int) -> str:
    if not findings:
        return ""
    head = f"#### {len(findings)} danger{'s' if len(findings) > 1 else ''}\n\n"
    forms: tuple[Callable[[Diagnostic], str], ...] = (_long, _short)
    for form in forms:
        told = head + "\n".join(form(finding) for finding in findings) + "\n"
        if _size(told) <= limit:
            return told
    return head + "\n".join(_counted(findings)) + "\n"


def _long(finding: Diagnostic) -> str:
    hint = f" {_text(_capital(finding.hint))}." if finding.hint else ""
    return f"{_short(finding)}{hint}"


def _short(finding: Diagnostic) -> str:
    place = _code(str(finding.location))
    return f"- **{finding.code} {_text(finding.name)}** at {place}: {_text(finding.message)}."


def _counted(findings: Sequence[Diagnostic]) -> Iterator[str]:
    """Give a line a rule, where there are too many to say each."""
    for code in sorted({finding.code for finding in findings}):
        of_code = [finding for finding in findings if finding.code == code]
        first = f"{of_code[0].message[:200]} at {of_code[0].location}"
        yield f"- **{code} {_text(of_code[0].name)}**, {len(of_code)} times; the first is {_text(first)}"


def _code(text: str) -> str:
    return f"`{text.replace('`', '')}`"


def _text(text: str) -> str:
    """Escape what would be markup, a tag, or the mention of a person."""
    return _MARKUP.sub(r"\\\1", escape(" ".join(text.split()), quote=False)).replace("@", "&#64;")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _size(text: str) -> int:
    return len(text.encode()) + 1
