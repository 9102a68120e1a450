"""Findings and answers as text, JSON and workflow commands."""

from __future__ import annotations

import json
import re

import pytest

from gitopsgen.diagnostics import Diagnostic, Location, Related, Severity
from gitopsgen.report import Report, counted, github, numbered, ordered, terminal, text
from gitopsgen.report import json as as_json

FINDING = Diagnostic(
    "GG111",
    "unknown-field",
    Severity.ERROR,
    "unknown key 'tiar', expected one of 'tier', 'wave'",
    Location("overlays/regions/shanghai/region.yaml", 3, 5),
    "did you mean 'tier'?",
    (Related("set here", Location("overlays/fleet.yaml", 9, 1)),),
)


def shown(finding, source=None, paint=terminal.plain):
    return list(text.lines([finding], lambda _: source, paint))


def at(line=None, column=None, **changes):
    values = {"code": "GG101", "name": "n", "severity": Severity.WARNING, "message": "m", **changes}
    return Diagnostic(location=Location("a.yaml", line, column), **values)


def test_text_shows_place_source_caret_related_and_hint():
    assert shown(FINDING, "    tiar: edge") == [
        f"overlays/regions/shanghai/region.yaml:3:5: error[GG111] {FINDING.message} (unknown-field)",
        "  3 |     tiar: edge",
        "    |     ^",
        "  set here: overlays/fleet.yaml:9:1",
        "  hint: did you mean 'tier'?",
    ]


def test_text_without_a_known_line_is_one_line():
    assert shown(at()) == ["a.yaml: warning[GG101] m (n)"]


def test_the_caret_stands_under_the_character_after_chinese_ones():
    assert shown(at(2, 5), "zh: 上海")[1:] == ["  2 | zh: 上海", "    |     ^"]
    assert shown(at(2, 7), "zh: 上海 x")[2] == "    |         ^"


def test_the_caret_keeps_tabs_so_that_it_stays_in_its_column():
    assert shown(at(1, 2), "\tx")[2] == "    | \t^"


def test_a_column_beyond_the_line_gets_no_caret():
    assert shown(at(1, 40), "short") == ["a.yaml:1:40: warning[GG101] m (n)", "  1 | short"]


def test_a_long_line_is_cut_around_the_column():
    line = "x" * 5000 + "here"

    shortened = shown(at(1, 5001), line)

    assert shortened[1].endswith("here")
    assert len(shortened[1]) < 100
    assert shortened[2].index("^") == shortened[1].index("here")


@pytest.mark.parametrize("evil", ["\x1b[2J", "\x9b31m", "\r", "\u202e", "\ud800", "a\nb"])
def test_no_value_steers_the_terminal(evil):
    finding = at(1, 1, message=f"found '{evil}'", hint=evil, related=(Related(evil, Location(evil)),))

    printed = "".join(shown(finding, f"key: {evil}"))

    assert evil not in printed
    assert printed.encode("utf-8")


def test_colours_are_only_added():
    plain = shown(FINDING, "    tiar: edge")

    painted = shown(FINDING, "    tiar: edge", terminal.coloured)

    assert "\x1b[31m" in painted[0]
    assert re.sub(r"\x1b\[\d+m", "", "\n".join(painted)) == "\n".join(plain)


def test_json_has_every_key_of_a_finding():
    answer = json.loads(as_json.document(Report((FINDING,), {"regions": [{"name": "上海"}]})))

    assert list(answer) == ["findings", "regions"]
    assert answer["regions"] == [{"name": "上海"}]
    assert answer["findings"] == [
        {
            "code": "GG111",
            "name": "unknown-field",
            "severity": "error",
            "message": FINDING.message,
            "hint": FINDING.hint,
            "location": {"file": "overlays/regions/shanghai/region.yaml", "line": 3, "column": 5},
            "related": [
                {"message": "set here", "location": {"file": "overlays/fleet.yaml", "line": 9, "column": 1}},
            ],
        },
    ]


def test_json_without_findings_still_has_the_list():
    assert json.loads(as_json.document(Report())) == {"findings": []}


def test_github_escapes_what_would_end_a_command():
    finding = at(3, 7, message="100%\nsure", name="a,b:c", hint="do it")

    assert list(github.lines([finding])) == [
        "::warning file=a.yaml,line=3,col=7,title=GG101 a%2Cb%3Ac::100%25%0Asure%0Ahint: do it"
    ]


def test_github_names_related_places_and_leaves_out_what_is_unknown():
    finding = at(severity=Severity.INFO, related=(Related("set here", Location("b.yaml", 1)),))

    assert list(github.lines([finding])) == ["::notice file=a.yaml,title=GG101 n::m%0Aset here: b.yaml:1"]


def test_findings_are_ordered_by_place_and_told_once():
    assert ordered([at(9), at(2, 3), at(2, 3), at()]) == [at(), at(2, 3), at(9)]


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ([], ""),
        ([Severity.INFO], ""),
        ([Severity.ERROR], "1 error"),
        ([Severity.ERROR, Severity.WARNING, Severity.ERROR], "2 errors, 1 warning"),
    ],
)
def test_findings_are_counted(severities, expected):
    assert counted([at(severity=each) for each in severities]) == expected


def test_a_table_is_aligned_by_what_the_eye_sees():
    assert list(terminal.table([["NAME", "ZH", "WAVE"], ["shanghai", "上海", "0"], ["urumqi", "乌鲁木齐", "3"]])) == [
        "NAME      ZH        WAVE",
        "shanghai  上海      0",
        "urumqi    乌鲁木齐  3",
    ]
    assert list(terminal.table([])) == []


def test_warnings_of_one_code_are_told_in_full_once_and_errors_always():
    def found(severity):
        where = Location("a.yaml", 1, 1)
        return [Diagnostic("GG423", "n", severity, f"number {one}", where, "do this") for one in range(3)]

    def told(severity):
        return [line for line in text.lines(found(severity), lambda _: None, terminal.plain) if "hint" in line]

    assert (len(told(Severity.WARNING)), len(told(Severity.ERROR))) == (1, 3)


def test_of_many_warnings_of_one_code_the_others_are_counted_and_errors_never():
    found = [at(line) for line in range(1, 6)] + [at(line, code="GG102", severity=Severity.ERROR) for line in (1, 2, 3)]

    told = list(text.lines(found, lambda _: None, terminal.plain, most=2))

    assert told[:3] == [
        "a.yaml:1: warning[GG101] m (n)",
        "a.yaml:2: warning[GG101] m (n)",
        "… and 3 more of GG101, listed with -v",
    ]
    assert len(told[3:]) == 3


def test_of_very_many_related_places_some_are_shown_and_the_others_counted():
    related = tuple(Related(f"place {number}", Location("a.yaml", number)) for number in range(50))
    finding = Diagnostic("GG531", "n", Severity.ERROR, "found", Location("a.yaml", 1), related=related)
    told = shown(finding)[1:]

    assert "  … 38 more places, listed by -o json" in told
    assert (len(told), told[0].split(":")[0], told[-1].split(":")[0]) == (13, "  place 0", "  place 49")


@pytest.mark.parametrize(("number", "said"), [(0, "0 cities"), (1, "1 city"), (2, "2 cities")])
def test_one_is_one_and_more_are_many(number, said):
    assert numbered(number, "city", "cities") == said
