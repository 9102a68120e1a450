"""What Gatekeeper would say of the objects of a cluster, by the templates and constraints that are among them.

Follows its webhook: who is exempt, which constraint is for which object, what the policy says, what comes of it.
https://open-policy-agent.github.io/gatekeeper/website/docs/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.actions import Weight, action_of
from gitopsgen.policy.changing import UnmutableError
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.exemption import Exemption
from gitopsgen.policy.expansion import EXPANSION, UnexpandableError, expanded
from gitopsgen.policy.inventory import CONFIG, SYNC_SET, inventory_of, synced
from gitopsgen.policy.match import GENERATED, Candidate, UnmatchableError, is_for, is_for_kind
from gitopsgen.policy.mutation import Mutated, Mutation
from gitopsgen.policy.review import review_of
from gitopsgen.policy.templates import MalformedTemplateError, Template, read_template, with_defaults
from gitopsgen.policy.verdicts import Asked, Memory

TEMPLATE: Final = ("templates.gatekeeper.sh", "ConstraintTemplate")
CONSTRAINTS: Final = "constraints.gatekeeper.sh"


class Verdict(NamedTuple):
    """What a policy says of an object, both by their place among the given ones.

    `subject` is None where a policy could not be evaluated whatever the object; `weight` is None where it could not be
    evaluated for this one; `field` is the place in what the finding is about; `is_certain` is false where it depends on
    objects that may not be among the given ones, `is_unmatched` tells that nobody knows whether the policy is for the
    object: Gatekeeper takes that for a violation. `is_refused` tells that Gatekeeper takes no such policy. `changed_by`
    names the mutators that changed the object before it was judged.
    """

    policy: int
    subject: int | None
    weight: Weight | None
    message: str
    field: Path = ()
    name: str = ""
    is_certain: bool = True
    is_unmatched: bool = False
    is_refused: bool = False
    changed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint, ready to be asked."""

    place: int
    name: str
    template: Template
    match: Mapping[str, Any]
    parameters: str
    weight: Weight
    is_certain: bool

    @property
    def told(self) -> tuple[str, bool]:
        """What every verdict of it says."""
        return self.name, self.is_certain


class Gatekeeper:
    """Templates and constraints of a cluster; `memory` keeps what other clusters asked before."""

    def __init__(self, objects: Sequence[Mapping[str, Any]], memory: Memory) -> None:
        """Read the policies among the objects."""
        self._objects = objects
        self._memory = memory
        self._problems: list[Verdict] = []
        self._by_kind: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
        for place, each in enumerate(objects):
            group = text(each.get("apiVersion")).rpartition("/")[0]
            self._by_kind.setdefault((group, text(each.get("kind"))), []).append((place, each))
        self._constraints = list(self._read_constraints())
        self._expansions = self._of(EXPANSION)
        self._exemption = Exemption(self._of(CONFIG))
        self._mutation = Mutation(objects)
        for place, message, field, is_refused in self._mutation.faults:
            self._problems.append(Verdict(place, None, None, message, field, is_refused=is_refused))
        self._namespaces = {text(mapping(one.get("metadata")).get("name")): one for one in self._of(("", "Namespace"))}
        self._by_subject: dict[tuple[str, str], list[Constraint]] = {}
        self._data: str | None = None

    def _of(self, kind: tuple[str, str]) -> list[Mapping[str, Any]]:
        return [each for _, each in self._by_kind.get(kind, ())]

    def _read_constraints(self) -> Iterator[Constraint]:
        templates: dict[str, Template] = {}
        for place, data in self._by_kind.get(TEMPLATE, ()):
            template = self._template(place, data)
            if template:
                templates[template.kind] = template
        for (group, kind), members in self._by_kind.items():
            if group == CONSTRAINTS and kind in templates:
                yield from (self._constraint(place, data, templates[kind]) for place, data in members)

    def _template(self, place: int, data: Mapping[str, Any]) -> Template | None:
        try:
            template = read_template(data)
            self._memory.compiled(template)
        except MalformedTemplateError as error:
            self._problems.append(Verdict(place, None, None, error.message, error.field, is_refused=True))
        except PolicyError as error:
            where = f" on line {error.line}" if error.line else ""
            message = f"the policy cannot be read{where}: {error.message}"
            field = (*template.field, *_field_of(error))
            self._problems.append(Verdict(place, None, None, message, field, is_refused=not error.is_ours))
        else:
            return template
        return None

    def _constraint(self, place: int, data: Mapping[str, Any], template: Template) -> Constraint:
        spec = mapping(data.get("spec"))
        parameters = with_defaults(mapping(spec.get("parameters")), template.schema)
        return Constraint(
            place,
            f"{template.kind} {text(mapping(data.get('metadata')).get('name'))}",
            template,
            mapping(spec.get("match")),
            json.dumps(parameters, default=str),
            action_of(text(spec.get("enforcementAction")), sequence(spec.get("scopedEnforcementActions"))),
            not self._memory.compiled(template).reads_inventory,
        )

    def verdicts(self, subjects: Iterable[int]) -> Iterator[Verdict]:
        """Give what the constraints say of some of the objects, and what keeps them from saying it."""
        yield from self._problems
        if self._constraints or self._mutation:
            for place in subjects:
                yield from self._of_subject(place)

    def _of_subject(self, place: int) -> Iterator[Verdict]:
        candidate = self.candidate(self._objects[place])
        try:
            candidate, changed_by = self._mutated(candidate)
        except UnmutableError as error:
            yield Verdict(place, place, None, str(error))
            changed_by = ()
        except UnmatchableError as error:
            yield Verdict(place, place, None, str(error), is_certain=False, is_unmatched=True)
            changed_by = ()
        is_asked_about = self._expansions or self._asked_about(candidate)
        limit = self._exemption.limit(candidate) if is_asked_about else None
        if limit is not None:
            for one in self.of_candidate(candidate, place):
                yield _limited(one, limit)._replace(changed_by=changed_by)

    def _mutated(self, candidate: Candidate) -> Mutated:
        if self._mutation and self._exemption.is_mutated(candidate):
            return self._mutation.of(candidate, "CREATE")
        return Mutated(candidate, ())

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps templates from being asked."""
        return tuple(one.message for one in self._problems)

    def candidate(self, data: Mapping[str, Any]) -> Candidate:
        """Give an object that is not among the given ones, in its Namespace if that is."""
        return Candidate(data, self._home(data))

    def of_candidate(self, candidate: Candidate, place: int = 0, review: str = "") -> Iterator[Verdict]:
        """Give what the constraints say of an object and of what comes of it, whoever is exempt; `review` asks else."""
        yield from self._asked(place, candidate, review)
        if not self._expansions:
            return
        try:
            for made in expanded(candidate.data, self._expansions, partial(self._changed, candidate.home)):
                for verdict in self._asked(place, Candidate(made.data, candidate.home, GENERATED)):
                    yield verdict._replace(
                        weight=action_of(made.action) if made.action and verdict.weight else verdict.weight,
                        message=f"[Implied by {made.template}] {verdict.message}",
                        field=(*made.field, *verdict.field),
                    )
        except (UnexpandableError, UnmutableError) as error:
            yield Verdict(place, place, None, str(error))
        except UnmatchableError as error:
            yield Verdict(place, place, None, str(error), is_certain=False, is_unmatched=True)

    def _changed(self, home: Mapping[str, Any] | None, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._mutation.of(Candidate(data, home, GENERATED)).candidate.data

    def _home(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return self._namespaces.get(text(mapping(data.get("metadata")).get("namespace")))

    def _asked(self, place: int, candidate: Candidate, review: str = "") -> Iterator[Verdict]:
        for constraint in self._asked_about(candidate):
            try:
                if not is_for(constraint.match, candidate):
                    continue
                review = review or review_of(candidate)
                for answer in self._memory.answers(constraint.template, self._question(constraint, candidate, review)):
                    yield Verdict(constraint.place, place, constraint.weight, *answer, *constraint.told)
            except UnmatchableError as error:
                unknown = Verdict(constraint.place, place, None, str(error), (), constraint.name)
                yield unknown._replace(is_certain=False, is_unmatched=True)
            except PolicyError as error:
                message = f"{error.message}, on line {error.line} of the policy" if error.line else error.message
                yield Verdict(constraint.place, place, None, message, (), *constraint.told)

    def _asked_about(self, candidate: Candidate) -> Sequence[Constraint]:
        """Give the constraints for a kind: most kinds have none."""
        kind = candidate.group, candidate.kind
        if kind not in self._by_subject:
            self._by_subject[kind] = [one for one in self._constraints if is_for_kind(one.match, *kind)]
        return self._by_subject[kind]

    def _question(self, constraint: Constraint, candidate: Candidate, review: str) -> Asked:
        home = json.dumps(candidate.home, default=str) if candidate.home else "null"
        return Asked(review, constraint.parameters, home, self._inventory)

    def _inventory(self) -> str:
        """Give the inventory: what Gatekeeper is told to keep, or all where nothing tells it anything."""
        if self._data is None:
            configs, sets = self._of(CONFIG), self._of(SYNC_SET)
            kinds = synced(configs, sets)
            self._data = inventory_of(self._objects, kinds if sets or kinds else None)
        return self._data


def _limited(verdict: Verdict, limit: Weight) -> Verdict:
    return verdict._replace(weight=verdict.weight and min(verdict.weight, limit))


def _field_of(error: PolicyError) -> Path:
    name, _, number = error.module.partition(" ")
    return ("libs", int(number)) if name == "lib" and number.isdecimal() else ("rego",)
