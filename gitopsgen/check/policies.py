"""What policies say of the objects of one cluster, for the rules that report it.

Imported only where there is a policy: what evaluates them is large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.check.namespaces import always_there, as_created
from gitopsgen.check.own import OwnRules, line_in
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Known, Subject
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.actions import Weight
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
    """What policies said, and what keeps them from saying anything.

    That is certain where Gatekeeper would take no such policy, or where it is a rule of one's own.
    """

    violations: tuple[Said, ...]
    unevaluated: tuple[Said, ...]


def judged(subjects: Sequence[Subject], own: OwnRules, memory: Memory, *, is_whole: bool) -> Judged:
    """Ask the policies among some objects, and those of `own` rules, about the objects.

    Where they are not all of a cluster, what depends on others is left out.
    """
    both = [*subjects, *(Subject(one, Known("", "")) for one in own.objects)]
    spaces = [one.name for one in both if one.known.name == "Namespace"]
    gatekeeper = Gatekeeper([*(as_created(one.data) for one in both), *always_there(spaces)], memory)
    verdicts = [one for one in gatekeeper.verdicts(range(len(subjects))) if is_whole or one.is_certain]
    violations = [_violation(both, one) for one in verdicts if one.subject is not None and one.weight is not None]
    unevaluated = list(_unevaluated(both, len(subjects), verdicts))
    for one in (said for subject in subjects for said in _by_own_rules(subject, own)):
        (violations if one.weight else unevaluated).append(one)
    return Judged(tuple(violations), tuple(unevaluated))


def _by_own_rules(subject: Subject, own: OwnRules) -> Iterator[Said]:
    for policy in own.policies:
        for one in policy.complaints(subject.data):
            field = one.field or _place(subject, one.message)
            yield Said(subject, field, one.message, one.rule, int(one.weight or 0))
    for function in own.functions:
        try:
            for path, message in function.complaints(deepcopy(subject.manifest.data)):
                yield Said(subject, path or _whole(subject), message, function.name, int(Weight.REFUSED))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is the rule's
            line = line_in(error, function.name)
            name = f"{function.name}:{line}" if line else function.name
            yield Said(subject, _whole(subject), f"{type(error).__name__}: {error}", name)


def _violation(subjects: Sequence[Subject], one: Verdict) -> Said:
    subject = subjects[one.subject or 0]
    field = one.field or _place(subject, one.message)
    hint = f"judged as {' and '.join(one.changed_by)} would change it" if one.changed_by else ""
    return Said(subject, field, one.message, one.name, int(one.weight or 0), hint, one.is_certain)


def _unevaluated(subjects: Sequence[Subject], number: int, verdicts: Sequence[Verdict]) -> Iterator[Said]:
    for one in verdicts:
        is_told = one.subject is None and one.policy >= number  # where own rules are read
        if one.weight is None and not is_told:
            where = subjects[one.policy if one.subject is None else one.subject]
            hint = _NAMESPACE if one.is_unmatched else ""
            field = one.field or _whole(where)
            yield Said(where, field, one.message, one.name, hint=hint, is_certain=one.is_refused)


def _place(subject: Subject, message: str) -> Path:
    """Give the container that a message names, where it names one; policies seldom say more."""
    words = frozenset(_WORDS.findall(message))
    found = [path for path, container in containers(subject) if _is_named(container, words)]
    return found[0] if len(found) == 1 else _whole(subject)


def _whole(subject: Subject) -> Path:
    """Give the place that stands for all of an object."""
    return ("metadata", "name") if subject.name else ()


def _is_named(container: Any, words: frozenset[str]) -> bool:
    return text(mapping(container).get("name")) in words
