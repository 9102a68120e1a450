"""Evidence as a page for people: a table of controls and cases, then what supports each control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gitopsgen.evidence.folding import Answer, Evidence, Folded, Group

DISCLAIMER: Final = (
    "Manifests support compliance; they do not prove it.",
    "What is listed here was found in the files that this project renders.",
    "Whether it runs like that, and whether people work like that, an assessor has to see elsewhere.",
)
_MOST_PLACES: Final = 3
_MOST_NAMES: Final = 12


def lines(evidence: Evidence) -> Iterator[str]:
    """Give the page, one sentence a line."""
    yield f"# Evidence for {evidence.framework.title}"
    yield ""
    yield from DISCLAIMER
    if evidence.framework.note:
        yield f"Of the controls: {evidence.framework.note}."
    yield ""
    yield from _table(evidence)
    yield ""
    yield "## Controls without support"
    yield ""
    yield from _without(evidence)
    yield ""
    yield "## What supports each control"
    for answer in evidence.answers:
        yield from _control(answer)


def _table(evidence: Evidence) -> Iterator[str]:
    yield f"In {evidence.variants} variants, by case: those in which something supports the control, of all."
    yield "What holds for a whole cluster counts for every case on it."
    yield ""
    yield f"| control | {' | '.join(evidence.cases)} |"
    yield f"|---|{'---|' * len(evidence.cases)}"
    for answer in evidence.answers:
        cells = (_share(*answer.cases[case]) for case in evidence.cases)
        yield f"| {answer.control.number} | {' | '.join(cells)} |"


def _share(have: int, total: int) -> str:
    return f"{have}/{total}" if have else "none"


def _without(evidence: Evidence) -> Iterator[str]:
    bare = [answer for answer in evidence.answers if not answer.is_supported]
    for answer in bare:
        control = answer.control
        yield f"- **{control.number}** {control.title}: nowhere in the fleet. Would support it: {control.wanted}."
    for case in evidence.cases:
        some = [one.control.number for one in evidence.answers if one.is_supported and case in one.bare_cases]
        if some:
            yield f"- {case} has nothing for {', '.join(some)}."
    if not bare and all(not answer.bare_cases for answer in evidence.answers):
        yield "Every control has something that supports it, in every case."


def _control(answer: Answer) -> Iterator[str]:
    yield ""
    yield f"### {answer.control.number} {answer.control.title}"
    yield ""
    seen = ""
    for group in answer.groups:
        if group.support.id != seen:
            seen = group.support.id
            limits = f" ({group.support.limits})" if group.support.limits else ""
            yield f"- {_sentence(group.support.says)}{limits}."
        yield from _group(group)
    known = {group.support.says for group in answer.groups}
    for says in dict.fromkeys(support.says for support in answer.nowhere):
        if says not in known:
            yield f"- Not found: {says}."
    if not answer.is_supported:
        yield f"- Would support it: {answer.control.wanted}."


def _group(group: Group) -> Iterator[str]:
    where = f"{group.case} on {group.class_name}" if group.class_name else f"{group.case} in Argo CD"
    if group.held:
        yield f"  - {where}, {group.held} of {group.of}: {_places(group.places)}"
    if group.lacking:
        yield f"  - {where} lacks it in {_names(group.lacking)}"
    if group.against:
        yield f"  - {where}, {group.of - group.held} of {group.of} do not: {_places(group.against)}"


def _places(places: Sequence[Folded]) -> str:
    shown = ", ".join(f"`{one.place.file}:{one.place.line}`" for one in places[:_MOST_PLACES])
    rest = len(places) - _MOST_PLACES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _names(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
