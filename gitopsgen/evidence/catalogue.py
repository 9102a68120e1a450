"""The catalogue: what supports which control of which standard. Read from `catalogue/`, judged, frozen.

A mistake in it is a mistake of this package: it raises, and a test keeps the shipped one right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import yaml

from gitopsgen.evidence.conditions import Condition, Test, parse

FRAMEWORKS: Final = ("pci-dss", "soc2", "gdpr", "mlps")
FOLDER: Final = Path(__file__).parent / "catalogue"


class CatalogueError(Exception):
    """A catalogue that cannot be used; says everything that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Support:
    """Something in a manifest that supports a control.

    An object of one of `kinds` (`Kind.group`), or a file whose path below the cluster fits `file`, of which `among`
    is true is considered; it supports where all of `where` holds, or `line` is found in its text.
    `every` asks this of all that are considered, `covers` of one object in each namespace that the case makes.
    What `holds` for the cluster supports every case on it; `limits` says what it does not show.
    Who has one of `instead` does not lack this one.
    """

    id: str
    says: str
    kinds: frozenset[str] = frozenset()
    file: re.Pattern[str] | None = None
    line: re.Pattern[str] | None = None
    among: tuple[Condition, ...] = ()
    where: tuple[Condition, ...] = ()
    every: bool = False
    covers: bool = False
    holds: str = "case"
    limits: str = ""
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a standard: its number, what it asks in our words, and the ids of what supports it.

    `wanted` says what would support it, where nothing does.
    """

    number: str
    title: str
    supports: tuple[str, ...]
    wanted: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A standard, with those of its controls of which manifests can say something."""

    name: str
    title: str
    note: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that may support something, by id, and the standards by name."""

    supports: Mapping[str, Support]
    frameworks: Mapping[str, Framework]


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read and judge a catalogue; raises CatalogueError with all that is wrong."""
    schema = json.loads((folder / "schema.json").read_text("utf-8"))
    wrong: list[str] = []
    supports = _supports(_judged(folder / "supports.yaml", schema, "supports", wrong), wrong)
    frameworks = {
        name: _framework(name, _judged(folder / f"{name}.yaml", schema, "framework", wrong)) for name in FRAMEWORKS
    }
    wrong += _mistakes(supports, frameworks)
    if wrong:
        raise CatalogueError("; ".join(wrong))
    return Catalogue(supports, frameworks)


def _judged(file: Path, schema: Mapping[str, Any], part: str, wrong: list[str]) -> Any:
    """Read a file of the catalogue; what has another shape than it should is left out."""
    data = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    own = {"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"}
    found = [
        f"{file.name}: {'.'.join(map(str, error.instance_path))}: {error.message}"
        for error in jsonschema_rs.Draft202012Validator(own).iter_errors(data)
    ]
    wrong += found
    return {} if found else data


def _supports(data: Mapping[str, Any], wrong: list[str]) -> dict[str, Support]:
    made = {}
    for name, one in data.items():
        try:
            made[name] = _support(name, one)
        except (ValueError, re.error) as error:
            wrong.append(f"supports.yaml: {name}: {error}")
    return made


def _support(name: str, data: Mapping[str, Any]) -> Support:
    kinds = data.get("kind", [])
    return Support(
        name,
        data["says"],
        frozenset([kinds] if isinstance(kinds, str) else kinds),
        re.compile(translate(data["file"])) if "file" in data else None,
        re.compile(data["line"], re.MULTILINE) if "line" in data else None,
        tuple(_conditions(data.get("among", {}))),
        tuple(_conditions(data.get("where", {}))),
        data.get("every", False),
        data.get("covers", False),
        data.get("holds", "case"),
        data.get("limits", ""),
        tuple(data.get("instead", ())),
    )


def _conditions(written: Mapping[str, Any]) -> Iterator[Condition]:
    for path, asked in written.items():
        test = Test(
            equals=asked.get("is"),
            among=tuple(asked["in"]) if "in" in asked else None,
            matches=re.compile(asked["matches"], re.MULTILINE) if "matches" in asked else None,
            at_least=asked.get("at-least"),
            has=tuple(asked["has"]) if "has" in asked else None,
        )
        is_asked = bool({"is", "in", "matches", "at-least", "has"} & set(asked))
        flags = {"every": "every", "denied": "not", "missing": "or-absent", "none": "absent"}
        given = {ours: asked.get(theirs, False) for ours, theirs in flags.items()}
        yield Condition(parse(path), test if is_asked else None, **given)


def _framework(name: str, data: Mapping[str, Any]) -> Framework:
    controls = tuple(
        Control(one["number"], one["title"], tuple(one.get("supports", ())), one["wanted"])
        for one in data.get("controls", ())
    )
    return Framework(name, data.get("title", ""), data.get("note", ""), controls)


def _mistakes(supports: Mapping[str, Support], frameworks: Mapping[str, Framework]) -> Iterator[str]:
    used = {name for one in frameworks.values() for control in one.controls for name in control.supports}
    for framework in frameworks.values():
        yield from _mistakes_of(framework, supports)
    for support in supports.values():
        if support.id not in used:
            yield f'supports.yaml: "{support.id}" supports no control'
        yield from (f'supports.yaml: {support.id} names "{one}"' for one in support.instead if one not in supports)


def _mistakes_of(framework: Framework, supports: Mapping[str, Support]) -> Iterator[str]:
    numbers = [control.number for control in framework.controls]
    for number in sorted({one for one in numbers if numbers.count(one) > 1}):
        yield f"{framework.name}.yaml: control {number} stands there twice"
    for control in framework.controls:
        for name in control.supports:
            if name not in supports:
                yield f'{framework.name}.yaml: control {control.number} names "{name}", which supports.yaml has not'
