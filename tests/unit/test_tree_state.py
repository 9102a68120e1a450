"""The stat cache: it tells a touched folder from an untouched one, and is nothing but a cache."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from gitopsgen.diagnostics import UsageError
from gitopsgen.tree import Output, Rendered, TreeState, output_of, plan, write
from tests.faults import killed_after

A = "shanghai/edge/pay/a.yaml"
SETTLED = 0.03  # seconds: longer than a tick


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return output_of(tmp_path, "generated")


def render(output: Output, text: str = "a: 1\n", *, key: str = "k", settle: bool = True) -> None:
    written = write(plan(output, "shanghai", [Rendered(A, text.encode(), "shanghai/edge/pay", "t.j2")])).value
    state = TreeState.load(output)
    state.record(written, key)
    if settle:
        time.sleep(SETTLED)

    assert state.save()


def is_clean(output: Output, key: str = "k") -> bool:
    return TreeState.load(output).is_clean("shanghai", key)


def test_an_untouched_folder_is_clean_for_its_inputs_only(output):
    assert not is_clean(output)

    render(output)

    assert is_clean(output)
    assert not is_clean(output, "other")
    assert not TreeState.load(output).is_clean("beijing", "k")


@pytest.mark.parametrize("path", [A, "shanghai/notes.txt", "shanghai/.ledger.json", "shanghai/.gitopsgen-journal.json"])
def test_any_change_is_seen(output, path):
    render(output)
    (output.path / path).write_text("a: 2\n")

    assert is_clean(output) == (path == "shanghai/notes.txt")


def test_an_edit_of_the_same_size_within_one_tick_is_seen(output):
    """The racily clean file of Git: equal stats prove nothing when the clock has not moved on."""
    render(output, settle=False)
    stat = (output.path / A).stat()
    (output.path / A).write_text("a: 2\n")
    os.utime(output.path / A, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert not is_clean(output)


def test_times_of_whole_seconds_settle_later(output):
    """Some file systems keep no more."""
    write(plan(output, "shanghai", [Rendered(A, b"a: 1\n", "shanghai/edge/pay", "t.j2")]))
    second = int(time.time())
    for one in output.path.rglob("*"):
        os.utime(one, (second, second))
    render(output)
    (output.path / A).write_text("a: 2\n")
    os.utime(output.path / A, (second, second))

    assert not is_clean(output)


def test_a_copy_is_clean_after_it_was_read(output):
    render(output)
    output.path.rename(output.path.parent / "old")
    shutil.copytree(output.path.parent / "old", output.path)
    time.sleep(SETTLED)
    state = TreeState.load(output)

    assert state.is_clean("shanghai", "k")
    assert state.save()
    assert is_clean(output)


def test_a_missing_file_or_folder_is_not_clean(output):
    render(output)
    (output.path / A).unlink()

    assert not is_clean(output)

    shutil.rmtree(output.path)

    assert not is_clean(output)


def test_a_write_that_failed_is_not_recorded(output):
    render(output)
    with killed_after(4):
        render(output, "a: 2\n")

    assert not is_clean(output)

    (output.path / A).unlink()
    (output.path / A).mkdir()
    written = write(plan(output, "shanghai", [Rendered(A, b"", "o", "t.j2")])).value
    state = TreeState.load(output)
    state.record(written, "k")

    assert not state.is_clean("shanghai", "k")


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"\xff", b'{"schema": 7}', b'{"schema": 1, "regions": {"shanghai": [1]}}', b"[" * 100_000]
)
def test_a_broken_cache_counts_as_none(output, raw):
    render(output)
    (output.state / "generated.tree.json").write_bytes(raw)

    assert not is_clean(output)

    render(output)

    assert is_clean(output)


def test_the_cache_is_never_seen_by_git(output):
    render(output)

    assert (output.state / ".gitignore").read_text() == "*\n"
    assert json.loads((output.state / "generated.tree.json").read_text())["schema"] == 1


def test_loading_makes_nothing(output):
    TreeState.load(output)

    assert not output.state.exists()


def test_a_state_directory_behind_a_symbolic_link_is_not_used(output, tmp_path):
    (tmp_path / "outside").mkdir()
    output.state.symlink_to(tmp_path / "outside")

    assert not TreeState(output, {}).save() or not list((tmp_path / "outside").iterdir())


@pytest.mark.parametrize("setting", ["", ".", "..", "/tmp", "../x", "a/../../b"])  # noqa: S108 - refused
def test_a_project_cannot_write_outside_itself(tmp_path, setting):
    with pytest.raises(UsageError):
        output_of(tmp_path, setting)


def test_outputs_of_one_project_keep_their_own_state(tmp_path):
    inside = output_of(tmp_path, "generated", tmp_path / "build" / "out")
    outside = output_of(tmp_path / "project", "generated", tmp_path / "elsewhere")

    assert (inside.label, inside.state, inside.state_name) == ("build/out", tmp_path / ".gitopsgen", "build%2Fout")
    assert (outside.label, outside.state) == (str(tmp_path / "elsewhere"), tmp_path / "elsewhere" / ".gitopsgen")
    assert outside.state_name == "output"
