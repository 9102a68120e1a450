"""`gitopsgen rule`: the page of a rule, as in the documentation."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from gitopsgen.cli.options import option, subcommand
from gitopsgen.diagnostics import UsageError

app = subcommand(no_args_is_help=True)


class PageFormat(StrEnum):
    """How the page is printed."""

    TEXT = "text"
    JSON = "json"


@app.command()
def rule(
    names: Annotated[list[str], typer.Argument(metavar="RULE…", help="Codes or names: GG423, unresolved-digest.")],
    output: Annotated[PageFormat, option("-o", "--output", help="How the page is printed.")] = PageFormat.TEXT,
) -> int:
    """Print what a rule finds, why, and how to mend it.

    The text is that of docs/rules, and of docs/dangers for what diff warns of.

    gitopsgen rule GG423 unknown-field
    """
    import json

    from gitopsgen.check.documentation import page, summary
    from gitopsgen.check.rules import RULES
    from gitopsgen.review.rules import RULES as DANGERS

    known = {key: module for module in (*RULES, *DANGERS) for key in (module.RULE.code, module.RULE.name)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f'no rule "{unknown[0]}" has a page: all are listed in docs/rules/README.md')
    modules = [known[name] for name in names]
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
    else:
        typer.echo("\n".join(page(one) for one in modules), nl=False)
    return 0
