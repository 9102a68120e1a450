"""What the rules in CEL of a custom kind cost an API server at worst, by the bounds that its schema sets.

Where a schema sets none, the largest request is one: 3 MiB.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/cel/common/schemas.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from gitopsgen.cel.cost import ENDLESS, Reckoning, Shape, reckon
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.schemas.kind import Schema
from gitopsgen.schemas.structural import RULES
from gitopsgen.schemas.typed import escaped

LIMIT: Final = 10_000_000
LIMIT_TOGETHER: Final = 100_000_000
_NOTABLE: Final = 1_000_000  # of what costs less, nobody asks why

_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_REQUEST: Final = 3 * 1024 * 1024
_LONGEST: Final = _REQUEST - 2
_BOUNDED_EITHER: Final = 34  # the first release that heeds maxLength of what is a number or a text
_FORMATS: Final = {"date": ("timestamp", 12, 12), "date-time": ("timestamp", 32, 21), "duration": ("duration", 32, 3)}
_SCALARS: Final = {"boolean": ("bool", 4), "integer": ("int", 1), "number": ("double", 1)}
_NAME: Final = Shape("string", most=_LONGEST, least=2)
_METADATA: Final = {
    "apiVersion": _NAME,
    "kind": _NAME,
    "metadata": Shape("object", fields={"generateName": _NAME, "name": _NAME}, least=2),
}

Path = tuple[str | int, ...]


class Cost(NamedTuple):
    """What one expression costs, with its path in the schema.

    `times` is how often it may be asked in one object; `endless` names what would lower the cost if it had a bound.
    """

    path: Path
    cost: int
    times: int
    endless: tuple[str, ...]

    @property
    def factor(self) -> float:
        """How often what a server allows goes into it."""
        return self.cost / LIMIT


def factor_of_all(found: Sequence[Cost]) -> float:
    """Give how often what a server allows a schema goes into what all its expressions cost together."""
    return min(sum(one.cost for one in found), ENDLESS) / LIMIT_TOGETHER


def costs(schema: Schema, minor: int) -> list[Cost]:
    """Give the cost of each rule and message in a schema; `minor` is the release of Kubernetes, 35 of 1.35."""
    return list(_Costs(minor).below(schema, _Stand((), "", 1, ())))


def shape_of(node: Schema, minor: int) -> Shape | None:
    """Give the type and size of values of a node, None where expressions do not see them."""
    return _Costs(minor).shape(node, ".", is_root=False)


class _Stand(NamedTuple):
    """Where a node stands: its path, its name as people write it, how often it may be in one object.

    `times` is None where that has no end; `endless` names what around it has no bound.
    """

    path: Path
    name: str
    times: int | None
    endless: tuple[str, ...]


class _Costs:
    def __init__(self, minor: int) -> None:
        self._minor = minor
        self._shapes: dict[int, Shape | None] = {}

    def below(self, node: Schema, stand: _Stand) -> Iterator[Cost]:
        """Give the costs at and below a node."""
        rules = [mapping(one) for one in sequence(node.get(RULES))]
        is_root = not stand.path or bool(node.get(_EMBEDDED))
        shape = self.shape(node, stand.name or ".", is_root=is_root) if rules else None
        if shape is not None:
            often = _REQUEST // (shape.least + 1) if stand.times is None else stand.times
            for at, rule in enumerate(rules):
                yield from self._rule(rule, shape, (*stand.path, RULES, at), often, stand.endless)
        bound, keyword = _bound(node)
        times = None if stand.times is None or bound is None else min(stand.times * bound, ENDLESS)
        endless = stand.endless if bound is not None else (*stand.endless, f"{keyword} at {stand.name or '.'}")
        for step, name, part in _parts(node):
            yield from self.below(part, _Stand((*stand.path, *step), stand.name + name, times, endless))

    def _rule(
        self, rule: Mapping[str, Any], shape: Shape, path: Path, times: int, around: tuple[str, ...]
    ) -> Iterator[Cost]:
        for key in ("rule", "messageExpression"):
            expression = rule.get(key)
            if not isinstance(expression, str) or not expression.strip():
                continue
            asked = partial(reckon, expression, shape, self._minor, has_optional_old=bool(rule.get("optionalOldSelf")))
            found = asked()
            if found is not None:
                often, outside = (times, around) if key == "rule" else (1, ())
                cost = min(found.cost * often, ENDLESS)
                inside = _helpful(asked, found) if cost > _NOTABLE else found.endless
                places = [f"{one.bound} at {one.place}" for one in inside]
                yield Cost((*path, key), cost, often, tuple(dict.fromkeys((*outside, *places))))

    def shape(self, node: Schema, place: str, *, is_root: bool) -> Shape | None:
        """Give the type and size of values of a node, None where expressions do not see them."""
        if id(node) not in self._shapes:
            self._shapes[id(node)] = self._made(node, place, is_root=is_root)
        return self._shapes[id(node)]

    def _made(self, node: Schema, place: str, *, is_root: bool) -> Shape | None:
        if node.get("x-kubernetes-int-or-string"):
            length = _whole(node.get("maxLength")) if self._minor >= _BOUNDED_EITHER else None
            most, bound = (_LONGEST, "maxLength") if length is None else (length * 4, "")
            return Shape("dyn", most=most, least=1, bound=bound, place=place)
        sort = str(node.get("type"))
        if sort in _SCALARS:
            name, least = _SCALARS[sort]
            return Shape(name, least=least)
        if sort == "array":
            return self._list(node, place)
        if sort == "object" and isinstance(node.get("additionalProperties"), Mapping):
            return self._map(node, place)
        if sort == "object":
            return self._object(node, place, is_root=is_root)
        return _text(node, place) if sort == "string" else None

    def _list(self, node: Schema, place: str) -> Shape | None:
        item = self._part(mapping(node.get("items")), f"{place}[]")
        if item is None:
            return None
        most, bound = _whole(node.get("maxItems")), ""
        if most is None:
            most, bound = _LONGEST // (item.least + 1), "maxItems"
        return Shape("list", (item,), most=most, least=2, bound=bound, place=place)

    def _map(self, node: Schema, place: str) -> Shape | None:
        value = self._part(node["additionalProperties"], f"{place}[*]")
        if value is None:
            return None
        most, bound = _whole(node.get("maxProperties")), ""
        if most is None:
            most, bound = _LONGEST // (value.least + 6), "maxProperties"
        # how long a key may be, a schema cannot say
        return Shape("map", (Shape("string", least=2), value), most=most, least=2, bound=bound, place=place)

    def _object(self, node: Schema, place: str, *, is_root: bool) -> Shape:
        properties = mapping(node.get("properties"))
        parts = {str(name): mapping(part) for name, part in properties.items()}
        shapes = {name: self._part(part, f"{place.rstrip('.')}.{name}") for name, part in parts.items()}
        if is_root and not _has_metadata(parts):
            shapes |= _METADATA
            parts |= {name: {} for name in _METADATA}
        known = {name: shape for name, shape in shapes.items() if shape is not None}
        wanted = {str(one) for one in sequence(node.get("required"))}
        required = [name for name in known if name in wanted and parts[name].get("default") is None]
        least = 2 + sum(len(name.encode()) + known[name].least + 4 for name in required)
        return Shape("object", fields={escaped(name): shape for name, shape in known.items()}, least=least)

    def _part(self, node: Schema, place: str) -> Shape | None:
        return self.shape(node, place, is_root=bool(node.get(_EMBEDDED)))


def _helpful(asked: Callable[..., Reckoning | None], found: Reckoning) -> Sequence[Shape]:
    """Give the parts whose bound would lower a cost, the most helpful first; none where all of them do not help."""
    by_part = {one: asked(bounded=frozenset({one})) or found for one in found.endless}
    whole = asked(bounded=frozenset(found.endless)) or found
    if whole.cost > LIMIT:
        return ()
    lowering = [one for one in found.endless if by_part[one].cost < found.cost]
    return sorted(lowering, key=lambda one: by_part[one].cost) or found.endless


def _text(node: Schema, place: str) -> Shape:
    form = str(node.get("format"))
    if form in _FORMATS:
        sort, most, least = _FORMATS[form]
        return Shape(sort, most=most, least=least)
    sort, width = ("bytes", 1) if form == "byte" else ("string", 4)  # a character takes up to four bytes
    length = _whole(node.get("maxLength"))
    if length is not None:
        return Shape(sort, most=length * width, least=2)
    words = [one for one in sequence(node.get("enum")) if isinstance(one, str)]
    if sort == "string" and sequence(node.get("enum")):
        return Shape(sort, most=max((len(one.encode()) for one in words), default=0), least=2)
    return Shape(sort, most=_LONGEST, least=2, bound="maxLength", place=place)


def _bound(node: Schema) -> tuple[int | None, str]:
    """Give how many parts of each sort stand in a value of a node, None where nothing limits that; and what would."""
    if node.get("type") == "array":
        return _whole(node.get("maxItems")), "maxItems"
    if node.get("type") == "object" and node.get("additionalProperties") is not None:
        return _whole(node.get("maxProperties")), "maxProperties"
    return 1, ""


def _parts(node: Schema) -> Iterator[tuple[Path, str, Schema]]:
    for name, part in mapping(node.get("properties")).items():
        yield ("properties", name), f".{name}", mapping(part)
    for key, sign in (("items", "[]"), ("additionalProperties", "[*]")):
        if isinstance(node.get(key), Mapping):
            yield (key,), sign, node[key]


def _has_metadata(fields: Mapping[str, Schema]) -> bool:
    """Whether a schema says of an object's own names that they are texts; else the server says so, without a bound."""
    metadata = fields.get("metadata", {})
    known = mapping(metadata.get("properties"))
    texts = (fields.get("kind"), fields.get("apiVersion"), known.get("name"), known.get("generateName"))
    return metadata.get("type") == "object" and all(mapping(one).get("type") == "string" for one in texts)


def _whole(value: Any) -> int | None:
    return min(max(0, value), ENDLESS) if isinstance(value, int) and not isinstance(value, bool) else None
