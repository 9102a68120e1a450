"""What a newer template brings into files of a case that were there before the service."""

from __future__ import annotations

import shutil

import pytest
import yaml

from gitopsgen.scaffold.entries import Clash, merge_entry
from gitopsgen.scaffold.template import TEMPLATES
from tests.unit.test_scaffold import changed, fresh, is_clean, repository, run, tree

__all__ = ["fresh", "repository"]

OURS = """\
# top
a:
  workload:
    name: a   # mine
    # why
    size: 5
    ports:
      - {name: http, port: 80}
      - {name: mine, port: 1}
  keep: 1
flows:
  - name: x
    reason: old
    ports: [1]
  - name: other
    ports: [3]
args: [/a]
b: 2
"""
BASE = """\
a:
  workload: {name: a, size: 5, ports: [{name: http, port: 80}]}
flows:
  - {name: x, reason: old, ports: [1]}
args: [/a]
"""


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("name: a,", "name: b,", "    name: a   # mine\n", "    name: b   # mine\n"),
        ("port: 80", "port: 81", "port: 80", "port: 81"),
        ("reason: old", "reason: new", "reason: old", "reason: new"),
        ("size: 5, ", "", "    # why\n    size: 5\n", ""),
        ("args: [/a]\n", "", "args: [/a]\n", ""),
        ("args: [/a]\n", "args:\n  - /b\n", "args: [/a]\n", "args:\n  - /b\n"),
        ("size: 5", "size: 5, more: {x: 1}", "port: 1}\n", "port: 1}\n    more: {x: 1}\n"),
        ("  - {name: x", "  # new\n  - {name: z}\n  - {name: x", "ports: [3]\n", "ports: [3]\n  # new\n  - name: z\n"),
        ("size: 5", "size: {small: 1}", "size: 5", "size: {small: 1}"),
    ],
)
def test_what_the_template_changed_comes_in_and_every_other_byte_stays(old, new, before, after):
    assert (old in BASE, before in OURS) == (True, True)

    merged, clashes = merge_entry(OURS, BASE, BASE.replace(old, new), "values.yaml")

    expected = OURS.replace(before, after)
    assert (merged.replace("{name: z}", "name: z"), clashes) == (expected, ())
    assert merge_entry(merged, BASE.replace(old, new), BASE.replace(old, new), "values.yaml")[0] == merged


@pytest.mark.parametrize(
    ("theirs", "clash"),
    [
        (BASE.replace("size: 5", "size: 7"), Clash(6, 11, "7")),
        (BASE.replace("size: 5, ", ""), Clash(6, 11, "nothing")),
    ],
)
def test_what_both_changed_stays_as_people_have_it_and_is_told(theirs, clash):
    base = BASE.replace("size: 5", "size: 4")

    assert merge_entry(OURS, base, theirs, "values.yaml") == (OURS, (clash,))


def test_what_people_took_out_does_not_come_back():
    ours = OURS.replace("    # why\n    size: 5\n", "")

    assert merge_entry(ours, BASE, BASE.replace("size: 5", "size: 6"), "values.yaml") == (ours, ())


@pytest.fixture
def newer(monkeypatch, tmp_path):
    """The template of what goes into a GitOps repository, to be changed."""
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    monkeypatch.setattr("gitopsgen.scaffold.template.TEMPLATES", templates)
    return templates / "gitops/{{cookiecutter.case}}"


def test_an_upgrade_reaches_the_entries_of_a_service_in_its_case(repository, newer):
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)
    values = repository / "blueprints/hello/values.yaml"
    changed(values, "    name: orders\n", "    name: orders  # ours\n")
    changed(values, "    workload: orders\n    min: 2\n", "    workload: orders\n    min: 3\n")
    changed(newer / "values.yaml", 'POLICY_TIMEOUT_MS: "50"', 'POLICY_TIMEOUT_MS: "40"')
    (repository / ".scaffold/service-hello.yaml").unlink()
    before = values.read_text("utf-8")

    said = run("upgrade", "--check", cwd=repository, code=1)
    run("upgrade", cwd=repository)

    assert "merged: blueprints/hello/values.yaml\n" in said
    head, mark, rest = before.rpartition('POLICY_TIMEOUT_MS: "50"')
    assert mark
    assert values.read_text("utf-8") == f'{head}POLICY_TIMEOUT_MS: "40"{rest}'
    assert is_clean(repository)
    assert "as today's templates" in run("upgrade", "--check", cwd=repository)


def test_a_change_on_both_sides_of_an_entry_is_told_with_its_place(repository, newer):
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)
    values = repository / "blueprints/hello/values.yaml"
    head, _, rest = values.read_text("utf-8").rpartition('POLICY_TIMEOUT_MS: "50"')
    values.write_text(f'{head}POLICY_TIMEOUT_MS: "60"{rest}', "utf-8")
    changed(newer / "values.yaml", 'POLICY_TIMEOUT_MS: "50"', 'POLICY_TIMEOUT_MS: "40"')
    (repository / ".scaffold/service-hello.yaml").unlink()
    before = values.read_text("utf-8")

    said = run("upgrade", cwd=repository, code=1)

    line = before[: len(head)].count("\n") + 1
    assert f"blueprints/hello/values.yaml:{line}:26: error[GG197]" in said
    assert 'which has now: "40"' in said
    assert values.read_text("utf-8") == before


def test_a_service_of_an_earlier_version_is_told_and_merged_from_then_on(repository, newer):
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)
    lock = repository / ".scaffold/service-orders.yaml"
    recorded = yaml.safe_load(lock.read_text("utf-8"))
    assert set(recorded.pop("entries")) == {"blueprint.yaml", "values.yaml"}
    recorded["answers"]["package"] = "orders"  # as it was called then
    lock.write_text(yaml.safe_dump(recorded), "utf-8")
    (repository / ".scaffold/service-hello.yaml").unlink()
    changed(newer / "values.yaml", 'POLICY_TIMEOUT_MS: "50"', 'POLICY_TIMEOUT_MS: "40"')
    files = [repository / f"blueprints/hello/{name}.yaml" for name in ("blueprint", "values")]
    before = [file.read_bytes() for file in files]

    said = run("upgrade", cwd=repository)

    assert "blueprints/hello/values.yaml: warning[GG198] what orders has here is from a version that did not" in said
    assert [file.read_bytes() for file in files] == before
    changed(newer / "values.yaml", "tag: {{ cookiecutter.tag | tojson }}", 'tag: "0.2.0"')
    changed(newer / "values.yaml", "min: 2", "min: 3")
    again = run("upgrade", cwd=repository)
    assert "GG198" not in again
    assert "    workload: orders\n    min: 3\n" in files[1].read_text("utf-8")
    assert tree(repository)
