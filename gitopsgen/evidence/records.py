"""Evidence as records for programs, and as rows of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.evidence.folding import Answer, Evidence, Folded, Group

COLUMNS: Final = (
    *("framework", "control", "title", "verdict", "support", "says", "case", "class"),
    *("file", "line", "object", "template", "count", "of"),
)
Record = dict[str, Any]


def records(evidence: Evidence) -> list[Record]:
    """Give a record for each control, with everything that was found."""
    return [_control(answer) for answer in evidence.answers]


def _control(answer: Answer) -> Record:
    return {
        "number": answer.control.number,
        "title": answer.control.title,
        "supported": answer.is_supported,
        "cases": {case: {"supported": have, "variants": total} for case, (have, total) in answer.cases.items()},
        "supports": [_group(group) for group in answer.groups],
        "notFound": [support.says for support in answer.nowhere],
        "wanted": answer.control.wanted,
    }


def _group(group: Group) -> Record:
    return {
        "support": group.support.id,
        "says": group.support.says,
        "limits": group.support.limits,
        "holds": group.support.holds,
        "case": group.case,
        "class": group.class_name,
        "supported": group.held,
        "variants": group.of,
        "lacking": list(group.lacking),
        "places": [_place(one) for one in group.places],
        "against": [_place(one) for one in group.against],
    }


def _place(one: Folded) -> Record:
    place = one.place
    return {
        "file": place.file,
        "line": place.line,
        "object": place.object,
        "template": place.template,
        "count": one.count,
    }


def csv_lines(evidence: Evidence) -> Iterator[str]:
    """Give the rows of a table, a heading first: what supports or speaks against it, who lacks it, what has nothing."""
    yield _row(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for answer in evidence.answers:
        number, title = answer.control.number, answer.control.title
        control = {"framework": evidence.framework.name, "control": number, "title": title}
        for group in answer.groups:
            yield from (_row({**control, **row}) for row in _rows(group))
        for case in answer.bare_cases:
            wanted = {"verdict": "nothing", "says": answer.control.wanted, "case": case, "of": answer.cases[case][1]}
            yield _row({**control, **wanted})


def _rows(group: Group) -> Iterator[Record]:
    support = {
        "support": group.support.id,
        "says": group.support.says,
        "case": group.case,
        "class": group.class_name,
        "of": group.of,
    }
    for verdict, places in (("supports", group.places), ("against", group.against)):
        yield from ({**support, "verdict": verdict, **_place(one)} for one in places)
    for variant in group.lacking:
        yield {**support, "verdict": "lacks", "object": variant}


def _row(record: Record) -> str:
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS, restval="", lineterminator="").writerow(record)
    return text.getvalue()
