"""What explain names is what to edit: each origin, edited, changes the scalars that name it, and no others."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gitopsgen.compose import Selection
from gitopsgen.pipeline.explain import explained_field
from gitopsgen.pipeline.project import open_project
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.explain import explain
from gitopsgen.template.origins import leaves

ROOT = Path(__file__).parents[2]
CITIES = ("wuhu", "suzhou", "shanghai")
DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))
BATCH = 40
SOME = 120  # of some 1,500 origins a city: all of them are for `make deep`
pytestmark = [pytest.mark.deep] if DEEP else []

# Where another value makes another project, not another scalar: names that files and layers are found by.
IDENTITY = re.compile(
    r"^(case\.(name|namespace)|region\.(name|tier|area|environment)|cluster\.(name|region|versionSet))$"
)


@dataclass
class Origin:
    """One place to edit, and the scalars that it decides or steers."""

    file: str
    line: int
    column: int | None
    value: object
    is_literal: bool
    is_identity: bool = False
    decides: set = field(default_factory=set)
    steers: set = field(default_factory=set)


def scalars(root, city):
    """Give every scalar of a city's rendered files by file and path, without checks."""
    opened = open_project(root, Selection(regions=(city,)))
    found, errors = {}, []
    for variant in opened.variants:
        blueprint = opened.project.blueprints[variant.id.case]
        for instance in opened.engine.instances(blueprint):
            try:
                for made in opened.engine.render(instance, variant.context):
                    found |= texts_of(named(variant, instance, made), made)
            except TemplateErrors as error:
                errors += error.errors
    return opened, found, errors


def named(variant, instance, made):
    """Name a document by what makes it, and where: an edited name gives its file another one."""
    return f"{variant.id} {instance.template.path} {'.'.join(instance.template.at)} {made.document}"


def texts_of(name, made):
    if made.data is None:
        return {(name, ()): made.content}
    return {(name, path): value_at(made.data, path) for path in leaves(made.data, ())}


def value_at(data, path):
    for step in path:
        data = data[step]
    return data


def origins_of(root, city):
    """Ask explain for every scalar, and turn the answers round: each origin with what names it."""
    opened, found, _ = scalars(root, city)
    origins = {}
    for variant in opened.variants:
        for instance in opened.engine.instances(opened.project.blueprints[variant.id.case]):
            for made in opened.engine.render(instance, variant.context):
                for path in leaves(made.data, ()) if made.data is not None else [()]:
                    source = explain(opened.engine, instance, variant.context, made.document, path)
                    value = value_at(made.data, path)
                    told = explained_field(opened, variant, (made.name, path, value), source)
                    note(origins, told, (named(variant, instance, made), path))
    return found, origins


def note(origins, told, scalar):
    for place in told.literals:
        key = (place.file, place.line, None, repr(told.value) if not isinstance(told.value, str) else "text")
        one = origins.setdefault(key, Origin(place.file, place.line, None, told.value, is_literal=True))
        one.decides.add(scalar)
    for kind, values in (("decides", told.origins), ("steers", told.steering)):
        for value in values:
            for winner in value.winners:
                key = (winner.location.file, winner.location.line, winner.location.column)
                one = origins.setdefault(key, Origin(*key, winner.value, is_literal=False))
                getattr(one, kind).add(scalar)
                one.is_identity |= IDENTITY.match(value.path) is not None or winner.value in ("modern", "seed")


def changed_value(text):
    """Give a scalar, as written, another value of its type and shape; None where there is no obvious one."""
    quote = text[0] if text[:1] in {'"', "'"} else ""
    body = text.strip(quote) if quote else text
    if body in {"true", "false"} and not quote:
        return "false" if body == "true" else "true"
    number = re.fullmatch(r"(-?\d+)((?:\.\d+)?)([A-Za-z%]*)", body)
    if number:
        return f"{quote}{int(number[1]) + 1}{number[2]}{number[3]}{quote}"
    return f"{quote}{body}x{quote}" if body else '"x"'


def edit(root, origin):
    """Edit one origin in its file; False where the place does not hold a scalar on one line."""
    path = root / origin.file
    if not path.is_file():
        return False
    text = path.read_text()
    if "/files/" in origin.file or (origin.line == 1 and origin.column is None and not origin.is_literal):
        path.write_text(text + ("\n# x\n" if not origin.file.endswith(".json") else " "))
        return True
    lines = text.split("\n")
    line = lines[origin.line - 1]
    if origin.is_literal:
        new = edited_literal(line, origin.value)
    else:
        start = (origin.column or 1) - 1
        match = re.match(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[^\s,\]}#]+(?:(?<!:) [^\s,\]}#:]+)*', line[start:])
        found = match[0].removesuffix(":") if match else ""
        replacement = (
            changed_value(found) + match[0][len(found) :] if match and match[0] not in {"|", "|-", ">-", ">"} else None
        )
        new = None if replacement is None else line[:start] + replacement + line[start + match.end() :]
    if new is None or new == line:
        return False
    lines[origin.line - 1] = new
    path.write_text("\n".join(lines))
    return True


def edited_literal(line, value):
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    for pattern in (rf'"{re.escape(shown)}"', rf"'{re.escape(shown)}'", rf"(?<![\w.-]){re.escape(shown)}(?![\w.-])"):
        if match := last(pattern, line):
            return line[: match.start()] + changed_value(match[0]) + line[match.end() :]
    # A part of the value: text beside a hole, or a literal in an expression.
    for pattern in (r"\}\}[\w/.-]+", r"[\w/.-]+(?=\{\{)", r'"[^"{}]+(?=")', r"(?<=[ :])\d+(?=[,}\]])"):
        if match := last(pattern, line):
            number = match[0].isdigit()
            new = str(int(match[0]) + 1) if number else match[0] + "x"
            return line[: match.start()] + new + line[match.end() :]
    return None


def last(pattern, line):
    found = list(re.finditer(pattern, line))
    return found[-1] if found else None


@pytest.fixture
def project(tmp_path):
    for name in ("blueprints", "overlays"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "gitopsgen.yaml", tmp_path)
    (tmp_path / "schemas").mkdir()
    return tmp_path


@pytest.mark.parametrize("city", CITIES)
def test_an_edited_origin_changes_what_names_it_and_nothing_else(project, city):
    before, origins = origins_of(project, city)
    named = {scalar for origin in origins.values() for scalar in origin.decides}
    silent = [scalar for scalar in before if scalar not in named and scalar[1]]
    assert silent == []  # every scalar has an origin

    decisive = [origin for origin in origins.values() if origin.decides and not origin.is_identity]
    random.Random(7).shuffle(decisive)  # noqa: S311 - a repeatable order
    calm = [origin for origin in decisive if not origin.steers and not is_image(origin)]
    restless = [origin for origin in decisive if origin.steers and not is_image(origin)]
    batches = [
        layer[start : start + BATCH]
        for layer in layers(calm if DEEP else calm[:SOME])
        for start in range(0, len(layer), BATCH)
    ]
    batches += [[one] for one in (restless if DEEP else restless[:6])]

    edited = sum(check_batch(project, city, batch, before) for batch in batches)
    assert edited >= 0.95 * sum(map(len, batches))  # the test itself must not shirk


def layers(origins):
    """Keep origins of one line apart: one edit a line at a time."""
    found = []
    for origin in origins:
        place = (origin.file, origin.line)
        layer = next((one for one in found if place not in one), None)
        if layer is None:
            found.append(layer := {})
        layer[place] = origin
    return [list(layer.values()) for layer in found]


def is_image(origin):
    """An image's name is looked up in the lock, which then does not hold it: an error, not a change."""
    return not origin.is_literal and any(scalar[1][-1:] == ("image",) for scalar in origin.decides)


def check_batch(project, city, batch, before):
    """Edit many origins at once; where something is off, halve until it is one origin's fault."""
    used, problem = problem_with(project, city, batch, before)
    if problem and len(batch) > 1:
        half = len(batch) // 2
        return check_batch(project, city, batch[:half], before) + check_batch(project, city, batch[half:], before)
    assert not problem, problem
    return used


def problem_with(project, city, batch, before):
    kept = {path: path.read_bytes() for path in {project / origin.file for origin in batch} if path.is_file()}
    used, places = [], set()
    for origin in batch:
        place = (origin.file, origin.line)
        if place not in places and edit(project, origin):
            used.append(origin)
            places.add(place)
    _, after, errors = scalars(project, city)
    for path, content in kept.items():
        path.write_bytes(content)
    if errors or not after:  # another value is refused, by a template or as a fact: told as an error, at its line
        return len(used), "an edit breaks a template" if len(used) > 1 else ""
    changed = {scalar for scalar in {*before, *after} if before.get(scalar) != after.get(scalar)}
    return len(used), difference(used, changed)


def difference(used, changed):
    by_line = defaultdict(set)
    for origin in used:
        by_line[origin.file, origin.line] |= origin.decides
    for origin in used:
        missing = origin.decides - changed
        if origin.is_literal and changed & by_line[origin.file, origin.line]:
            continue
        if missing:
            return f"{origin.file}:{origin.line} {origin.value!r} leaves {sorted(missing)[:3]} as it is"
    allowed = {scalar for origin in used for scalar in origin.decides | origin.steers}
    strangers = changed - allowed
    if strangers and not any(origin.steers for origin in used):
        return f"{[(one.file, one.line, one.value) for one in used]} also changes {sorted(strangers)[:3]}"
    return ""
