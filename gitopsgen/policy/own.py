"""Rules of one's own in Rego: packages whose rules `deny` and `warn` say what is wrong with an object.

The convention is that of conftest: https://www.conftest.dev/#evaluating-policies
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.actions import Weight
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.units import TESTS, read_modules
from gitopsgen.policy.verdicts import path_of

_RULE: Final = re.compile(r"(?P<sort>deny|violation|warn)(?:_\w+)?")


class Complaint(NamedTuple):
    """What a rule says of an object; `weight` is None where the rule could not be evaluated."""

    rule: str
    weight: Weight | None
    message: str
    field: Path = ()


class Own:
    """Policies that belong together, given as (file, text), without their tests; raises `PolicyError`."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        """Compile them and look for their rules."""
        self._policy = read_modules([one for one in texts if not one[0].endswith(TESTS)])
        found: dict[str, tuple[str, Weight]] = {}
        for module in self._policy.modules:
            package = self._policy.package(module.name)
            for name, line in self._policy.rules(module.name):
                match = _RULE.fullmatch(name)
                if match:
                    weight = Weight.WARNED if match["sort"] == "warn" else Weight.REFUSED
                    found.setdefault(f"data.{package}.{name}", (f"{name}, {module.name}:{line}", weight))
        self._known: dict[bytes, tuple[Complaint, ...]] = {}
        self._rules = [(rule, *told) for rule, told in found.items()]

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
                for one in sequence(self._policy.ask(rule, question)):
                    yield Complaint(name, weight, *_said(one))
            except PolicyError as error:
                yield Complaint(name, None, error.message)


def _said(one: Any) -> tuple[str, Path]:
    """Give message and field of a member of a rule: a text, or an object with `msg` and, if it knows, `path`."""
    if isinstance(one, str):
        return one, ()
    return text(mapping(one).get("msg")) or json.dumps(one), path_of(mapping(one))
