"""The read-sets: stored once a trace, merged by Git without a word, pruned by a whole run only."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gitopsgen.tree import Output, TreeState, output_of, plan_traces, read_traces, write_traces

TEMPLATE, OTHER = "blueprints/pay/manifests/a.yaml.j2", "blueprints/bank/manifests/b.yaml.j2"
READS = {TEMPLATE: {"t1": [["values", "x"], "truth"], "t2": []}, OTHER: {"t3": [1, None, "文"]}}


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return output_of(tmp_path, "generated")


def keep(output: Output, traces: dict, *, is_complete: bool = True):
    planned = plan_traces(output, traces, is_complete=is_complete)

    assert planned.failed or not write_traces(planned).failed
    return planned


def test_read_sets_come_back(output):
    planned = keep(output, READS)

    assert planned.created == (f".traces/{OTHER}.json", f".traces/{TEMPLATE}.json")
    assert read_traces(output).value == READS
    assert not keep(output, READS).differs


def test_a_partial_run_adds_and_a_whole_one_replaces(output):
    keep(output, READS)
    keep(output, {TEMPLATE: {"t4": [], "t1": ["new"]}}, is_complete=False)

    assert read_traces(output).value == {**READS, TEMPLATE: {"t1": ["new"], "t2": [], "t4": []}}

    planned = keep(output, {TEMPLATE: {"t4": []}})

    assert planned.deleted == (f".traces/{OTHER}.json",)
    assert read_traces(output).value == {TEMPLATE: {"t4": []}}
    assert not (output.path / ".traces/blueprints/bank").exists()


def test_one_trace_is_one_line_that_its_neighbours_do_not_change(output):
    keep(output, {TEMPLATE: {"t1": [1]}})
    file = output.path / f".traces/{TEMPLATE}.json"
    before = file.read_text().splitlines()
    keep(output, {TEMPLATE: {"t0": [0], "t1": [1], "t2": [2]}})

    assert file.read_text().splitlines() == [*before[:4], '"t0": [0],', before[4], '"t2": [2],', *before[5:]]


def test_foreign_files_are_neither_written_over_nor_deleted(output):
    file = output.path / f".traces/{TEMPLATE}.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    planned = keep(output, READS)

    assert [found.name for found in planned.diagnostics] == ["foreign-file"]

    keep(output, {OTHER: {}})

    assert file.read_text() == "{}"


def test_an_unmerged_file_gives_what_can_be_read_and_its_line(output):
    keep(output, READS)
    file = output.path / f".traces/{TEMPLATE}.json"
    file.write_text(file.read_text().replace('"t2"', '<<<<<<< HEAD\n"t2"'))
    outcome = read_traces(output)

    assert [(found.name, found.location.line) for found in outcome.diagnostics] == [("unmerged-ledger", 6)]
    assert outcome.value == READS
    assert keep(output, READS).updated == (f".traces/{TEMPLATE}.json",)
    assert not read_traces(output).diagnostics


def test_a_touched_folder_is_not_clean(output):
    state = TreeState(output, {})
    state.record(write_traces(plan_traces(output, READS, is_complete=True)).value, "k")
    time.sleep(0.03)

    assert state.save()
    assert TreeState.load(output).is_clean(".traces", "k")

    (output.path / f".traces/{TEMPLATE}.json").unlink()

    assert not TreeState.load(output).is_clean(".traces", "k")


def test_what_a_stopped_run_left_is_removed(output):
    keep(output, READS)
    leftover = output.path / ".traces/blueprints/.gitopsgen-tmp"
    leftover.write_text("{")
    keep(output, READS)

    assert not leftover.exists()


@pytest.mark.parametrize("template", ["../x", "/etc/x", "a//b", ".git/x"])
def test_unsafe_names_of_templates_are_refused(output, template):
    assert plan_traces(output, {template: {}}, is_complete=True).failed


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_symbolic_link_is_not_followed(output, tmp_path, is_complete):
    output.path.mkdir()
    (output.path / ".traces").symlink_to(tmp_path)
    planned = plan_traces(output, READS, is_complete=is_complete)

    assert [found.name for found in planned.diagnostics] == ["blocked-path"]
    assert [found.name for found in read_traces(output).diagnostics] == ["blocked-path"]
