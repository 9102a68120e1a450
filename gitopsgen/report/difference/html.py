"""A folded difference as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.diff import Difference
from gitopsgen.report.difference.lines import Line, heading, hunk_lines, summary, where

_CLASSES: Final = {"+": "new", "-": "old", "@": "at"}
_STYLE: Final = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
pre { background: #f6f8fa; overflow-x: auto; padding: .5rem }
pre span { display: block } .new { color: #116329 } .old { color: #a40e26 } .at { color: #57606a }
summary { cursor: pointer; font-weight: 600 } h3 { font-size: 1rem; margin: .8rem 0 .2rem }
li { margin: .4rem 0 }
"""


def lines(difference: Difference, findings: Sequence[Diagnostic], title: str) -> Iterator[str]:
    """Give a page with a difference and its dangers, whole."""
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">'
    yield f"<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>"
    yield f"<h1>{escape(title)}</h1>\n<p>{escape(summary(difference))}</p>"
    if findings:
        yield f"<h2>Dangers: {len(findings)}</h2>\n<ul>"
        yield from (_danger(finding) for finding in findings)
        yield "</ul>"
    for folded in difference.folded:
        yield f"<details open><summary>{escape(heading(folded))}</summary>"
        for hunk in folded.hunks:
            told = "".join(map(_line, hunk_lines(hunk)))
            yield f"<h3>{escape(where(difference, folded, hunk))}</h3>\n<pre>{told}</pre>"
        yield "</details>"
    yield "</html>"


def _danger(finding: Diagnostic) -> str:
    places = "".join(f"<br>{escape(one.message)}: <code>{escape(str(one.location))}</code>" for one in finding.related)
    return (
        f"<li><b>{finding.code} {escape(finding.name)}</b> <code>{escape(str(finding.location))}</code>"
        f"<br>{escape(finding.message)}{places}<br><i>{escape(finding.hint)}</i></li>"
    )


def _line(line: Line) -> str:
    return f'<span class="{_CLASSES[line.mark]}">{escape(f"{line.mark} {line.text}")}</span>'
