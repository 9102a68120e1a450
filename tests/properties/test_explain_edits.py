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

from gitopsgen import argocd
from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Severity
from gitopsgen.pipeline.chains import chain
from gitopsgen.pipeline.chains import scalars as scalar_paths
from gitopsgen.pipeline.fields import parse_path
from gitopsgen.pipeline.fleet_chains import FleetChains
from gitopsgen.pipeline.listings import listed, of_case
from gitopsgen.pipeline.project import UnrenderedError, open_project
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.origins import leaves
from tests.projects import two_cases

ROOT = Path(__file__).parents[2]
DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))
CITIES = ("wuhu", "suzhou", "shanghai") if DEEP else ("suzhou",)
BATCH = 40
SOME = 60  # of some 1,500 origins a city: all of them are for `make deep`
pytestmark = [pytest.mark.deep] if DEEP else []

# Where another value makes another project, not another scalar: names that files and layers are found by.
IDENTITY = re.compile(
    r"^(case\.(name|namespace)|region\.(name|tier|area|environment)|cluster\.(name|region|versionSet))$"
)
SHARED = re.compile(r", (total|weight\b.*)$")
FOUND_BY = ("modern", "seed", "edge", "back", "suzhou", "wuxi")  # version sets; clusters and regions of the small fleet


@dataclass
class Origin:
    """One place to edit, and the scalars that it decides or steers; `around` are those that its list steers."""

    file: str
    line: int
    column: int | None
    value: object
    is_literal: bool
    is_identity: bool = False
    decides: set = field(default_factory=set)
    steers: set = field(default_factory=set)
    around: set = field(default_factory=set)
    path: str = ""


def scalars(root, city):
    """Give every scalar of a city's rendered files by file and path, without checks."""
    opened = open_project(root, Selection(regions=(city,)))
    found, errors = {}, [one for one in opened.diagnostics if one.severity is Severity.ERROR]
    for variant in opened.variants:
        for instance in instances(opened, variant):
            try:
                for made in opened.engine.render(instance, variant.context):
                    found |= texts_of(named(variant, instance, made), made)
            except TemplateErrors as error:
                errors += error.errors
    return found, errors


def instances(opened, variant):
    blueprint = opened.project.blueprints[variant.id.case]
    return [*opened.engine.instances(blueprint), opened.regions.application_of(variant.id.case)]


def named(variant, instance, made):
    """Name a document by what makes it, and where: an edited name gives its file another one."""
    return f"{variant.id} {instance.template.path} {'.'.join(instance.template.at)} {made.document}"


def texts_of(name, made):
    if made.data is None:
        return {(name, ()): made.content}
    entry = {(name, ("listed",)): made.name} if made.is_resource else {}  # in the kustomization
    return {(name, path): value_at(made.data, path) for path in leaves(made.data, ())} | entry


def value_at(data, path):
    for step in path:
        data = data[step]
    return data


def origins_of(root, city):
    """Ask explain for every scalar, and turn the answers round: each origin with what names it."""
    opened = open_project(root, Selection(regions=(city,)))
    origins = {}
    for variant in opened.variants:
        files = {}
        for instance in instances(opened, variant):
            for made in opened.engine.render(instance, variant.context):
                files[made.name] = named(variant, instance, made)
                for path in scalar_paths(made.data, ""):
                    told = chain(opened, (variant, instance, made), path, made.name)
                    note(origins, told, (files[made.name], path))
        for told in listed(opened, "kustomization.yaml", "resources", of_case(opened, variant)):
            note(origins, told, (files[told.value], ("listed",)))
    return origins


def fleet_scalars(root):
    """Give every scalar of `generated/argocd/`, without checks."""
    try:
        chains = FleetChains(open_project(root, Selection()))
    except UnrenderedError as error:
        return {}, error.diagnostics
    found = {}
    for one in chains.fleet.objects:
        found |= texts_of(fleet_name(one), one.made)
    return found, ()


def fleet_name(one):
    return f"{one.instance.template.path} of {one.variant.id.case}"


def fleet_origins_of(root):
    """Ask explain for every scalar of `generated/argocd/`."""
    opened = open_project(root, Selection())
    chains = FleetChains(opened)
    origins, files = {}, {one.made.name: fleet_name(one) for one in chains.fleet.objects}
    for name, file in files.items():
        for told in chains.explained(name, name, ""):
            note(origins, told, (file, parse_path(told.field)))
    for told in listed(opened, "kustomization.yaml", "resources", chains.entries()):
        note(origins, told, (files[told.value], ("listed",)))
    return origins


def note(origins, told, scalar):
    for place in told.literals:
        key = (place.file, place.line, None, repr(told.value) if not isinstance(told.value, str) else "text")
        one = origins.setdefault(key, Origin(place.file, place.line, None, told.value, is_literal=True))
        one.decides.add(scalar)
    for kind, values in (("decides", told.origins), ("steers", told.steering)):
        for value in values:
            for winner in value.winners:
                is_literal = winner.layer == "template"  # what a fact of the fleet sums up
                column = None if is_literal else winner.location.column
                key = (winner.location.file, winner.location.line, column)
                one = origins.setdefault(key, Origin(*key, winner.value, is_literal=is_literal))
                # a share of a total is rounded: another weight may leave it as it is
                getattr(one, "steers" if SHARED.search(winner.layer) else kind).add(scalar)
                one.path = value.path
                one.is_identity |= IDENTITY.match(value.path) is not None or winner.value in FOUND_BY
                one.is_identity |= winner.layer.startswith("share of ")  # the line that asks for it: it holds no value


def changed_value(text):
    """Give a scalar, as written, another value of its type and shape; None where there is no obvious one."""
    quote = text[0] if text[:1] in {'"', "'"} else ""
    body = text.strip(quote) if quote else text
    if body in {"true", "false"} and not quote:
        return "false" if body == "true" else "true"
    version = re.fullmatch(r"([a-z0-9.-]+/)?v\d+((?:alpha|beta)\d+)?", body)  # of an API: its group is a scalar too
    if version and not quote:
        return f"x{body}" if version[1] else f"x/{body}"
    number = re.fullmatch(r"(-?\d+)((?:\.\d+)?)([A-Za-z%]*)", body)
    if number:
        more = max(1, int(number[1]) // 10)  # what is made of a large number may be rounded
        return f"{quote}{int(number[1]) + more}{number[2]}{number[3]}{quote}"
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
    # A line of a text: a word of it that the text has, too.
    outside = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", lambda hole: " " * len(hole[0]), line)
    words = [one for one in re.finditer(r"[^\W\d]{2,}|[^\W]+", outside) if one[0] in shown]
    return line[: words[-1].end()] + "x" + line[words[-1].end() :] if words else None


def last(pattern, line):
    found = list(re.finditer(pattern, line))
    return found[-1] if found else None


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """Give the templates of the tool itself a place where they can be edited."""
    own = tmp_path / "gitopsgen/argocd"
    shutil.copytree(argocd.DIRECTORY, own)
    monkeypatch.setattr(argocd, "DIRECTORY", own)
    return tmp_path


@pytest.fixture
def project(tmp_path, packaged):
    for name in ("blueprints", "overlays"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "gitopsgen.yaml", tmp_path)
    (tmp_path / "schemas").mkdir()
    return tmp_path


@pytest.fixture
def small(packaged):
    two_cases(packaged)
    return packaged


@pytest.mark.parametrize("city", CITIES)
def test_an_edited_origin_changes_what_names_it_and_nothing_else(project, city):
    every_origin_is_right(project, lambda root: scalars(root, city), origins_of(project, city))


def test_an_edited_origin_changes_what_argo_cd_is_told_and_nothing_else(small):
    every_origin_is_right(small, fleet_scalars, fleet_origins_of(small))


def every_origin_is_right(project, read, origins):
    before, _ = read(project)
    named = {scalar for origin in origins.values() for scalar in origin.decides}
    silent = [scalar for scalar, value in before.items() if scalar not in named and scalar[1] and value not in ([], {})]
    assert silent == []  # every scalar has an origin

    # What chose as a whole, as a list that is sorted does, may choose otherwise when a member of it is another one.
    for whole in [one for one in origins.values() if one.steers and isinstance(one.value, list | dict)]:
        for one in origins.values():
            if one.file == whole.file and one is not whole and one.path.startswith(whole.path):
                one.around |= whole.steers
    decisive = [one for one in origins.values() if one.decides and not one.is_identity and one.value not in ({}, [])]
    random.Random(7).shuffle(decisive)  # noqa: S311 - a repeatable order
    calm = [origin for origin in decisive if not origin.steers and not is_image(origin)]
    restless = [origin for origin in decisive if origin.steers and not is_image(origin)]
    batches = [
        layer[start : start + BATCH]
        for layer in layers(calm if DEEP else calm[:SOME])
        for start in range(0, len(layer), BATCH)
    ]
    batches += [[one] for one in (restless if DEEP else restless[:4])]

    edited = sum(check_batch(project, read, batch, before) for batch in batches)
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


def check_batch(project, read, batch, before):
    """Edit many origins at once; where something is off, halve until it is one origin's fault."""
    used, problem = problem_with(project, read, batch, before)
    if problem and len(batch) > 1:
        half = len(batch) // 2
        return check_batch(project, read, batch[:half], before) + check_batch(project, read, batch[half:], before)
    assert not problem, problem
    return used


def problem_with(project, read, batch, before):
    kept = {path: path.read_bytes() for path in {project / origin.file for origin in batch} if path.is_file()}
    used, places = [], set()
    for origin in batch:
        place = (origin.file, origin.line)
        if place not in places and edit(project, origin):
            used.append(origin)
            places.add(place)
    after, errors = read(project)
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
    allowed = {scalar for origin in used for scalar in origin.decides | origin.steers | origin.around}
    strangers = changed - allowed
    if strangers and not any(origin.steers for origin in used):
        return f"{[(one.file, one.line, one.value) for one in used]} also changes {sorted(strangers)[:3]}"
    return ""
