"""The documentation of a rule, which is the docstring of its module.

One text, four uses: comment of the source, `gitopsgen rule`, `docs/rules/`, and two examples that are run as tests.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Protocol

from gitopsgen.check.rule import Rule
from gitopsgen.check.rules import RULES

HEADINGS = ("What it finds", "Why", "Example", "Instead")
_CODE = frozenset({"Example", "Instead"})


class Documented(Protocol):
    """A module with a rule, whose docstring is its documentation."""

    RULE: Rule


def summary(module: Documented) -> str:
    """Give the first line of a rule's documentation."""
    return (module.__doc__ or "").partition("\n")[0]


def sections(module: Documented) -> dict[str, str]:
    """Give the text under each heading of a rule's documentation."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (module.__doc__ or "").splitlines()[1:]:
        if line.endswith(":") and line[:-1] in HEADINGS:
            lines = found.setdefault(line[:-1], [])
        else:
            lines.append(line)
    return {heading: dedent("\n".join(text)).strip() for heading, text in found.items()}


def page(module: Documented) -> str:
    """Give the page of a rule, in Markdown."""
    rule = module.RULE
    refused = f" Refused by {rule.refused_by}." if rule.refused_by else ""
    parts = [f"# {rule.name} ({rule.code})", f"{summary(module)} Severity: {rule.severity.value}.{refused}"]
    for heading, text in sections(module).items():
        parts += [f"## {heading}", f"```yaml\n{text}\n```" if heading in _CODE else text]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Give the page that lists all rules, in Markdown."""
    lines = [
        f"| {module.RULE.code} | [{module.RULE.name}]({module.RULE.name}.md) | {module.RULE.severity.value} "
        f"| {summary(module)} |"
        for module in RULES
    ]
    head = [
        "# Rules",
        "",
        "Generated from the rules themselves: `python -m gitopsgen.check.documentation docs/rules`.",
        "",
    ]
    return "\n".join([*head, "| code | name | severity | finds |", "|---|---|---|---|", *lines]) + "\n"


def pages() -> dict[str, str]:
    """Give all pages by file name."""
    return {"README.md": index()} | {f"{module.RULE.name}.md": page(module) for module in RULES}


def write(directory: str, texts: Mapping[str, str]) -> None:
    """Write pages, by file name, to a directory, and remove those of rules that are gone."""
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in target.glob("*.md")} - set(texts):
        (target / stale).unlink()
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1], pages())
