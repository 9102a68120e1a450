"""Rules of one's own in Rego: packages whose rules `deny` and `warn` say what is wrong with an object.

The convention is that of conftest: https://www.conftest.dev/#evaluating-policies
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.actions import Weight
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.units import TESTS, read_modules
from gitopsgen.policy.verdicts import path_of

_RULE: Final = re.compile(r"(?P<sort>deny|violation|warn)(?:_\w+)?")

_FORM: Final = 'expected a set of messages: deny contains "…" if { … }'
_IDLE: Final = "no rule of the folder is called deny, violation or warn, or so with a suffix, so none is asked"
_FOREIGN: Final = re.compile(r"\binput\.(?:review|request)\.object\b")


class Complaint(NamedTuple):
    """What a rule says of an object; `weight` is None where the rule could not be evaluated."""

    rule: str
    weight: Weight | None
    message: str
    field: Path = ()


class Own:
    """Policies that belong together, given as (file, text), without their tests; raises `PolicyError`."""

    def __init__(self, texts: Sequence[tuple[str, str]], data: str = "") -> None:
        """Compile them and look for their rules; `data` is what they find under `data`, as JSON."""
        self._data = data
        self._policy = read_modules([one for one in texts if not one[0].endswith(TESTS)])
        found: dict[str, tuple[str, Weight]] = {}
        for module in self._policy.modules:
            package = self._policy.package(module.name)
            for name, line in self._policy.rules(module.name):
                match = _RULE.fullmatch(name)
                if match:
                    weight = Weight.WARNED if match["sort"] == "warn" else Weight.REFUSED
                    found.setdefault(f"data.{package}.{name}", (f"{name}, {module.name}:{line}", weight))
        self._rules = [(rule, *told) for rule, told in found.items()]
        for rule, _, _ in self._rules:
            self._policy.tried(rule, self._data)
        self._known: dict[bytes, tuple[Complaint, ...]] = {}

    def doubts(self) -> Iterator[tuple[str, int, str]]:
        """Give (file, line, message) of what keeps rules from ever saying anything, though they can be read."""
        if not self._rules and self._policy.modules:
            yield self._policy.modules[0].name, 1, _IDLE
        for module in self._policy.modules if self._rules else ():
            foreign = _FOREIGN.search(module.text)
            if foreign:
                message = f'"{foreign[0]}" is where Gatekeeper and OPA put the object; here it is "input" itself'
                yield module.name, module.text.count("\n", 0, foreign.start()) + 1, message

    def complaints(self, data: Mapping[str, Any]) -> Iterator[Complaint]:
        """Give what the rules say of an object, which is all of their input."""
        question = json.dumps(data, default=str)
        key = blake2b(question.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = tuple(self._asked(question))
        yield from self._known[key]

    def _asked(self, question: str) -> Iterator[Complaint]:
        for rule, name, weight in self._rules:
            try:
                for one in _members(self._policy.ask(rule, question, self._data)):
                    yield Complaint(name, weight, *_said(one))
            except PolicyError as error:
                yield Complaint(name, None, error.message)


def _members(told: Any) -> list[Any]:
    """Give what a rule says; where that is no set, nobody would be told."""
    if told is not None and not isinstance(told, list):
        raise PolicyError(f"the rule gives {json.dumps(told)}, {_FORM}")
    return told or []


def _said(one: Any) -> tuple[str, Path]:
    """Give message and field of a member of a rule: a text, or an object with `msg` and, if it knows, `path`."""
    if isinstance(one, str):
        return one, ()
    return text(mapping(one).get("msg")) or json.dumps(one), path_of(mapping(one))
