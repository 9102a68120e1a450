"""Template text laid out anew: one blank inside of `{{ … }}` and `{% … %}`; all else is text that is rendered.

Works on the tokens of Jinja's lexer, which `formatted_template` compares before and after: the same tokens render
the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.source import UnformattableError
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.parse import raw_tokens

_BEGIN: Final = ("variable_begin", "block_begin")
_END: Final = ("variable_end", "block_end")
_BLANK: Final = "whitespace"

Token = tuple[str, str]


def formatted_template(file: str, text: str) -> str:
    """Give the template with one blank inside of each tag.

    Raises `UnformattableError` where it is no template, or what is rendered could change.
    """
    before = _tokens(file, text)
    new = "".join(_pieces(text, before))
    if _meaning(before) != _meaning(_tokens(file, new)):
        raise UnformattableError("what it renders could change")
    return new


def _tokens(file: str, text: str) -> list[Token]:
    try:
        return raw_tokens(text, file)
    except TemplateError:
        raise UnformattableError("it is no template") from None


def _meaning(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token[0] != _BLANK]


def _pieces(text: str, tokens: list[Token]) -> Iterator[str]:
    """Give the parts of the new text; what the lexer leaves out around a tag (blanks) stays as it is."""
    at = 0
    for index, (name, value) in enumerate(tokens):
        found = text.index(value, at)
        last = tokens[index - 1][0] if index else ""
        following = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        yield text[at:found]
        at = found + len(value)
        if name == _BLANK and "\n" not in value and (last in _BEGIN or following in _END):
            yield " "
            continue
        if name in _END and last not in (_BLANK, *_BEGIN):
            yield " "
        yield value
        if name in _BEGIN and following not in (_BLANK, *_END):
            yield " "
    yield text[at:]
