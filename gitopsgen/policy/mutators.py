"""Mutators of Gatekeeper read: for which objects each is, and what it changes in them.

Assign, AssignMetadata, ModifySet and AssignImage. https://open-policy-agent.github.io/gatekeeper/website/docs/mutation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.changing import (
    MUST_EXIST,
    MUST_NOT_EXIST,
    Change,
    External,
    FromMetadata,
    Image,
    SetOf,
    Setter,
    Value,
)
from gitopsgen.policy.image_parts import ImageParts
from gitopsgen.policy.location import Field, Item, LocationError, Steps, read_location

GROUP: Final = "mutations.gatekeeper.sh"
KINDS: Final = ("Assign", "AssignImage", "AssignMetadata", "ModifySet")  # in the order in which they are applied
OPERATIONS: Final = frozenset({"CREATE", "UPDATE"})
_LONGEST_NAME: Final = 63
_LOCATION: Final[Path] = ("spec", "location")
_PARAMETERS: Final[Path] = ("spec", "parameters")
_ASSIGN: Final[Path] = (*_PARAMETERS, "assign")
_SOURCES: Final = ("value", "fromMetadata", "externalData")


class MalformedMutatorError(Exception):
    """A mutator that Gatekeeper does not take: why, and at which field."""

    def __init__(self, message: str, field: Path) -> None:
        """Take what is known of it."""
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Target:
    """Kinds that a mutator is for, and when."""

    groups: frozenset[str]
    versions: frozenset[str]
    kinds: frozenset[str]
    operations: frozenset[str]

    def has(self, kind: tuple[str, str, str], operation: str) -> bool:
        """Tell whether a kind (group, version, name) is among them; without an operation all have to be."""
        group, version, name = kind
        is_when = operation in self.operations if operation else self.operations >= OPERATIONS
        return is_when and group in self.groups and version in self.versions and name in self.kinds

    @property
    def schemas(self) -> frozenset[tuple[str, ...]]:
        """Each kind with each operation: what mutators may contradict each other about."""
        return frozenset(product(self.groups, self.versions, self.kinds, self.operations))


@dataclass(frozen=True, slots=True)
class Mutator:
    """A mutator; `targets` is None where it is for whatever its `match` is for."""

    kind: str
    name: str
    targets: tuple[Target, ...] | None
    match: Mapping[str, Any]
    change: Change

    @property
    def label(self) -> str:
        """How it is called in messages."""
        return f"{self.kind} {self.name}"

    @property
    def is_last(self) -> bool:
        """Whether no other mutator may look below the place that it sets."""
        return isinstance(self.change.setter, External | Image)

    def is_for(self, kind: tuple[str, str, str], operation: str) -> bool:
        """Tell whether it can be for objects of a kind (group, version, name)."""
        return self.targets is None or any(one.has(kind, operation) for one in self.targets)


def read_mutator(data: Mapping[str, Any]) -> Mutator:
    """Give what a mutator says; raises `MalformedMutatorError`."""
    kind, name = text(data.get("kind")), text(mapping(data.get("metadata")).get("name"))
    spec = mapping(data.get("spec"))
    if len(name) > _LONGEST_NAME:
        raise MalformedMutatorError(
            f"the name has {len(name)} characters, at most 63 are allowed", ("metadata", "name")
        )
    steps = _steps(text(spec.get("location")), _LOCATION)
    setter = _CHECKED[kind](steps, mapping(spec.get("parameters")))
    if kind == "AssignMetadata":
        last = {len(steps) - 1: MUST_NOT_EXIST}
        return Mutator(kind, name, None, mapping(spec.get("match")), Change(steps, last, setter))
    conditions = _conditions(steps, sequence(mapping(spec.get("parameters")).get("pathTests")))
    targets = _targets(sequence(spec.get("applyTo")))
    return Mutator(kind, name, targets, mapping(spec.get("match")), Change(steps, conditions, setter))


def _steps(location: str, field: Path) -> Steps:
    try:
        return read_location(location)
    except LocationError as error:
        raise MalformedMutatorError(f'the location "{location}" cannot be read: {error}', field) from error


def _assigned(steps: Steps, parameters: Mapping[str, Any]) -> Setter:
    _refuse_metadata(steps)
    _refuse_changed_key(steps)
    setter = _value(mapping(parameters.get("assign")))
    last = steps[-1]
    if isinstance(last, Item):
        _refuse_as_item(last, setter)
    return setter


def _metadata(steps: Steps, parameters: Mapping[str, Any]) -> Setter:
    if len(steps) != 3 or steps[:2] not in _OPEN or not isinstance(steps[2], Field):  # noqa: PLR2004 - a path of three
        message = "the location is not of a label or an annotation: metadata.labels.… or metadata.annotations.…"
        raise MalformedMutatorError(message, _LOCATION)
    assign = mapping(parameters.get("assign"))
    setter = _value(assign)
    if isinstance(setter, Value) and not isinstance(setter.value, str):
        raise MalformedMutatorError("the value is no text", (*_ASSIGN, "value"))
    if isinstance(setter, External) and mapping(assign.get("externalData")).get("dataSource") != "Username":
        message = "labels and annotations take external data only for the data source Username"
        raise MalformedMutatorError(message, (*_ASSIGN, "externalData"))
    return setter


def _set(steps: Steps, parameters: Mapping[str, Any]) -> Setter:
    _refuse_metadata(steps)
    if steps and isinstance(steps[-1], Item):
        raise MalformedMutatorError("the location ends with an item, and has to end with a list", _LOCATION)
    values = tuple(sequence(mapping(parameters.get("values")).get("fromList")))
    return SetOf(values, is_pruned=parameters.get("operation") == "prune")


def _image(steps: Steps, parameters: Mapping[str, Any]) -> Setter:
    _refuse_metadata(steps)
    if steps and isinstance(steps[-1], Item):
        raise MalformedMutatorError("the location ends with an item, and has to end with a field", _LOCATION)
    _refuse_changed_key(steps)
    parts = ImageParts(*(text(parameters.get(f"assign{part}")) for part in ("Domain", "Path", "Tag")))
    if parts.problem:
        raise MalformedMutatorError(parts.problem, _PARAMETERS)
    return Image(parts)


_OPEN: Final = ((Field("metadata"), Field("labels")), (Field("metadata"), Field("annotations")))
_CHECKED: Final = {"Assign": _assigned, "AssignMetadata": _metadata, "ModifySet": _set, "AssignImage": _image}


def _value(assign: Mapping[str, Any]) -> Setter:
    given = [key for key in _SOURCES if assign.get(key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        raise MalformedMutatorError(f"found {found}, expected one of value, fromMetadata and externalData", _ASSIGN)
    if given == ["value"]:
        return Value(_as_read(assign["value"]))
    if given == ["fromMetadata"]:
        field = mapping(assign["fromMetadata"]).get("field")
        if field not in {"name", "namespace"}:
            message = f'the field is "{field}", expected name or namespace'
            raise MalformedMutatorError(message, (*_ASSIGN, "fromMetadata"))
        return FromMetadata(field)
    external = mapping(assign["externalData"])
    if external.get("failurePolicy") == "UseDefault" and not external.get("default"):
        message = "the failurePolicy is UseDefault, and there is no default"
        raise MalformedMutatorError(message, (*_ASSIGN, "externalData"))
    return External(text(external.get("provider")))


def _as_read(value: Any) -> Any:
    # Gatekeeper reads each number of a value as a floating one, which is no key of a list to it.
    if isinstance(value, dict):
        return {key: _as_read(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_read(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _refuse_metadata(steps: Steps) -> None:
    if steps and steps[0] == Field("metadata"):
        raise MalformedMutatorError("only AssignMetadata may change metadata", _LOCATION)


def _refuse_changed_key(steps: Steps) -> None:
    if not steps:
        raise MalformedMutatorError("the location is empty", _LOCATION)
    before = steps[-2] if len(steps) > 1 else None
    if isinstance(before, Item) and steps[-1] == Field(before.key):
        raise MalformedMutatorError(f'"{before.key}" is the key of the list, and may not be changed', _LOCATION)


def _refuse_as_item(last: Item, setter: Setter) -> None:
    if last.value is None:
        raise MalformedMutatorError("the location ends with all items, and has to end with one", _LOCATION)
    if not isinstance(setter, Value):
        raise MalformedMutatorError("an item of a list can only be given as value", _ASSIGN)
    key = mapping(setter.value).get(last.key)
    if type(key) is not type(last.value) or key != last.value:
        message = f'the value is no object whose "{last.key}" is "{last.value}"'
        raise MalformedMutatorError(message, (*_ASSIGN, "value"))


def _conditions(steps: Steps, tests: Sequence[Any]) -> Mapping[int, str]:
    conditions: dict[int, str] = {}
    read = [(_steps(text(mapping(one).get("subPath")), _PARAMETERS), mapping(one).get("condition")) for one in tests]
    for index, (below, condition) in enumerate(read):
        field = (*_PARAMETERS, "pathTests", index)
        if below != steps[: len(below)]:
            raise MalformedMutatorError("the subPath is no start of the location", field)
        if conditions.setdefault(len(below) - 1, text(condition)) != condition:
            raise MalformedMutatorError("the subPath is told to exist and not to exist", field)
    # As Gatekeeper reads them: the order in which they stand counts.
    absent = [index for index, (_, condition) in enumerate(read) if condition == MUST_NOT_EXIST]
    present = [index for index, (_, condition) in enumerate(read) if condition == MUST_EXIST]
    if absent and present and max(present) > min(absent):
        message = "a MustExist stands behind a MustNotExist, which Gatekeeper takes for a contradiction"
        raise MalformedMutatorError(message, (*_PARAMETERS, "pathTests", max(present)))
    return conditions


def _targets(entries: Sequence[Any]) -> tuple[Target, ...]:
    if not entries:
        raise MalformedMutatorError("applyTo is missing: it says which kinds are changed", ("spec",))
    targets = []
    for index, entry in enumerate(map(mapping, entries)):
        field = ("spec", "applyTo", index)
        groups, versions, kinds = (frozenset(sequence(entry.get(key))) for key in ("groups", "versions", "kinds"))
        if not (groups and versions and kinds):
            raise MalformedMutatorError("groups, versions and kinds are all needed", field)
        targets.append(Target(groups, versions, kinds, _operations(sequence(entry.get("operations")), field)))
    return tuple(targets)


def _operations(given: Sequence[Any], field: Path) -> frozenset[str]:
    if len(set(given)) != len(given) or ("*" in given and len(given) > 1) or not set(given) - {"*"} <= OPERATIONS:
        found = ", ".join(map(str, given))
        raise MalformedMutatorError(f"operations are {found}, expected CREATE and UPDATE, once each, or *", field)
    return OPERATIONS if not given or "*" in given else frozenset(given)
