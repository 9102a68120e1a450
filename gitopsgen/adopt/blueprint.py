"""The objects of all cities to the files of a blueprint and of its overlays."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gitopsgen import emit
from gitopsgen.adopt import writing
from gitopsgen.adopt.cities import City
from gitopsgen.adopt.factoring import Factoring
from gitopsgen.adopt.facts import CHECKSUM, Fact, Facts
from gitopsgen.adopt.layering import Layer, Layers
from gitopsgen.adopt.matching import matched
from gitopsgen.adopt.naming import Path, paths
from gitopsgen.adopt.nodes import MISSING, Entry, Literal, Mapped, Node, Step, Text, Value
from gitopsgen.adopt.schema import schema_of
from gitopsgen.diff import ListTypes
from gitopsgen.values.path import path_text

Object = dict[str, Any]

_SEPARATOR: Final = "\x1f"
_HOME: Final = "\x1e"  # in the place of the namespace of most objects of a city
_NAMESPACE: Final = "values.namespace"
_UNSAFE: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Order:
    """What is adopted: the objects of each place (`region/cluster`), and what the case is called."""

    case: str
    namespace: str
    cities: Mapping[str, City]
    objects: Mapping[str, Sequence[Object]]
    blueprints: str = "blueprints"
    overlays: str = "overlays"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Adopted:
    """Files of the case alone, fragments for files that it shares with other cases, and what there is to tell.

    `settings` counts values by the sort of layer that sets them; `whole` names what is kept as it is though it has
    members: the path of the value, and its object.
    """

    files: Mapping[str, str]
    fragments: Mapping[str, str]
    settings: Mapping[str, int]
    whole: tuple[tuple[str, str], ...] = ()
    templates: int = 0
    values: int = field(default=0)


@dataclass(slots=True)
class _Template:
    """One object of all cities."""

    kind: str
    name: str
    node: Node
    values: list[Value]
    condition: Value | None


def adopt(order: Order, list_types: ListTypes) -> Adopted:
    """Give the files that render the objects of each place; each object has an apiVersion, a kind and a name."""
    facts, namespace = _facts(order)
    templates = [_template(order, group, facts, list_types) for group in _objects(order, facts)]
    named = [(one.kind, one.name, value) for one in templates for value in one.values]
    found = paths([*((("", "", namespace),) if namespace else ()), *named])
    layers, shared, own = _settings(order, found)
    files = _manifests(order, templates, found)
    folder = f"{order.blueprints}/{order.case}"
    files[f"{folder}/blueprint.yaml"] = _blueprint(order)
    files[f"{folder}/README.md"] = _readme(order)
    if found:
        files[f"{folder}/values.schema.json"] = _schema(order, found)
    files |= own
    counted = Counter(layer.sort for layer in layers)
    whole = tuple((path_text(path), value.owner) for value, path in found.items() if value.is_whole)
    return Adopted(files, shared, counted, whole, len(templates), len(found))


def _facts(order: Order) -> tuple[Facts, Value | None]:
    """Give what may stand in texts that differ: facts of the cities, and a namespace that no fact tells, as a value."""
    spaces = _spaces(order)
    facts = Facts(order.cities)
    if "" in spaces.values() or facts.explained(spaces) is not None:
        return facts, None
    cities = {
        place: replace(city, facts={**city.facts, _NAMESPACE: spaces[place]}) for place, city in order.cities.items()
    }
    return Facts(cities), Value("every object", (Step("namespace"),), spaces)


def _spaces(order: Order) -> dict[str, str]:
    """Give the namespace of most objects of each place, empty where they name none."""
    counts = {place: Counter(map(_namespace, some)) for place, some in order.objects.items()}
    return {
        place: max(sorted(filter(None, found)), key=found.__getitem__, default="") for place, found in counts.items()
    }


def _objects(order: Order, facts: Facts) -> list[dict[str, Object]]:
    """Give each object of the case by place; the same one is called alike, but for facts of its city."""
    spaces = _spaces(order)
    by_name = {place: {_identity(one, spaces[place]): one for one in some} for place, some in order.objects.items()}
    groups = matched({place: list(some) for place, some in by_name.items()}, facts)
    return [{place: by_name[place][name] for place, name in group.items()} for group in groups]


def _identity(data: Object, home: str) -> str:
    namespace = _namespace(data)
    space = _HOME if namespace == home else namespace
    return _SEPARATOR.join((data["apiVersion"], data["kind"], space, data["metadata"]["name"]))


def _namespace(data: Object) -> str:
    return str(data["metadata"].get("namespace", ""))


def _template(order: Order, data: dict[str, Object], facts: Facts, list_types: ListTypes) -> _Template:
    first = next(iter(data.values()))
    kind, name = first["kind"], _name(data, facts)
    factoring = Factoring(f"{kind} {name}", name, facts)
    node = factoring.node(data, (), list_types.of(first["apiVersion"], kind))
    condition = None
    if len(data) < len(order.objects):
        there = {place: place in data for place in order.objects}
        condition = factoring.value(there, (Step(kind[:1].lower() + kind[1:]), Step("enabled")))
    return _Template(kind, name, _in_namespace(node, order.namespace), factoring.values, condition)


def _name(data: Mapping[str, Object], facts: Facts) -> str:
    """Give what a person would call the object, a fact of the city by the fact's name."""
    names = {place: one["metadata"]["name"] for place, one in data.items()}
    parts = facts.explained(names) or (CHECKSUM.sub("", next(iter(names.values()))),)
    return "".join(_called(part) if isinstance(part, Fact) else part for part in parts)


def _called(fact: Fact) -> str:
    words = re.sub(r"\[\d+\]", "", fact.expression.split(" ")[0]).split(".")
    return words[-2] if words[-1] == "name" else words[-1]


def _in_namespace(node: Node, namespace: str) -> Node:
    """Let the namespace of the case stand in one place, blueprint.yaml."""
    name = Text((Fact("case.namespace"),))
    if isinstance(node, Literal):
        node = Mapped(tuple(Entry(Literal(key), Literal(value)) for key, value in node.data.items()))
    return _with(node, "metadata", lambda below: _with(below, "namespace", lambda _: name, only=namespace))


def _with(node: Node, key: str, change: Any, only: str = "") -> Node:
    if isinstance(node, Literal) and isinstance(node.data, dict) and only in ("", node.data.get(key)):
        node = Mapped(tuple(Entry(Literal(name), Literal(value)) for name, value in node.data.items()))
    if not isinstance(node, Mapped):
        return node
    return Mapped(tuple(_changed(entry, key, change, only) for entry in node.entries))


def _changed(entry: Entry, key: str, change: Any, only: str) -> Entry:
    is_meant = isinstance(entry.key, Literal) and entry.key.data == key and entry.condition is None
    if not is_meant or (only and not (isinstance(entry.node, Literal) and entry.node.data == only)):
        return entry
    return Entry(entry.key, change(entry.node))


def _settings(order: Order, found: Mapping[Value, Path]) -> tuple[list[Layer], dict[str, str], dict[str, str]]:
    """Give the layer of each setting, fragments of shared files, and texts of the case's own files."""
    layers = Layers(order.cities)
    told: list[Layer] = []
    by_layer: dict[Layer, list[tuple[Path, Any]]] = {}
    over: set[tuple[Layer, Path]] = set()
    for value, path in found.items():
        settings = layers.settings(value.by_place)
        has_default = any(one.layer.sort == "blueprint" for one in settings)
        for layer, data in settings:
            told.append(layer)
            by_layer.setdefault(layer, []).append((path, data))
            if has_default and layer.sort != "blueprint":
                over.add((layer, path))
    # a template may ask whether a value is there only of a mapping that is
    around = [path[:-1] for value, path in found.items() if any(one is MISSING for one in value.by_place.values())]
    if around:
        by_layer.setdefault(Layer("blueprint"), [])
    shared: dict[str, str] = {}
    own: dict[str, str] = {}
    for layer, some in sorted(by_layer.items(), key=lambda one: one[0]):
        is_over = frozenset(path for path, _ in some if (layer, path) in over)
        mappings = around if layer.sort == "blueprint" else ()
        file, under = _file(order, layer)
        (shared if under else own)[file] = writing.overlay(some, under, is_over, mappings)
    return told, shared, own


def _file(order: Order, layer: Layer) -> tuple[str, Path]:
    """Give the file of a layer, and the path in it below which values of the case stand."""
    if layer.sort == "blueprint":
        return f"{order.blueprints}/{order.case}/values.yaml", ()
    if layer.sort in ("region", "cluster"):
        return f"{order.overlays}/regions/{layer.name}/{order.case}.yaml", ()
    return f"{order.overlays}/{layer.sort}s/{layer.name}.yaml", ("cases", order.case)


def _manifests(order: Order, templates: Sequence[_Template], found: Mapping[Value, Path]) -> dict[str, str]:
    files: dict[str, str] = {}
    for one in templates:
        stem = _UNSAFE.sub("-", f"{one.kind}-{one.name}".lower())[:_LONGEST]
        number, name = 1, stem
        while (file := f"{order.blueprints}/{order.case}/manifests/{name}.yaml.j2") in files:
            number += 1
            name = f"{stem}-{number}"
        files[file] = writing.Writer(found).template(one.node, one.condition)
    return files


def _blueprint(order: Order) -> str:
    title = order.case.replace("-", " ").capitalize()
    description = order.description or f"{title}, as it was adopted."
    return emit.emit({"name": order.case, "title": title, "description": description, "namespace": order.namespace})


def _readme(order: Order) -> str:
    return f"""\
# {order.case.replace("-", " ").capitalize()}

Adopted by `gitopsgen import` from the manifests of {len(order.cities)} {"cities" if len(order.cities) > 1 else "city"}.

`manifests/` has one object a file.
`values.yaml` has what most cities have of that in which they differ, `values.schema.json` tells which values there are.
What other cities have stands in the overlays.
"""


def _schema(order: Order, found: Mapping[Value, Path]) -> str:
    root: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": order.case,
        "type": "object",
        "additionalProperties": False,
        "properties": {},
    }
    for value, path in sorted(found.items(), key=lambda one: one[1]):
        place = root
        for step in path[:-1]:
            new = {"type": "object", "additionalProperties": False, "properties": {}}
            place = place["properties"].setdefault(step, new)
        samples = [one for one in value.by_place.values() if one is not MISSING]
        way = ".".join(step.word for step in value.field)
        place["properties"][path[-1]] = {"description": f"{value.owner}: {way}", **schema_of(samples)}
    return json.dumps(root, ensure_ascii=False, indent=2) + "\n"
