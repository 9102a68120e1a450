"""What policies answered, each question asked once: most objects of a fleet are the same in city after city."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.native import Native
from gitopsgen.policy.rego import Policy
from gitopsgen.policy.templates import CEL, Template, compiled


class Answer(NamedTuple):
    """One violation: what is wrong, and at which field, where the policy says so (`details.path`)."""

    message: str
    field: Path = ()


class Asked(NamedTuple):
    """A question as JSON: the review, the parameters, the Namespace of the object, and what gives the inventory."""

    review: str
    parameters: str
    home: str
    inventory: Callable[[], str]


class Memory:
    """Compiled templates, each once, and their answers by the content of the question."""

    def __init__(self) -> None:
        """Start with none."""
        self._compiled: dict[str, _Compiled] = {}
        self._answers: dict[bytes, tuple[Answer, ...] | PolicyError] = {}

    @property
    def asked(self) -> int:
        """How many questions were different."""
        return len(self._answers)

    def compiled(self, template: Template) -> _Compiled:
        """Give a template's policy; raises `PolicyError` where it cannot be read."""
        key = json.dumps([template.engine, template.source], sort_keys=True, default=str)
        known = self._compiled.get(key)
        if known is None:
            known = self._compiled[key] = _Compiled(key, template)
        if known.error:
            raise known.error
        return known

    def answers(self, template: Template, asked: Asked) -> tuple[Answer, ...]:
        """Give the violations of one question; raises `PolicyError` where there is no answer."""
        one = self.compiled(template)
        question, data = one.question(asked)
        key = blake2b(f"{one.key}\0{question}\0{data}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self._answers:
            try:
                self._answers[key] = one.answers(question, data)
            except PolicyError as error:
                self._answers[key] = error
        known = self._answers[key]
        if isinstance(known, PolicyError):
            raise known
        return known


class _Compiled:
    """One template's policy."""

    def __init__(self, key: str, template: Template) -> None:
        self.key = key
        self.error: PolicyError | None = None
        self._policy: Policy | None = None
        self._rule = ""
        self._reads_home = "namespaceObject" in key
        self._native: Native | None = None
        try:
            if template.engine == CEL:
                self._native = Native(template.source)
            else:
                self._policy, self._rule = compiled(template)
        except PolicyError as error:
            self.error = error

    def question(self, asked: Asked) -> tuple[str, str]:
        """Give input and data, as far as the policy may read them."""
        review = asked.review
        if self._reads_home or self._native:
            review = f'{review[:-1]}, "namespaceObject": {asked.home}}}'
        data = asked.inventory() if self.reads_inventory else ""
        return f'{{"review": {review}, "parameters": {asked.parameters}}}', data

    @property
    def reads_inventory(self) -> bool:
        """Whether other objects may decide."""
        return self._policy is not None and self._policy.reads_inventory

    def answers(self, question: str, data: str) -> tuple[Answer, ...]:
        if self._native:
            return tuple(Answer(message) for message in self._native.messages(json.loads(question)))
        if self._policy is None:
            return ()
        found = self._policy.ask(self._rule, question, data)
        return tuple(_answer(one) for one in sequence(found) if "msg" in mapping(one))


def _answer(found: Any) -> Answer:
    message = found["msg"]
    return Answer(message if isinstance(message, str) else json.dumps(message), path_of(found.get("details")))


def path_of(details: Any) -> Path:
    """Give the field that a policy names: `path`, a list of steps, or a text with dots."""
    path = mapping(details).get("path")
    if isinstance(path, list):
        return tuple(step for step in path if isinstance(step, (str, int)))
    return tuple(int(step) if step.isdecimal() else step for step in text(path).split(".") if step)
