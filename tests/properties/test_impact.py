"""Impact is exact: what it foretells of an edit is what a render of the edited files changes."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
import yaml

from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Outcome
from gitopsgen.load import load
from gitopsgen.pipeline import RenderOptions, render
from gitopsgen.pipeline.dependents import Question
from gitopsgen.pipeline.fields import shown
from gitopsgen.pipeline.project import open_project
from gitopsgen.pipeline.work import RegionWork
from gitopsgen.template.origins import leaves
from gitopsgen.tree import output_of

ROOT = Path(__file__).parents[2]
DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))
CITIES = ("chengdu", "lhasa", "shanghai", "suzhou", "wuhu") if DEEP else ("lhasa",)
EDITS = 300 if DEEP else 4
pytestmark = [pytest.mark.deep] if DEEP else []
# Names that files, layers and objects are found by: another value makes other files, not another output of the same.
IDENTITY = {"name", "tier", "area", "environment", "versionSet", "failover", "cases", "wave", "hub", "waves"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("impact")
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "gitopsgen.yaml", root)
    done = render(root, RenderOptions(Selection(regions=CITIES)))
    assert done.created
    return root


def contents(root):
    """Render the cities and give each file's bytes, None where an input is refused; nothing is written or judged."""
    opened = open_project(root, Selection(regions=CITIES))
    if Outcome(None, opened.diagnostics).failed:
        return None
    work = RegionWork(opened.regions, None)
    list(work.judge(opened.members()))
    return {one.path: one.content for one in work.rendered}


class Untagged(yaml.SafeLoader):
    """Reads what stands under a merge tag as if the tag were not there; what is deleted is null."""


def plain(loader, _, node):
    construct = {"sequence": loader.construct_sequence, "mapping": loader.construct_mapping}.get(node.id)
    return construct(node, deep=True) if construct else None


Untagged.add_multi_constructor("!", plain)


def editable(root):
    """Give every scalar of the overlays that concern the cities, with the line that holds it."""
    found = []
    files = {root / "overlays/fleet.yaml"}
    for city in CITIES:
        facts = yaml.safe_load((root / f"overlays/regions/{city}/region.yaml").read_text())["facts"]
        files |= {root / f"overlays/tiers/{facts['tier']}.yaml", root / f"overlays/areas/{facts['area']}.yaml"}
        files |= set((root / "overlays/regions" / city).rglob("*.yaml"))
    for file in sorted(file for file in files if file.exists()):
        node = yaml.compose(file.read_text())
        if isinstance(node, yaml.MappingNode):
            data = yaml.load(file.read_text(), Untagged)  # noqa: S506 - a SafeLoader
            for path in leaves(data, ()):
                scalar = scalar_at(node, path)
                if scalar is not None and not IDENTITY & {step for step in path if isinstance(step, str)}:
                    found.append((file.relative_to(root).as_posix(), path, scalar))
    return found


def scalar_at(node, path):
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == step)
        elif isinstance(node, yaml.SequenceNode):
            node = node.value[step]
    plain = isinstance(node, yaml.ScalarNode) and node.start_mark.line == node.end_mark.line
    return node if plain and node.style in (None, "", '"', "'") else None


def another(scalar, chance):
    """Give another value of the same type."""
    if scalar.tag.endswith(":bool"):
        return "false" if scalar.value == "true" else "true"
    if scalar.tag.endswith(":int"):
        return str(int(scalar.value) + chance.choice([1, 2, 7]))
    if scalar.tag.endswith(":float"):
        return f"{float(scalar.value) + 0.25:.3f}"
    return f'"{scalar.value}x"' if scalar.value else '"x"'


def test_impact_of_random_edits_is_what_a_render_changes(project):
    before = contents(project)
    question = Question(load(project).value, output_of(project, "generated"))
    question.entries = {path: entry for path, entry in question.entries.items() if path.split("/")[0] in CITIES}
    foretold, happened, edits, idle = 0, 0, 0, 0
    for file, path, scalar, new, predicted in chosen(project, question):
        if not predicted and idle >= EDITS / 2:
            continue
        target = project / file
        text = target.read_text()
        target.write_text(text[: scalar.start_mark.index] + new + text[scalar.end_mark.index :])
        try:
            after = contents(project)
        finally:
            target.write_text(text)
        if after is None or len(after) < len(before) - 40:
            continue  # the value is refused, by a schema or a template: nothing is rendered to compare
        changed = {one for one in {*before, *after} if before.get(one) != after.get(one)}
        changed = {one for one in changed if not one.endswith("kustomization.yaml")}  # lists files, reads no value
        assert changed <= predicted, (file, path, new, sorted(changed - predicted)[:5])
        foretold, happened, edits = foretold + len(predicted), happened + len(changed), edits + 1
        idle += not predicted
        if edits == EDITS:
            break

    assert edits == EDITS
    assert happened >= EDITS / 2  # the edits do change files
    assert foretold - happened <= 0.01 * happened


def chosen(project, question):
    """Choose edits, and foretell what each changes."""
    chance = random.Random(11)  # noqa: S311 - a repeatable choice
    candidates = editable(project)
    for _ in range(EDITS * 20):
        file, path, scalar = chance.choice(candidates)
        new = another(scalar, chance)
        yield file, path, scalar, new, set(question.of_file(f"{file}#{shown(path)}={new}"))
