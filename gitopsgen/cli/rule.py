"""`gitopsgen rule`: the page of a rule, as in the documentation."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated

import typer

from gitopsgen.cli.console import use_colour
from gitopsgen.cli.options import Color, Colour, Quiet, option, subcommand
from gitopsgen.diagnostics import UsageError

app = subcommand()


class PageFormat(StrEnum):
    """How the page is printed."""

    TEXT = "text"
    JSON = "json"


@app.command()
def rule(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[RULE]…", help="Codes or names: GG423, unresolved-digest.")
    ] = None,
    output: Annotated[PageFormat, option("-o", "--output", help="How the page is printed.")] = PageFormat.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Print what a rule finds, why, and how to mend it.

    Without a name all rules are listed. The text is that of docs/rules, and of docs/dangers for what diff warns of.

    gitopsgen rule GG423 unknown-field
    """
    del quiet  # taken as everywhere: there is nothing beside the page
    import json

    from gitopsgen.check.documentation import page, summary
    from gitopsgen.check.rules import RULES
    from gitopsgen.report import terminal
    from gitopsgen.review.rules import RULES as DANGERS
    from gitopsgen.values import did_you_mean

    known = {key: module for module in (*RULES, *DANGERS) for key in (module.RULE.code, module.RULE.name)}
    unknown = [name for name in names or () if name not in known]
    if unknown:
        near = "" if unknown[0].startswith("GG") else did_you_mean(unknown[0], known)
        raise UsageError(f'no rule "{unknown[0]}" has a page: {near or "without a name, all are listed"}')
    modules = [known[name] for name in names] if names else [*RULES, *DANGERS]
    if output is PageFormat.JSON:
        records = [
            {
                "code": one.RULE.code,
                "name": one.RULE.name,
                "severity": one.RULE.severity.value,
                "refusedBy": getattr(one.RULE, "refused_by", ""),
                "summary": summary(one),
                "page": page(one),
            }
            for one in modules
        ]
        typer.echo(json.dumps({"findings": [], "rules": records}, indent=2))
    elif not names:
        rows = [(one.RULE.code, one.RULE.name, one.RULE.severity.value, summary(one)) for one in modules]
        typer.echo("\n".join(terminal.table(rows)))
    else:
        text = "\n".join(page(one) for one in modules)
        coloured = use_colour(color, sys.stdout)
        typer.echo("\n".join(_painted(text.split("\n"))) if coloured else text, nl=False, color=coloured)
    return 0


def _painted(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines of a page for a terminal: headings stand out, and so does what is an example."""
    from gitopsgen.report.terminal import coloured

    is_code = False
    for line in lines:
        is_fence = line.startswith("```")
        is_code ^= is_fence
        is_heading = line.startswith("#") and not is_code
        yield coloured(line, "bold") if is_heading else coloured(line, "cyan") if is_code and not is_fence else line
