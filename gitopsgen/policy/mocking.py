"""Functions that tests replace: `with http.send as answer`.

Our engine replaces rules and no functions of its own, so each such function becomes a rule that calls it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gitopsgen.policy.builtins import REPLACED as PACKAGE
from gitopsgen.policy.modules import Module
from gitopsgen.policy.tokens import Token, tokens

# What tests have a reason to replace, with the number of arguments: what answers by more than its arguments, and
# what checks signatures.
REPLACEABLE: Final = {
    "http.send": 1,
    "net.lookup_ip_addr": 1,
    "external_data": 1,
    "opa.runtime": 0,
    "time.now_ns": 0,
    "rand.intn": 2,
    "uuid.rfc4122": 1,
    "io.jwt.decode_verify": 2,
    "io.jwt.decode": 1,
}


def replaceable(modules: Sequence[Module]) -> list[Module]:
    """Give modules in which every function that one of them replaces can be replaced."""
    names = {name for module in modules for name in _replaced(tokens(module.text))}
    if not names:
        return list(modules)
    changed = [module._replace(text=_renamed(module.text, names)) for module in modules]
    rules = [f"package {PACKAGE}", *(_rule(name) for name in sorted(names))]
    return [*changed, Module(PACKAGE, "\n".join(rules))]


def _replaced(found: Sequence[Token]) -> Iterator[str]:
    for place, token in enumerate(found):
        if token.text == "with" and token.sort == "word":
            name = _name(found, place + 1)
            if name in REPLACEABLE:
                yield name


def _name(found: Sequence[Token], start: int) -> str:
    """Give the dotted name that starts at a place."""
    end = start + 1
    while end + 1 < len(found) and found[end].text == "." and not found[end].is_spaced:
        end += 2
    return "".join(token.text for token in found[start:end])


def _renamed(text: str, names: set[str]) -> str:
    found = tokens(text)
    parts, last = [], 0
    for place, token in enumerate(found):
        if token.sort == "word" and (not place or found[place - 1].text != "."):
            name = _name(found, place)
            if name in names:
                parts += [text[last : token.start], f"data.{PACKAGE}.{_flat(name)}"]
                last = token.start + len(name)
    return "".join(parts) + text[last:]


def _rule(name: str) -> str:
    arguments = ", ".join(f"a{number}" for number in range(REPLACEABLE[name]))
    return f"{_flat(name)}({arguments}) := {name}({arguments})"


def _flat(name: str) -> str:
    return name.replace(".", "_")
