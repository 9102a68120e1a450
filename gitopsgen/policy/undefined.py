"""Functions of Rego that nobody defines: OPA refuses them, and our engine finds them out only where it calls them.

Of dotted names nothing is said: they may lead into another module, or be functions that our engine lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.tokens import Token, tokens
from gitopsgen.schemas.wording import suggestion

# https://www.openpolicyagent.org/docs/policy-reference#built-in-functions
_BUILT_IN: Final = frozenset(
    {
        "abs", "all", "and", "any", "assign", "cast_array", "cast_boolean", "cast_null",
        "cast_object", "cast_set", "cast_string", "ceil", "concat", "contains", "count", "div",
        "endswith", "eq", "equal", "external_data", "floor", "format_int", "gt", "gte", "indexof",
        "indexof_n", "intersection", "is_array", "is_boolean", "is_null", "is_number", "is_object",
        "is_set", "is_string", "lower", "lt", "lte", "max", "min", "minus", "mul", "neq", "or",
        "plus", "print", "product", "re_match", "rem", "replace", "round", "set", "set_diff",
        "sort", "split", "sprintf", "startswith", "substring", "sum", "to_number", "trace", "trim",
        "trim_left", "trim_prefix", "trim_right", "trim_space", "trim_suffix", "type_name", "union",
        "upper", "walk",
    }
)  # fmt: skip
_WORDS: Final = frozenset({"as", "default", "else", "every", "if", "import", "in", "not", "package", "some", "with"})


def refuse_undefined(modules: Sequence[Module]) -> None:
    """Raise `PolicyError` where a function is called that neither a module nor the language defines."""
    read = [(module, tokens(module.text)) for module in modules]
    own = {name for _, found in read for name in _defined(found)}
    for module, found in read:
        for place in range(1, len(found)):
            token = found[place - 1]
            if _is_called(found, place) and token.text not in own | _BUILT_IN | _WORDS:
                line = module.text.count("\n", 0, token.start) + 1
                meant = suggestion(token.text, own | _BUILT_IN)
                message = f'there is no function "{token.text}"{f", {meant}" if meant else ""}'
                raise PolicyError(message, module.name, line)


def _defined(found: Sequence[Token]) -> set[str]:
    """Give the names of rules, and what imports bring in: the last word of their lines."""
    rules = {token.text for token in found if token.is_first and not token.depth and token.sort == "word"}
    after = {second.text for first, second in pairwise(found) if first.text == "default"}
    return rules | after | {first.text for first, second in pairwise(found) if second.is_first}


def _is_called(found: Sequence[Token], place: int) -> bool:
    name, opening = found[place - 1], found[place]
    is_own = place < 2 or found[place - 2].text != "."  # noqa: PLR2004 - a dot before the name
    return opening.text == "(" and not opening.is_spaced and name.sort == "word" and is_own
