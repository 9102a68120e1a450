"""Jinja's `-` beside a tag, refused where it joins two lines of YAML or takes away a line's indentation.

With trim_blocks the line end behind a block goes anyway; a `-` before it takes the other one too.
"""

from __future__ import annotations

from typing import Final

from gitopsgen.template.errors import Spot, TemplateError

Token = tuple[int, str, str]

_BEGINNINGS: Final = frozenset({"block_begin", "comment_begin", "variable_begin"})
_ENDS: Final = frozenset({"block_end", "comment_end", "variable_end"})
# Their text is captured: white space in them is the author's affair.
_CAPTURING: Final = frozenset({"macro", "call", "set", "filter", "endmacro", "endcall", "endset", "endfilter"})


def refuse_line_joining(tokens: list[Token], path: str) -> None:
    """Raise `TemplateError` at the first tag whose `-` joins lines."""
    before: Token = (1, "data", "")
    begin, word, takes_line_end = before, "", False
    for place, token in enumerate(tokens):
        line, kind, text = token
        if kind in _BEGINNINGS:
            begin = token
            word = _first_word(tokens, place)
            takes_line_end = text.endswith("-") and line > before[0] + before[2].count("\n")
            if takes_line_end and kind == "variable_begin":
                raise _refused(f"'{text}', which joins its line with the one before", path, line)
        elif kind in _ENDS:
            if takes_line_end and text.endswith("\n") and word not in _CAPTURING:
                message = f"'{begin[2]} {word}'".replace(" '", "'")
                raise _refused(f"{message}, which joins the line before with the line after", path, begin[0])
            if _takes_indentation(token, begin[1], word):
                raise _refused(f"'{text.rstrip()}', which joins lines or takes away an indentation", path, line)
        before = token


def _first_word(tokens: list[Token], place: int) -> str:
    words = (text for _, kind, text in tokens[place + 1 : place + 4] if kind == "name")
    return next(words, "")


def _takes_indentation(end: Token, opened_by: str, word: str) -> bool:
    """Tell whether the `-` of `-%}` or `-}}` eats a line end, and with it what the next line starts with."""
    text = end[2]
    if not text.startswith("-") or "\n" not in text:
        return False
    return opened_by == "variable_begin" or (text[-1] != "\n" and word not in _CAPTURING)


def _refused(what: str, path: str, line: int) -> TemplateError:
    return TemplateError("joined-lines", f"found {what}", Spot(path, line), "leave out the '-'")
