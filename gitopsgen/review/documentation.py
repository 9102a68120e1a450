"""The documentation of the dangers, which is the docstrings of their modules, as `docs/dangers/`."""

from __future__ import annotations

import sys
from pathlib import Path

from gitopsgen.check.documentation import page, summary
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
        "An example shows the object before, then `---`, then after.",
        "",
        "Generated from the rules themselves: `python -m gitopsgen.review.documentation docs/dangers`.",
        "",
    ]
    return "\n".join([*head, "| code | name | finds |", "|---|---|---|", *lines]) + "\n"


def main(directory: str) -> None:
    """Write all pages to a directory, and remove those of dangers that are gone."""
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in target.glob("*.md")} - set(pages()):
        (target / stale).unlink()
    for name, text in pages().items():
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
