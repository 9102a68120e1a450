"""The engine: Google's CEL in C++, with the functions that an API server adds.

Must not be imported by whoever has no expression to evaluate in vain: the engine itself is loaded with the first one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

# Functions and macros of API servers that this engine has not: an expression with one of them is not wrong.
_MISSING: Final = re.compile(
    r"\b(?:authorizer|format\s*\.\s*(?:named|dns\w+|qualifiedName|labelValue|uri|uuid|byte|date|datetime)|semver|isSemver"
    r"|jsonpatch|transformList|transformMap|transformMapEntry|sortBy)\b|\.(?:all|exists|existsOne)\(\s*\w+\s*,\s*\w+\s*,"
    r"|\bstring\(\s*(?:ip|cidr)\("  # the engine's own `string` cannot be taught more types
)
_AT: Final = re.compile(r"<input>:(\d+):(\d+): (.+)")
_EXPECTING: Final = re.compile(r" expecting \{.*\}")  # every token that the language has
_NOWHERE: Final = " (in container '')"
_STATUS: Final = re.compile(r"^[A-Z_]+: ")


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept an expression from having a value.

    `is_compiled` is false where it is no expression at all; `is_unsupported` says that an API server could evaluate it.
    """

    message: str
    is_compiled: bool = True
    is_unsupported: bool = False


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any | Failure:
    """Give the value of an expression, or the `Failure`.

    `variables` are plain data, as of JSON (`bytes` besides); an expression may use no other names.
    The value is plain data too, `datetime` and `timedelta` where CEL has a timestamp or a duration.
    """
    program = compiled(expression, frozenset(variables))
    if isinstance(program, Failure):
        return program
    try:
        value = program.eval(data=variables)
        if value.type() == _types().ERROR:
            return _failed(str(value.value()))
        return value.plain_value()
    except (RuntimeError, ValueError) as error:
        return Failure(_plain(error))
    except TypeError:
        return Failure("its value is of a type that cannot be taken out of the expression", is_unsupported=True)


@lru_cache(maxsize=4096)  # the rules of a fleet's kinds are a few hundred
def compiled(expression: str, variables: frozenset[str]) -> Any | Failure:
    """Give a program of the engine, or the `Failure` with the place of the first mistake.

    A variable is a name, or a name with its type: `of_int: int`, `hosts: list(string)`, `labels: map(string, dyn)`.
    """
    try:
        return _environment(variables).compile(expression)
    except ImportError:
        return Failure("the CEL engine is not installed: it has no package for this machine", is_unsupported=True)
    except (RuntimeError, ValueError) as error:
        message = _plain(error).replace(_NOWHERE, "")
        at = _AT.search(message)
        said = f"{_EXPECTING.sub('', at[3])} (line {at[1]}, column {at[2]})" if at else message
        return Failure(said, is_compiled=False, is_unsupported=bool(_MISSING.search(expression)))


def parsed(expression: str) -> bytes | None:
    """Give the tree of an expression as the engine serializes it, None where it cannot be parsed.

    Names and functions may be any: nothing is looked up.
    """
    try:
        return bytes(_environment(frozenset()).compile(expression, disable_check=True).serialize())
    except (ImportError, RuntimeError, ValueError):
        return None


@lru_cache(maxsize=128)  # one for each set of names and types that expressions come with
def _environment(variables: frozenset[str]) -> Any:
    from cel_expr_python import cel  # noqa: PLC0415 - 25 ms, which a run without an expression does not spend
    from cel_expr_python.ext import (  # noqa: PLC0415 - as above
        ext_bindings,
        ext_encoders,
        ext_math,
        ext_optional,
        ext_strings,
    )

    from gitopsgen.cel.functions import declarations  # noqa: PLC0415 - as above

    return cel.NewEnv(
        variables=dict(map(_declared, sorted(variables))),
        extensions=[
            ext_strings.ExtStrings(),
            ext_optional.ExtOptional(),
            ext_math.ExtMath(),
            ext_bindings.ExtBindings(),
            ext_encoders.ExtEncoders(),
        ],
        functions=declarations(),
    )


def _declared(variable: str) -> tuple[str, Any]:
    name, _, kind = variable.partition(": ")
    return name, _type(kind or "dyn")


def _type(spelt: str) -> Any:
    if spelt.startswith("list("):
        return _types().List(_type(spelt[5:-1]))
    if spelt.startswith("map(string, "):
        return _types().Map(_types().STRING, _type(spelt[12:-1]))
    return getattr(_types(), spelt.upper())


@cache
def _types() -> Any:
    from cel_expr_python import cel  # noqa: PLC0415 - as above

    return cel.Type


def _failed(message: str) -> Failure:
    is_ours = message.startswith(("INVALID_ARGUMENT: Non-CEL value", "INVALID_ARGUMENT: Integer value"))
    said = _STATUS.sub("", message).replace("Key not found in map : ", "no such key ")
    return Failure(said, is_unsupported=is_ours)


def _plain(error: Exception) -> str:
    return _STATUS.sub("", str(error)).partition(" [INVALID_ARGUMENT]")[0].strip()
