"""Our templates in the dialects of the peers, so that all of them give the same objects.

The templates use few constructs: paths, `if`, `else`, `for`; each has one form in every dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

IMAGE = "{{ image(values.image) }}"
_TAG = re.compile(r"\{%\s*(.*?)\s*%\}|\{\{\s*(.*?)\s*\}\}")
_ROOTS = frozenset({"values", "case", "region", "cluster", "image"})


def as_plain_jinja(text: str, prelude: str = "") -> str:
    """Give a template as any Jinja reads it: the pinned image is a value, not a function of ours."""
    return prelude + text.replace(IMAGE, "{{ image }}")


def as_untrimmed_jinja(text: str) -> str:
    """Give a template as a Jinja reads it that keeps the line ends around statements, and cuts those at the end.

    A comment ends the last block of text, which would lose its line end.
    """
    return as_plain_jinja(text).replace("{% ", "{%- ") + "# end\n"


def as_go_template(text: str) -> str:
    """Give a template as Helm reads it."""
    plain = as_plain_jinja(text)
    without_title = plain.partition("#}\n")[2] if plain.startswith("{#") else plain
    return "\n".join(_lines(without_title)) + "\n"


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield _TAG.sub(_tag, line)


def _tag(match: re.Match[str]) -> str:
    statement, expression = match.groups()
    if statement is None:
        return f"{{{{ {_path(expression)} }}}}"
    # `{{-` takes away the line end before it, as `trim_blocks` takes away the one after the tag
    return f"{{{{- {_statement(statement)} }}}}"


def _statement(text: str) -> str:
    word, _, rest = text.partition(" ")
    match word:
        case "if":
            return f"if {_condition(rest)}"
        case "for":
            names, _, path = rest.partition(" in ")
            variables = ", ".join(f"${name.strip()}" for name in names.split(","))
            # a Go map is walked in the order of its keys
            first = "$_, " if "," not in names else ""
            return f"range {first}{variables} := {_path(path.removesuffix(' | dictsort'))}"
        case "else":
            return "else"
        case _:
            return "end"


def _condition(text: str) -> str:
    for operator, function in (("==", "eq"), ("!=", "ne")):
        left, found, right = text.partition(f" {operator} ")
        if found:
            return f"{function} {_path(left)} {right}"
    return _path(text)


def _path(text: str) -> str:
    root = text.partition(".")[0]
    return f"$.Values.{text}" if root in _ROOTS else f"${text}"
