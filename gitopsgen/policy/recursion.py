"""Functions of Rego that call themselves: OPA refuses them, and our engine would not come back.

Rules that ask for themselves, the engine finds itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.tokens import Token, tokens

_DEEPEST: Final = 100  # brackets in brackets
_NO_RULES: Final = frozenset({"default", "else", "import", "package"})


class _Call(NamedTuple):
    """That one function, named with its package, calls another one, and where."""

    caller: str
    callee: str
    module: str
    line: int


def refuse_recursion(modules: Sequence[Module]) -> None:
    """Raise `PolicyError` where a function leads to itself, or brackets stand deeper than anyone writes them."""
    calls = [call for module in modules for call in _calls(module)]
    called: dict[str, set[str]] = {}
    for call in calls:
        called.setdefault(call.caller, set()).add(call.callee)
    for call in calls:
        if call.caller in _reached(call.callee, called):
            name = call.caller.rpartition(".")[2]
            raise PolicyError(f'"{name}" leads to itself, which Rego does not allow', call.module, call.line)


def _reached(start: str, called: Mapping[str, set[str]]) -> set[str]:
    found, pending = {start}, [start]
    while pending:
        new = called.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def _calls(module: Module) -> Iterator[_Call]:
    found = tokens(module.text)
    deepest = next((token for token in found if token.depth > _DEEPEST), None)
    if deepest:
        line = module.text.count("\n", 0, deepest.start) + 1
        raise PolicyError(f"more than {_DEEPEST} brackets stand in each other", module.name, line)
    package, packages = _packages(found)
    caller = ""
    for place, token in enumerate(found):
        if token.is_first and not token.depth and token.sort == "word" and token.text not in _NO_RULES:
            caller = f"{package}.{token.text}"
        elif token.text == "(" and not token.is_spaced and found[place - 1].sort == "word":
            follows_a_body = place > 1 and found[place - 2].text == "}"
            if not token.depth and (found[place - 1].is_first or follows_a_body):
                continue  # the head of the function itself
            name = _resolved(_dotted(found, place), package, packages)
            yield _Call(caller, name, module.name, module.text.count("\n", 0, token.start) + 1)


def _packages(found: Sequence[Token]) -> tuple[str, dict[str, str]]:
    """Give the module's own package, and those that it imports, by the names that they have in it."""
    own, imported = "", {}
    for place, token in enumerate(found):
        if token.depth or not token.is_first or token.text not in {"import", "package"}:
            continue
        end = next((at for at in range(place + 1, len(found)) if found[at].is_first), len(found))
        words = [one.text for one in found[place + 1 : end]]
        path = "".join(words[: words.index("as")] if "as" in words else words)
        if token.text == "package":
            own = path
        elif path.startswith("data."):
            imported[words[-1]] = path.removeprefix("data.")
    return own, imported


def _dotted(found: Sequence[Token], opening: int) -> str:
    start = opening - 1
    while start >= 2 and found[start - 1].text == "." and not found[start].is_spaced:  # noqa: PLR2004 - a name and a dot
        start -= 2
    return "".join(token.text for token in found[start:opening])


def _resolved(name: str, package: str, packages: Mapping[str, str]) -> str:
    head, _, rest = name.partition(".")
    if not rest:
        imported = packages.get(name)
        return imported or f"{package}.{name}"
    if head == "data":
        return rest
    return f"{packages[head]}.{rest}" if head in packages else name
