"""Comments that accept a finding: `# gitopsgen:ignore GG423 the digest comes with the release`.

On the line of the finding, on comment lines right above it, or at the head of the document for all of the object. A
reason is required: without one the comment accepts nothing, and is told itself; so is one that names no rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Final

from gitopsgen.check.rules import RULES
from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.schemas.wording import suggestion
from gitopsgen.source import FindingKind, findings

UNEXPLAINED: Final = FindingKind("GG143", "unexplained-suppression", Severity.WARNING)
MARK: Final = "gitopsgen:ignore"
_FIRST: Final = 401  # codes of rules on manifests
_LAST: Final = 799
_COMMENT: Final = re.compile(rf"(?:^|\s)\{{?#\s*{MARK}\s+(?P<rules>[\w*-]+(?:,[\w*-]+)*)(?P<reason>[^\n]*)")
_NEARLY: Final = re.compile(r"(?:^|\s)\{?#\s*gitopsgen\s*[:=]?\s*(?:ignore|allow|accept|disable|suppress|skip)\b")
_CODE: Final = re.compile(r"GG\d+")
_NO_CONTENT: Final = re.compile(r"\s*(?:$|#|\{#|---\s*(?:#|$))")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: which rules it accepts, why, and where it stands."""

    rules: frozenset[str]
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that a comment accepts."""

    finding: Diagnostic
    suppression: Suppression


def sift(
    found: Iterable[Diagnostic], text_of: Callable[[str], str], files: Iterable[str] = ()
) -> tuple[list[Diagnostic], list[Accepted], list[Diagnostic]]:
    """Part findings into those that stand and those that comments accept, and give complaints about comments.

    Comments are also looked for in `files`, which need have no finding.
    """
    standing: list[Diagnostic] = []
    accepted: list[Accepted] = []
    known = {file: Comments(file, text_of(file)) for file in files}
    for one in found:
        file = one.location.file
        if file not in known:
            known[file] = Comments(file, text_of(file))
        by = known[file].accepting(one)
        if by is None:
            standing.append(one)
        else:
            accepted.append(Accepted(one, by))
    complaints = [complaint for comments in known.values() for complaint in comments.complaints]
    return standing, accepted, complaints


def is_of_manifests(found: Diagnostic) -> bool:
    """Tell whether a finding is of a rule on manifests: what keeps a project from being read, no comment accepts."""
    return _FIRST <= int(found.code.removeprefix("GG")) <= _LAST


class Comments:
    """The suppressions in one file."""

    def __init__(self, file: str, text: str) -> None:
        """Read them; those without a reason stand in `complaints`."""
        self.complaints: list[Diagnostic] = []
        # the header of each generated file names the tool: few lines are worth a look
        is_worth_it = "gitopsgen" in text and (MARK in text or _NEARLY.search(text))
        self._lines = text.split("\n") if is_worth_it else []
        self._by_line = dict(self._read(file))

    def _read(self, file: str) -> Iterator[tuple[int, Suppression]]:
        for number, line in enumerate(self._lines, start=1):
            match = _COMMENT.search(line) if MARK in line else None
            if match is None:
                self._complain_of_form(Location(file, number), line)
                continue
            place = Location(file, number, line.index(MARK) + 1)
            reason = match["reason"].removesuffix("#}").strip(" -:—")
            if reason:
                rules = match["rules"].split(",")
                self.complaints += [UNEXPLAINED.at(place, said) for one in rules if (said := _misnamed(one))]
                yield number, Suppression(frozenset(rules), reason, place)
            else:
                hint = f"# {MARK} {match['rules']} <why this is right here>"
                self.complaints.append(UNEXPLAINED.at(place, "a suppression without a reason accepts nothing", hint))

    def _complain_of_form(self, place: Location, line: str) -> None:
        if _NEARLY.search(line):
            hint = f"# {MARK} GG421 <why this is right here>"
            self.complaints.append(
                UNEXPLAINED.at(place, "this comment looks like a suppression and accepts nothing", hint)
            )

    def accepting(self, found: Diagnostic) -> Suppression | None:
        """Give the comment that accepts a finding."""
        if not self._by_line or found.location.line is None:
            return None
        for number in (*self._around(found.location.line), *self._head(found.location.line)):
            one = self._by_line.get(number)
            if one is not None and one.rules & {found.code, found.name}:
                return one
        return None

    def _around(self, line: int) -> Iterator[int]:
        yield line
        yield from takewhile(self._is_comment, range(line - 1, 0, -1))

    def _head(self, line: int) -> Iterator[int]:
        """Give the lines before the first content of the document that a line stands in, and that of its first key."""
        start = next((number for number in range(min(line, len(self._lines)), 0, -1) if self._opens(number)), 1)
        number = start
        while number <= line and _NO_CONTENT.match(self._lines[number - 1]):
            yield number
            number += 1
        yield number

    def _opens(self, number: int) -> bool:
        return self._lines[number - 1].startswith("---")

    def _is_comment(self, number: int) -> bool:
        return self._lines[number - 1].lstrip().startswith(("#", "{#"))


@cache
def _names() -> frozenset[str]:
    """Give the codes and names of all rules, and the names of what keeps a project from being read."""
    rules = {name for one in RULES for name in (one.RULE.code, one.RULE.name)}
    return frozenset(rules | {one.name for one in vars(findings).values() if isinstance(one, FindingKind)})


def _misnamed(word: str) -> str:
    """Give what is wrong with the name of a rule in a comment, empty where nothing is known to be."""
    if "*" in word:
        return f'a suppression with a pattern, "{word}", accepts nothing, expected each rule by its code or name'
    if word in _names():
        return ""
    if _CODE.fullmatch(word):
        is_of_a_rule = _FIRST <= int(word.removeprefix("GG")) <= _LAST
        return f'no rule is called "{word}", so the suppression accepts nothing of it' if is_of_a_rule else ""
    meant = suggestion(word, _names())
    return f'no rule is called "{word}", {meant}' if meant else ""
