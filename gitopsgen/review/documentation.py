"""The documentation of the dangers, which is the docstrings of their modules, as `docs/dangers/`."""

from __future__ import annotations

import sys

from gitopsgen.check.documentation import page, summary, write
from gitopsgen.review.rules import RULES


def pages() -> dict[str, str]:
    """Give all pages by file name."""
    return {"README.md": _index()} | {f"{module.RULE.name}.md": page(module) for module in RULES}


def _index() -> str:
    lines = [
        f"| {module.RULE.code} | [{module.RULE.name}]({module.RULE.name}.md) | {summary(module)} |" for module in RULES
    ]
    head = [
        "# Dangers",
        "",
        "What `gitopsgen diff` warns of: not what is wrong with the output, but what is dangerous about such a change.",
        "Those from GG920 on are errors of `gitopsgen check --against`: what the API server refuses of the update.",
        "An example shows the object before, then `---`, then after.",
        "",
        "Generated from the rules themselves: `python -m gitopsgen.review.documentation docs/dangers`.",
        "",
    ]
    return "\n".join([*head, "| code | name | finds |", "|---|---|---|", *lines]) + "\n"


if __name__ == "__main__":
    write(sys.argv[1], pages())
