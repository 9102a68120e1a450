"""What a danger rule looks at: two versions of an object, and the form of what it finds.

Knows no rule: `rules` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from gitopsgen.check.pods import template_path
from gitopsgen.check.rule import Known, Rule, Subject
from gitopsgen.diff import Change, Difference, Pair
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import Path, VariantId
from gitopsgen.schemas import split_api_version
from gitopsgen.schemas.validator import Validator

SECCOMP_PROFILE: Final = "SeccompProfile"
_OF_SECCOMP: Final = frozenset({"defaultAction", "syscalls"})
NEWEST: Final = (1, 37)  # of the versions of Kubernetes that there are schemas for


@dataclass(frozen=True, slots=True)
class Changed:
    """Two versions of one object; one of them is None where the object came or went.

    `kubernetes` is the version of the server that judges them; `validator` is of the new object's kind, None where
    nothing is known of it.
    """

    before: Subject | None
    after: Subject | None
    changes: tuple[Change, ...]
    kubernetes: tuple[int, ...] = NEWEST
    validator: Validator | None = None

    @property
    def subject(self) -> Subject:
        """The object as it will be, or was."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - a change has two sides, and one of them is there
        return found

    @property
    def both(self) -> tuple[Subject, Subject] | None:
        """Both versions, None where the object came or went."""
        return (self.before, self.after) if self.before and self.after else None


class Server(NamedTuple):
    """What is known of an API server that judges updates: its version, and the kinds that it has."""

    version: tuple[int, ...] = NEWEST
    known: Callable[[str, str], Known] = Known

    def changed(self, before: Subject | None, after: Subject | None, changes: tuple[Change, ...] = ()) -> Changed:
        """Give two versions of an object as this server looks at them."""
        validator = self.known(after.known.api_version, after.known.name).validator if before and after else None
        return Changed(before, after, changes, self.version, validator)


def version_of(kubernetes: str) -> tuple[int, ...]:
    """Give a version of Kubernetes, `1.31` or `1.31.4`, as numbers that can be compared."""
    return tuple(int(part) for part in kubernetes.removeprefix("v").split(".")[:2])


class Found(NamedTuple):
    """What a rule finds: at which field of the object as it will be, or was, and what is dangerous about it."""

    field: Path
    message: str
    hint: str = ""


class Fleetwide(NamedTuple):
    """What a rule finds of many objects at once: the change to show, in which object, and all places."""

    pair: Pair
    change: Change
    places: tuple[str, ...]
    message: str
    hint: str = ""


class ChangeRule(Protocol):
    """A module with a rule that judges the change of each object by itself."""

    RULE: Rule

    def check(self, change: Changed) -> Iterator[Found]:
        """Give what is dangerous about the change."""


class FleetRule(Protocol):
    """A module with a rule that judges all changes together."""

    RULE: Rule

    def check(self, difference: Difference) -> Iterator[Fleetwide]:
        """Give what is dangerous about the changes."""


def subject(data: Any, case: str = "") -> Subject | None:
    """Give an object as rules see it, None for what is none; a seccomp profile of nodes is one without apiVersion."""
    kind, version = (data.get(key) if isinstance(data, dict) else None for key in ("kind", "apiVersion"))
    if isinstance(data, dict) and data.keys() >= _OF_SECCOMP:
        kind, version = SECCOMP_PROFILE, ""
    if not isinstance(kind, str) or not isinstance(version, str):
        return None
    known = Known(version, kind, pods=template_path(split_api_version(version)[0], kind))
    return Subject(Manifest(VariantId("", "", case), "", "", 0, data), known)


def kind_of(one: Subject) -> str:
    """Give the kind with its group: `Deployment.apps`, `Secret`."""
    return f"{one.known.name}.{one.known.group}" if one.known.group else one.known.name
