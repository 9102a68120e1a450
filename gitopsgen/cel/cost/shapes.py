"""Types of values, and how large a value of a schema can be.

https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/cel/types.go
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A type of CEL, or a part of a schema that has one.

    `sort` is its name; `inner` are item, or key and value, or what an optional holds; `fields` those of an object, as
    expressions call them. `most` is the largest size of a value, `least` the fewest bytes that it takes in JSON.
    `bound` names the keyword that would limit the size where nothing does, `place` says where.
    """

    sort: str
    inner: tuple[Shape, ...] = ()
    fields: Mapping[str, Shape] = field(default_factory=dict)
    most: int = 0
    least: int = 0
    bound: str = ""
    place: str = ""


ANY: Final = Shape("dyn", least=1)
BOOL: Final = Shape("bool", least=4)
DOUBLE: Final = Shape("double", least=1)
FREE: Final = Shape("free")  # of an item in `[]`: whatever is wanted
INT: Final = Shape("int", least=1)
TEXT: Final = Shape("string", least=2)
NUMBERS: Final = frozenset({"double", "int", "uint"})
_SCALARS: Final = frozenset({"bool", "duration", "timestamp"}) | NUMBERS


def of(sort: str, *inner: Shape) -> Shape:
    """Give a type by its name and what is in it."""
    return Shape(sort, inner)


def is_scalar(shape: Shape, *, looks_into_optionals: bool) -> bool:
    """Whether all values of a type have the same size."""
    if shape.sort == "optional" and looks_into_optionals:
        return is_scalar(shape.inner[0], looks_into_optionals=True)
    return shape.sort in _SCALARS


def joined(one: Shape, other: Shape) -> Shape:
    """Give the type that values of either type have."""
    if one.sort == "free" or other.sort == "dyn":
        return other
    if one.sort == other.sort and len(one.inner) == len(other.inner) and one.inner:
        inner = tuple(joined(*pair) for pair in zip(one.inner, other.inner, strict=True))
        return Shape(one.sort, inner, most=one.most)
    return other if one.sort == "null" and other.sort != "free" else one
