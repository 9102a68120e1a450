"""Which layer a merged value comes from, and which layers it won over.

Follows one path through the layers on demand, by the same rules as `merge`, so that merging
itself carries no bookkeeping. Knows no files and no lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gitopsgen.source import Tagged
from gitopsgen.values.merge import key_of, mounted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.model.project import Layer
    from gitopsgen.model.variant import Path, Step
    from gitopsgen.values.plan import Plan


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one layer gives: the value, and its path in the layer's data as seen from the root of the values."""

    layer: Layer
    path: Path
    value: Any
    op: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """The layers that make a value, highest first, and those that a higher layer beat.

    A scalar and a replaced list have one winner; a mapping or a combined list has one a layer in it.
    """

    winners: tuple[Contribution, ...] = ()
    losers: tuple[Contribution, ...] = ()


def trace(layers: Sequence[Layer], plan: Plan | None, path: Path) -> Trace:
    """Tell where the merged value at `path` comes from; no winner where there is no such value."""
    lost: list[Contribution] = []
    current = _settle((Contribution(layer, (), mounted(layer)) for layer in layers), plan, path, lost)
    for depth, step in enumerate(path, start=1):
        children = _children(current, plan, step)
        plan = _below(plan, step)
        current = _settle(children, plan, path[depth:], lost)
    order = {id(layer): index for index, layer in enumerate(layers)}
    losers = sorted(lost, key=lambda item: order[id(item.layer)], reverse=True)
    return Trace(tuple(reversed(current)), tuple(losers))


def may_set(data: Any, path: Path) -> bool:
    """Tell whether a layer can have to do with the merged value at `path`; `data` is its own, as `mounted` gives it."""
    for step in path:
        value = data.value if type(data) is Tagged else data
        if type(value) is not dict:  # an item of a list may come from any place of it
            return True
        if step not in value:
            return False
        data = value[step]
    return True


def _settle(
    candidates: Iterable[Contribution], plan: Plan | None, rest: Path, lost: list[Contribution]
) -> list[Contribution]:
    """Give the candidates that make the value together; note those that a higher one beats."""
    active: list[Contribution] = []
    for candidate in candidates:
        op, value = "", candidate.value
        if type(value) is Tagged:
            op, value = value.op, value.value
        effective = _list_operation(op, plan)
        combines = active and op != "replace" and _combine(active[-1].value, value, effective)
        if active and (op == "delete" or not combines):
            lost.extend(loser for item in active if (loser := _at(item, rest)))
            active = []
        if op != "delete":
            active.append(replace(candidate, value=value, op=effective))
    return active


def _list_operation(op: str, plan: Plan | None) -> str:
    if op or plan is None or not plan.list_merge:
        return op
    return "merge" if plan.key else "append"


def _combine(lower: Any, upper: Any, op: str) -> bool:
    if type(upper) is dict:
        return type(lower) is dict
    return type(upper) is list and type(lower) is list and op in ("append", "prepend", "merge")


def _at(loser: Contribution, rest: Path) -> Contribution | None:
    """Give the part of a beaten value that stood at the path; a beaten list is named as a whole."""
    for step in rest:
        value = loser.value.value if type(loser.value) is Tagged else loser.value
        if type(value) is not dict:
            break
        if step not in value:
            return None
        loser = Contribution(loser.layer, (*loser.path, step), value[step])
    return loser


def _below(plan: Plan | None, step: Step) -> Plan | None:
    if plan is None:
        return None
    return plan.below(step) if isinstance(step, str) else plan.items


def _children(current: list[Contribution], plan: Plan | None, step: Step) -> list[Contribution]:
    """Give what each layer in a value has at one key or index of it."""
    if isinstance(step, str):
        return [
            Contribution(item.layer, (*item.path, step), item.value[step])
            for item in current
            if type(item.value) is dict and step in item.value
        ]
    items = _items([item for item in current if type(item.value) is list], plan)
    return items[step] if 0 <= step < len(items) else []


def _items(current: list[Contribution], plan: Plan | None) -> list[list[Contribution]]:
    """Give, for each item of a merged list, what the layers gave to it."""
    items: list[list[Contribution]] = []
    for contribution in current:
        own = [
            [Contribution(contribution.layer, (*contribution.path, index), value)]
            for index, value in enumerate(contribution.value)
        ]
        if contribution.op == "merge" and items and plan is not None:
            items = _items_by_key(items, own, plan.key)
        elif contribution.op == "prepend":
            items = own + items
        else:
            items += own
    return items


def _items_by_key(items: list[list[Contribution]], own: list[list[Contribution]], key: str) -> list[list[Contribution]]:
    merged = {key_of(_newest(item), key, index): item for index, item in enumerate(items)}
    for (contribution,) in own:
        name = key_of(contribution.value, key, None)
        if name is None:
            continue
        is_gone = type(contribution.value) is Tagged and contribution.value.op == "delete"
        if is_gone:
            merged.pop(name, None)
        else:
            merged[name] = [*merged.get(name, ()), contribution]
    return list(merged.values())


def _newest(item: list[Contribution]) -> Any:
    return item[0].value
