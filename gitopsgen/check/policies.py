"""What policies say of the objects of one cluster, for the rules that report it.

Imported only where there is a policy: what evaluates them is large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Subject
from gitopsgen.model.variant import Path
from gitopsgen.policy.gatekeeper import Gatekeeper, Verdict
from gitopsgen.policy.verdicts import Memory

_WORDS: Final = re.compile(r"[\w./:@-]+")
_NAMESPACE: Final = "give the Namespace too, or what follows from its labels stays unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an object: where in it, by which policy; `weight` is as Gatekeeper's."""

    subject: Subject
    field: Path
    message: str
    policy: str = ""
    weight: int = 0
    hint: str = ""
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """What policies said, and what keeps them from saying anything."""

    violations: tuple[Said, ...]
    unevaluated: tuple[Said, ...]


def judged(subjects: Sequence[Subject], more: Sequence[Subject], memory: Memory, *, is_whole: bool) -> Judged:
    """Ask the policies among some objects, and `more` of them, about the objects.

    Where they are not all of a cluster, what depends on others is left out.
    """
    both = [*subjects, *more]
    gatekeeper = Gatekeeper([one.data for one in both], memory)
    verdicts = [one for one in gatekeeper.verdicts(range(len(subjects))) if is_whole or one.is_certain]
    violations = [_violation(both, one) for one in verdicts if one.subject is not None and one.weight is not None]
    return Judged(tuple(violations), tuple(_unevaluated(both, verdicts)))


def _violation(subjects: Sequence[Subject], one: Verdict) -> Said:
    subject = subjects[one.subject or 0]
    field = one.field or _place(subject, one.message)
    return Said(subject, field, one.message, one.name, int(one.weight or 0), "", one.is_certain)


def _unevaluated(subjects: Sequence[Subject], verdicts: Sequence[Verdict]) -> Iterator[Said]:
    for one in verdicts:
        if one.weight is None:
            where = subjects[one.policy if one.subject is None else one.subject]
            message = f"{one.message} ({one.name})" if one.name else one.message
            yield Said(where, one.field, message, hint="" if one.is_certain else _NAMESPACE)


def _place(subject: Subject, message: str) -> Path:
    """Give the container that a message names, where it names one; policies seldom say more."""
    words = frozenset(_WORDS.findall(message))
    found = [path for path, container in containers(subject) if _is_named(container, words)]
    return found[0] if len(found) == 1 else ()


def _is_named(container: Any, words: frozenset[str]) -> bool:
    return container.get("name") in words
