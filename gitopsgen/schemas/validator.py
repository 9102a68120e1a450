"""A compiled validator of one kind, and what it finds, in words that name the field.

The engine is jsonschema-rs; every violation is reported, not only the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitopsgen.schemas.expressions import Rules, broken, rules_of
from gitopsgen.schemas.formats import FORMATS
from gitopsgen.schemas.kind import Kind, Schema
from gitopsgen.schemas.lists import Plan, duplicates, plan
from gitopsgen.schemas.wording import Violation, describe

__all__ = ["Validator", "Violation"]


@dataclass(frozen=True, slots=True)
class Validator:
    """Checks objects of one kind; made by `compile_kind`."""

    kind: Kind
    engine: Any
    lists: Plan | None
    rules: Rules | None

    def violations(self, data: Any, old: Any = None) -> tuple[Violation, ...]:
        """Give all that the object violates of its kind's schema, in the order of its fields.

        `old` is the object as it stands in the cluster, for rules about what may change; None for a new object.
        """
        try:
            wrong = () if self.engine.is_valid(data) else self._described(data)
        except ValueError as error:
            # a key that is no string, or a number that JSON has not
            return (Violation((), "wrong-type", f"the object is no JSON: {error}"),)
        doubled = tuple(duplicates(self.lists, data)) if self.lists is not None and isinstance(data, dict) else ()
        if wrong or doubled or self.rules is None:
            return (*wrong, *doubled)
        return tuple(broken(self.rules, self.kind.name, data, old))

    def transitions(self, data: Any, old: Any) -> tuple[Violation, ...]:
        """Give the rules about changes that an update breaks; both objects are taken for what the schema takes."""
        if self.rules is None or not (isinstance(data, dict) and isinstance(old, dict)):
            return ()
        alone = set(broken(self.rules, self.kind.name, data))
        return tuple(one for one in broken(self.rules, self.kind.name, data, old) if one not in alone)

    def _described(self, data: Any) -> tuple[Violation, ...]:
        found = (part for error in self.engine.iter_errors(data) for part in describe(error, self.kind.schema, data))
        return tuple(sorted(set(found), key=lambda violation: tuple(map(str, violation.field))))


def compile_kind(kind: Kind) -> Validator:
    """Give the validator of a kind; raises ValueError where its schema is no JSON Schema."""
    return Validator(kind, engine_of(kind.schema), plan(kind.schema), rules_of(kind.schema))


def engine_of(schema: Schema) -> Any:
    """Give the engine that judges by a schema; raises ValueError where it is no JSON Schema."""
    import jsonschema_rs  # noqa: PLC0415  # 20 ms, which a run without a new manifest does not spend

    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, formats=FORMATS)
