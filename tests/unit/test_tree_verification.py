"""Every way in which a committed tree can differ, planted and told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitopsgen.tree import Output, Rendered, output_of, plan, read_ledgers, verify, write
from tests.faults import killed_after

A, B, C = "shanghai/edge/pay/a.yaml", "shanghai/edge/pay/b.yaml", "shanghai/edge/bank/c.yaml"
LEDGER = "shanghai/.ledger.json"
Files = dict[str, str]
CLEAN: Files = {A: "a: 1\n", B: "b: 1\n", C: "c: 1\n"}


def rendered(files: Files) -> list[Rendered]:
    return [Rendered(path, text.encode(), path.rpartition("/")[0], "t.j2", "t", "i") for path, text in files.items()]


def render(output: Output, files: Files) -> None:
    assert not write(plan(output, "shanghai", rendered(files))).failed


@pytest.fixture
def output(tmp_path: Path) -> Output:
    made = output_of(tmp_path, "generated")
    render(made, CLEAN)
    return made


def put(path: str, text: str = "mine\n") -> Callable[[Output], None]:
    def act(output: Output) -> None:
        (output.path / path).parent.mkdir(parents=True, exist_ok=True)
        (output.path / path).write_text(text)

    return act


def remove(path: str) -> Callable[[Output], None]:
    return lambda output: (output.path / path).unlink()


def link(path: str) -> Callable[[Output], None]:
    def act(output: Output) -> None:
        (output.path / path).unlink(missing_ok=True)
        (output.path / path).symlink_to("/etc/passwd")

    return act


def nothing(_output: Output) -> None:
    """Leave the tree as the last render made it."""


@pytest.mark.parametrize(
    ("act", "fresh", "kind", "path"),
    [
        (put(A), CLEAN, "edited-file", A),
        (put(A, ""), CLEAN, "edited-file", A),
        (link(A), CLEAN, "edited-file", A),
        (nothing, CLEAN | {A: "a: 2\n"}, "stale-file", A),
        (nothing, {A: "a: 1\n", C: "c: 1\n"}, "stale-file", B),
        (nothing, CLEAN | {"shanghai/edge/pay/new": ""}, "stale-file", "shanghai/edge/pay/new"),
        (put(A, "a: 2\n"), CLEAN | {A: "a: 2\n"}, "stale-file", A),
        (remove(A), CLEAN, "missing-file", A),
        (nothing, {A: "a: 1\n", B: "b: 1\n"}, "orphan-file", C),
        (put("shanghai/notes.txt"), CLEAN, "foreign-file", "shanghai/notes.txt"),
        (link("shanghai/link"), CLEAN, "foreign-file", "shanghai/link"),
        (put("README.md"), CLEAN, "foreign-file", "README.md"),
        (put("elsewhere/notes.txt"), CLEAN, "foreign-file", "elsewhere/notes.txt"),
        (put("nul/notes.txt"), CLEAN, "foreign-file", "nul"),
        (put("shanghai/edge/.gitopsgen-tmp"), CLEAN, "interrupted-write", "shanghai/edge/.gitopsgen-tmp"),
        (put(".gitopsgen-stage-beijing/a"), CLEAN, "interrupted-write", ".gitopsgen-stage-beijing"),
    ],
)
def test_each_deviation_is_told_apart(output, act, fresh, kind, path):
    act(output)
    outcome = verify(output, [("shanghai", rendered(fresh))])

    assert outcome.value == {kind: (path,)}
    assert [found.location.file for found in outcome.diagnostics] == [f"generated/{path}"]
    assert outcome.diagnostics[0].hint


def test_a_clean_tree_has_nothing_to_say(output):
    put("../.gitopsgen/anything")(output)

    assert verify(output, [("shanghai", rendered(CLEAN))]).value == {}


def test_a_region_that_is_no_more_is_all_orphans(output):
    assert verify(output, []).value == {"orphan-file": (C, A, B)}
    assert verify(output, [], is_complete=False).value == {}


def test_a_selection_leaves_other_owners_out(output):
    put(C)(output)
    fresh = rendered({A: "a: 1\n"})
    outcome = verify(output, [("shanghai", fresh)], in_scope=lambda owner: owner.endswith("pay"), is_complete=False)

    assert outcome.value == {"stale-file": (B,)}


def test_an_output_that_was_never_written_is_stale(tmp_path):
    outcome = verify(output_of(tmp_path, "generated"), [("shanghai", rendered({A: ""}))])

    assert outcome.value == {"stale-file": (A,)}


def test_a_ledger_entry_that_is_out_of_date_is_stale(output):
    fresh = [one._replace(inputs="other") if one.path == A else one for one in rendered(CLEAN)]

    assert verify(output, [("shanghai", fresh)]).value == {"stale-file": (A,)}


def test_a_stopped_run_is_told_from_hand_edits(output):
    new = {path: f"{text}new: 1\n" for path, text in CLEAN.items()}
    with killed_after(7):
        render(output, new)
    found = verify(output, [("shanghai", rendered(new))]).value

    assert found["interrupted-write"][0] == "shanghai/.gitopsgen-journal.json"
    assert set(found) == {"interrupted-write", "stale-file"}
    assert len(found["interrupted-write"]) + len(found["stale-file"]) == 1 + len(new)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("{\n<<<<<<< HEAD\n", "unmerged-ledger", 2),
        ('{\n"schema": 1,\n"files": {\n"a" 3\n', "corrupt-ledger", 4),
        ('{"schema": 9, "files": {}}', "corrupt-ledger", 1),
        ('{"schema": 1}', "corrupt-ledger", 1),
        ("\udcff".encode(errors="surrogateescape"), "corrupt-ledger", 1),
        ("[" * 100_000, "corrupt-ledger", 1),
    ],
)
def test_a_ledger_that_cannot_be_read_is_named_with_its_line(output, text, kind, line):
    (output.path / LEDGER).write_bytes(text if isinstance(text, bytes) else text.encode())
    outcome = verify(output, [("shanghai", rendered(CLEAN))])

    assert outcome.value[kind] == (LEDGER,)
    assert [found.location.line for found in outcome.diagnostics if found.name == kind] == [line]


def test_a_region_behind_a_symbolic_link_is_refused(tmp_path, output):
    (output.path / "shanghai").rename(tmp_path / "elsewhere")
    (output.path / "shanghai").symlink_to(tmp_path / "elsewhere")

    assert verify(output, [("shanghai", rendered(CLEAN))]).value == {"blocked-path": ("shanghai",)}


def test_the_ledgers_say_who_owns_what(output):
    ((region, outcome),) = read_ledgers(output)

    assert region == "shanghai"
    assert {path: entry.owner for path, entry in outcome.value.items()} == {
        path: path.rpartition("/")[0] for path in CLEAN
    }
    assert list(read_ledgers(output_of(output.path, "nowhere"))) == []

    (output.path / LEDGER).write_text((output.path / LEDGER).read_text()[:-8])
    ((_, broken),) = read_ledgers(output)

    assert [found.name for found in broken.diagnostics] == ["corrupt-ledger"]
    assert broken.value.keys() == CLEAN.keys()
