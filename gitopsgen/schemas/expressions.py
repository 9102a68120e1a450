"""Rules in CEL that stand in the schema of a custom kind, and which of them an object breaks.

Asked only of objects that the schema itself takes, as a server does. Knows no engine: `gitopsgen.cel` evaluates.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gitopsgen.cel import Failure, evaluate
from gitopsgen.cel.sight import names
from gitopsgen.schemas.kind import Schema, resolve
from gitopsgen.schemas.lists import counterpart
from gitopsgen.schemas.structural import RULES
from gitopsgen.schemas.typed import escaped, typed
from gitopsgen.schemas.wording import Path, Violation, dotted

BROKEN: Final = "broken-rule"
UNJUDGED: Final = "unjudged-rule"
_SHOWN: Final = 300
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\['((?:\\.|[^'\\])*)'\]")
_INSIDE: Final = ("items", "additionalProperties")
_TIMES: Final = frozenset({"date", "date-time", "duration"})


@dataclass(slots=True)
class Rules:
    """The rules at one place of a schema, and those below it; `nodes` are all parts of the schema that speak of it."""

    root: Schema
    nodes: tuple[Schema, ...]
    own: tuple[Mapping[str, Any], ...]
    below: dict[str, Rules | None] = field(default_factory=dict)
    fields: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Tell what the fields are called in expressions."""
        self.fields = {escaped(name): name for node in self.nodes for name in node.get("properties", ())}

    def at(self, key: str, name: str = "") -> Rules | None:
        """Give the rules of a field (`properties`, its name), of the items of a list or of the values of a map."""
        place = f"{key}/{name}"
        if place not in self.below:
            parts = [node.get(key, {}).get(name) if name else node.get(key) for node in self.nodes]
            self.below[place] = _rules(self.root, [part for part in parts if isinstance(part, Mapping)])
        return self.below[place]


def rules_of(schema: Schema) -> Rules | None:
    """Give the rules of a self-contained schema, None where it has none."""
    return _rules(schema, [schema])


def broken(rules: Rules, kind: str, data: Any, old: Any = None) -> Iterator[Violation]:
    """Give a violation for each rule that an object breaks; `old` is what stands in the cluster, None for a new object.

    A rule about the change (`oldSelf`) is judged only where there is something old to compare with.
    """
    whole = typed(rules.root, rules.root, data)
    before = None if old is None else typed(rules.root, rules.root, old)
    for path, rule, failure in _judged(rules, whole, before, ()):
        yield _violation(kind, path, rule, failure)


def rules_at(node: Schema) -> list[Mapping[str, Any]]:
    """Give the rules that stand at a node, without what is none in a schema of others."""
    found = node.get(RULES)
    rules = found if isinstance(found, list) else []
    return [rule for rule in rules if isinstance(rule, Mapping) and isinstance(rule.get("rule"), str)]


def is_judged(rule: Mapping[str, Any]) -> bool:
    """Whether a rule says anything of a new object."""
    return bool(rule.get("optionalOldSelf")) or "oldSelf" not in names(rule["rule"])


def holds(rule: Mapping[str, Any], value: Any) -> bool:
    """Whether a rule holds for a new value of the place where it stands."""
    return _evaluated(rule, value, None) is True


def _judged(rules: Rules, value: Any, old: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any], Failure | None]]:
    if value is None:
        return
    for rule in rules.own:
        result = _result(rules, rule, value, old)
        if result is not True:
            yield path, rule, result if isinstance(result, Failure) else None
    if isinstance(value, dict):
        for name, key, below in _inside(rules, value):
            yield from _judged(below, value[key], old.get(key) if isinstance(old, dict) else None, (*path, name))
    elif isinstance(value, list) and (items := rules.at("items")) is not None:
        for index, item in enumerate(value):
            yield from _judged(items, item, _before(rules, item, old), (*path, index))


def _inside(rules: Rules, value: dict[str, Any]) -> Iterator[tuple[str, str, Rules]]:
    for key in value:
        name = rules.fields.get(key)
        below = rules.at("additionalProperties") if name is None else rules.at("properties", name)
        if below is not None:
            yield name or key, key, below


def _result(rules: Rules, rule: Mapping[str, Any], value: Any, old: Any) -> Any:
    result = _evaluated(rule, value, old)
    if isinstance(result, Failure) and "overload" in result.message and _has_times(rules):
        # to a server these are no strings, and the engine cannot be given anything else inside an object
        return replace(result, is_unsupported=True)
    return result


def _evaluated(rule: Mapping[str, Any], value: Any, old: Any) -> Any:
    text = rule["rule"]
    if "oldSelf" not in names(text):
        return evaluate(text, {"self": value})
    if rule.get("optionalOldSelf"):
        # an optional value cannot be handed over, but made
        optional = "optional.none()" if old is None else "optional.of(before)"
        return evaluate(f"cel.bind(oldSelf, {optional}, ({text}\n))", {"self": value, "before": old})
    return True if old is None else evaluate(text, {"self": value, "oldSelf": old})


def _before(rules: Rules, item: Any, old: Any) -> Any:
    """Give the old item of an associative list with the keys of this one; items of other lists have no identity."""
    keys = [escaped(key) for node in rules.nodes for key in node.get("x-kubernetes-list-map-keys", ())]
    return counterpart(keys, item, old)


def _violation(kind: str, path: Path, rule: Mapping[str, Any], failure: Failure | None) -> Violation:
    place = (*path, *_steps(str(rule.get("fieldPath", ""))))
    text = " ".join(rule["rule"].split())
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    if failure is None:
        return Violation(place, BROKEN, f'"{dotted(place)}" is against a rule of {kind}: {shown}')
    if failure.is_unsupported or not failure.is_compiled:
        said = f'"{dotted(place)}" cannot be judged by a rule of {kind}, {failure.message}: {shown}'
        return Violation(place, UNJUDGED, said)
    said = f'"{dotted(place)}" makes a rule of {kind} fail, {failure.message}: {shown}'
    return Violation(place, BROKEN, said)


def _steps(relative: str) -> Path:
    return tuple(name or quoted.replace("\\'", "'") for name, quoted in _STEP.findall(relative))


def _rules(root: Schema, parts: list[Mapping[str, Any]]) -> Rules | None:
    nodes = tuple(node for part in parts for node in _with_conditions(root, part))
    if not any(_leads(root, node, set()) for node in nodes):
        return None
    return Rules(root, nodes, tuple(rule for node in nodes for rule in rules_at(node)))


def _with_conditions(root: Schema, part: Mapping[str, Any]) -> Iterator[Schema]:
    node = resolve(root, part)
    yield node
    for condition in node.get("allOf", ()):
        yield from _with_conditions(root, condition)


def _leads(root: Schema, node: Any, seen: set[str]) -> bool:
    """Whether a rule is at or below a node; `seen` are the parts already found to lead to none."""
    return any(rules_at(found) for found in _below(root, node, seen))


def _has_times(rules: Rules) -> bool:
    nodes = (found for node in rules.nodes for found in _below(rules.root, node, set()))
    return any(node.get("format") in _TIMES for node in nodes)


def _below(root: Schema, node: Any, seen: set[str]) -> Iterator[Schema]:
    """Give a node and all that is below it, each part that is referred to once."""
    if not isinstance(node, Mapping):
        return
    if reference := node.get("$ref"):
        if reference in seen:
            return
        seen.add(reference)
    found = resolve(root, node)
    yield found
    for part in (*found.get("properties", {}).values(), *found.get("allOf", ()), *(found.get(key) for key in _INSIDE)):
        yield from _below(root, part, seen)
