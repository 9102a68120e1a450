"""The output tree: what a plan says, and what a write leaves."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

import gitopsgen.tree as tree_package
from gitopsgen.diagnostics import Severity
from gitopsgen.tree import Output, RegionPlan, Rendered, output_of, plan, plan_pruning, sweep, write
from gitopsgen.tree.ledger import read_ledger

REGION = "shanghai"


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return output_of(tmp_path, "generated")


def rendered(path: str, content: str = "a: 1\n", owner: str = "shanghai/edge/pay") -> Rendered:
    return Rendered(path, content.encode(), owner, "blueprints/pay/manifests/a.yaml.j2", "t1", "i1")


def render(output: Output, *files: Rendered, force: bool = False, scope: str = "") -> RegionPlan:
    planned = plan(output, REGION, files, force=force, in_scope=lambda owner: scope in {"", owner})
    outcome = write(planned)

    assert planned.diagnostics == outcome.diagnostics or not outcome.failed
    return planned


def text(output: Output, path: str) -> str:
    return (output.path / path).read_text()


def tree(output: Output) -> set[str]:
    found = output.path.rglob("*")
    return {str(one.relative_to(output.path)) for one in found if not one.is_dir() or one.is_symlink()}


def names(planned: RegionPlan) -> list[str]:
    return [found.name for found in planned.diagnostics]


A, B = "shanghai/edge/pay/a.yaml", "shanghai/edge/pay/b.yaml"
LEDGER = "shanghai/.ledger.json"


def test_a_first_render_writes_files_and_their_ledger(output: Output) -> None:
    planned = render(output, rendered(B), rendered(A))

    assert planned.created == (A, B)
    assert {A, B, LEDGER} == tree(output)
    entries = read_ledger((output.path / LEDGER).read_bytes()).entries
    assert list(entries) == ["edge/pay/a.yaml", "edge/pay/b.yaml"]
    assert entries["edge/pay/a.yaml"].owner == "shanghai/edge/pay"


def test_a_second_render_changes_nothing(output: Output) -> None:
    render(output, rendered(A))
    before = (output.path / LEDGER).stat()
    planned = render(output, rendered(A))

    assert planned.is_noop
    assert planned.unchanged == (A,)
    assert before.st_mtime_ns == (output.path / LEDGER).stat().st_mtime_ns


def test_a_changed_file_is_replaced_and_its_neighbour_kept(output: Output) -> None:
    render(output, rendered(A), rendered(B))
    before = (output.path / B).stat()
    planned = render(output, rendered(A, "a: 2\n"), rendered(B))

    assert (planned.updated, planned.unchanged) == ((A,), (B,))
    assert text(output, A) == "a: 2\n"
    assert before.st_ino == (output.path / B).stat().st_ino
    assert {A, B, LEDGER} == tree(output)


def test_what_is_not_rendered_any_more_goes_with_its_directory(output: Output) -> None:
    other = "shanghai/edge/bank/deep/c.yaml"
    render(output, rendered(A), rendered(other))
    planned = render(output, rendered(A))

    assert (other,) == planned.deleted
    assert not (output.path / "shanghai/edge/bank").exists()


def test_other_owners_stay_out_of_a_selection(output: Output) -> None:
    other = rendered("shanghai/edge/bank/c.yaml", owner="shanghai/edge/bank")
    render(output, rendered(A), rendered(B), other)
    planned = render(output, rendered(A), scope="shanghai/edge/pay")

    assert planned.deleted == (B,)
    assert {A, other.path, LEDGER} == tree(output)
    assert "edge/bank/c.yaml" in read_ledger((output.path / LEDGER).read_bytes()).entries


def test_a_hand_edited_file_is_refused_and_replaced_by_force(output: Output) -> None:
    render(output, rendered(A), rendered(B))
    (output.path / A).write_text("mine\n")
    planned = render(output, rendered(A, "a: 2\n"), rendered(B, "b: 2\n"))

    assert names(planned) == ["edited-file"]
    assert (planned.diagnostics[0].location.file, planned.diagnostics[0].code) == ("generated/" + A, "GG851")
    assert (text(output, A), text(output, B)) == ("mine\n", "a: 1\n")

    render(output, rendered(A, "a: 2\n"), rendered(B, "b: 2\n"), force=True)

    assert (text(output, A), text(output, B)) == ("a: 2\n", "b: 2\n")


def test_an_edited_file_that_is_not_rendered_any_more_is_not_deleted(output: Output) -> None:
    render(output, rendered(A), rendered(B))
    (output.path / B).write_text("mine\n")

    assert names(render(output, rendered(A))) == ["edited-file"]
    assert text(output, B) == "mine\n"

    render(output, rendered(A), force=True)

    assert {A, LEDGER} == tree(output)


def test_an_edit_that_equals_the_new_content_is_adopted(output: Output) -> None:
    render(output, rendered(A))
    (output.path / A).write_text("a: 2\n")
    planned = render(output, rendered(A, "a: 2\n"))

    assert (planned.unchanged, names(planned)) == ((A,), [])
    assert render(output, rendered(A, "a: 2\n")).is_noop


def test_a_foreign_file_in_the_way_is_refused(output: Output) -> None:
    (output.path / A).parent.mkdir(parents=True)
    (output.path / A).write_text("foreign\n")

    assert names(render(output, rendered(A))) == ["foreign-file"]
    assert text(output, A) == "foreign\n"


def test_foreign_files_survive_the_end_of_their_region(output: Output) -> None:
    foreign = "shanghai/edge/pay/notes.txt"
    render(output, rendered(A))
    (output.path / foreign).write_text("foreign\n")
    (removal,) = plan_pruning(output, {"beijing"})
    write(removal)

    assert {foreign} == tree(output)


def test_a_region_that_is_no_more_is_removed_whole(output: Output) -> None:
    render(output, rendered(A))
    (removal,) = plan_pruning(output, set())
    write(removal)

    assert list(output.path.iterdir()) == []
    assert list(plan_pruning(output, set())) == []


def test_a_missing_file_is_made_again(output: Output) -> None:
    render(output, rendered(A))
    (output.path / A).unlink()

    assert render(output, rendered(A)).created == (A,)
    assert text(output, A) == "a: 1\n"


def test_a_file_becomes_a_directory_and_a_directory_a_file(output: Output) -> None:
    render(output, rendered("shanghai/edge/x"), rendered("shanghai/edge/y/z"))
    planned = render(output, rendered("shanghai/edge/x/w"), rendered("shanghai/edge/y"))

    assert names(planned) == []
    assert {"shanghai/edge/x/w", "shanghai/edge/y", LEDGER} == tree(output)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "beijing/edge/a.yaml",
        "shanghai/../beijing/a.yaml",
        "shanghai/./a.yaml",
        "shanghai//a.yaml",
        "shanghai/",
        "shanghai/a\0b",
        "shanghai/a\nb",
        "shanghai/a\udc80b",
        "shanghai/a\u202eb",
        "shanghai/a\\b",
        "shanghai/.git/hooks/post-commit",
        "shanghai/.GIT/config",
        "shanghai/.ledger.json",
        "shanghai/.gitopsgen-journal.json",
        "shanghai/edge/.gitopsgen-tmp",
        "shanghai/edge/nul",
        "shanghai/edge/COM1.yaml",
        "shanghai/edge/a.",
        "shanghai/edge/" + "x" * 256,
        "shanghai/edge/" + "上" * 86,
        "shanghai/" + "d/" * 600 + "a",
    ],
)
def test_unsafe_paths_are_refused_at_their_template(output: Output, path: str) -> None:
    planned = render(output, rendered(path), rendered(A))

    assert names(planned) == ["unsafe-path"]
    assert planned.diagnostics[0].location.file == "blueprints/pay/manifests/a.yaml.j2"
    assert planned.diagnostics[0].message.isprintable()
    assert not output.path.exists()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("shanghai/edge/a.yaml", "shanghai/edge/a.yaml"),
        ("shanghai/edge/a.yaml", "shanghai/edge/A.yaml"),
        ("shanghai/edge/stra\u00dfe", "shanghai/edge/STRASSE"),
        ("shanghai/edge/\u00e9", "shanghai/edge/e\u0301"),
        ("shanghai/edge/x/a.yaml", "shanghai/edge/X/b.yaml"),
        ("shanghai/edge/x", "shanghai/edge/x/b.yaml"),
        ("shanghai/edge/x/b.yaml", "shanghai/edge/x"),
    ],
)
def test_paths_that_some_file_system_takes_for_one_are_refused(output: Output, one: str, two: str) -> None:
    assert names(render(output, rendered(one), rendered(two))) == ["colliding-path"]


@pytest.mark.parametrize("region", ["", "..", "a/b", ".traces", ".gitopsgen", "nul"])
def test_unsafe_names_of_regions_are_refused(output: Output, region: str) -> None:
    assert names(plan(output, region, ())) == ["unsafe-path"]


@pytest.mark.parametrize("link", ["generated", "generated/shanghai", "generated/shanghai/edge", f"generated/{A}"])
def test_no_symbolic_link_is_followed(tmp_path: Path, output: Output, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / link).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / link).symlink_to(outside if not link.endswith(".yaml") else outside / "a.yaml")
    for force in (False, True):
        planned = plan(output, REGION, [rendered(A)], force=force)

        assert names(planned) == ["blocked-path"]
        assert [found.name for found in write(planned).diagnostics] == ["blocked-path"]
    assert [found.name for found in sweep(output)] == (["blocked-path"] if link == "generated" else [])
    assert list(plan_pruning(output, {REGION})) == []
    assert list(outside.iterdir()) == []


def test_a_directory_in_the_way_is_refused(output: Output) -> None:
    (output.path / A).mkdir(parents=True)

    assert names(render(output, rendered(A), force=True)) == ["blocked-path"]


def test_a_hard_link_to_a_file_elsewhere_is_not_written_through(tmp_path: Path, output: Output) -> None:
    render(output, rendered(A))
    os.link(output.path / A, tmp_path / "elsewhere")
    render(output, rendered(A, "a: 2\n"))

    assert (tmp_path / "elsewhere").read_text() == "a: 1\n"


def test_an_unmerged_ledger_is_taken_from_both_sides(output: Output) -> None:
    """Two pull requests touched one region: a render ends the merge, and no file counts as edited."""
    render(output, rendered(A, "a: old\n"), rendered(B))
    ours = (output.path / LEDGER).read_text().splitlines(keepends=True)
    render(output, rendered(A, "a: theirs\n"), rendered(B))
    theirs = (output.path / LEDGER).read_text().splitlines(keepends=True)
    merged = [*ours[:3], "<<<<<<< HEAD\n", ours[3], "=======\n", theirs[3], ">>>>>>> branch\n", *ours[4:]]
    (output.path / LEDGER).write_text("".join(merged))
    planned = render(output, rendered(A, "a: new\n"), rendered(B))

    assert [(one.name, one.severity) for one in planned.diagnostics] == [("unmerged-ledger", Severity.WARNING)]
    assert planned.diagnostics[0].location.line == 4
    assert text(output, A) == "a: new\n"
    assert render(output, rendered(A, "a: new\n"), rendered(B)).is_noop


@pytest.mark.parametrize(
    "raw", ["", "[]", "{", '{"schema": 2, "files": {}}', '{"schema": 1}', '{"schema":1,"files":{"a":3}}']
)
def test_a_corrupt_ledger_stops_the_write_unless_forced(output: Output, raw: str) -> None:
    render(output, rendered(A))
    (output.path / LEDGER).write_text(raw)

    assert "corrupt-ledger" in names(render(output, rendered(A, "a: 2\n")))
    assert text(output, A) == "a: 1\n"

    render(output, rendered(A, "a: 2\n"), force=True)

    assert text(output, A) == "a: 2\n"
    assert render(output, rendered(A, "a: 2\n")).is_noop


@pytest.mark.parametrize("raw", ["", "{", '{"schema": 1, "files": {"": null}}'])
def test_a_journal_without_word_is_removed(output: Output, raw: str) -> None:
    render(output, rendered(A))
    (output.path / "shanghai/.gitopsgen-journal.json").write_text(raw)
    planned = render(output, rendered(A))

    assert not planned.differs
    assert not planned.is_noop
    assert tree(output) == {A, LEDGER}


def test_a_huge_file_is_judged_without_holding_it(output: Output) -> None:
    """Hostile or not: what stands in the tree is never read into memory whole."""
    render(output, rendered(A))
    with (output.path / A).open("wb") as file:
        file.truncate(1 << 28)
    tracemalloc.start()
    planned = plan(output, REGION, [rendered(A)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert names(planned) == ["edited-file"]
    assert peak < 1 << 23


def test_a_huge_ledger_is_refused(output: Output) -> None:
    render(output, rendered(A))
    with (output.path / LEDGER).open("wb") as file:
        file.truncate(1 << 30)

    assert "corrupt-ledger" in names(plan(output, REGION, [rendered(A)]))


def test_what_a_stopped_run_staged_is_swept_without_following_links(tmp_path: Path, output: Output) -> None:
    stage = output.path / ".gitopsgen-stage-shanghai"
    (stage / "edge").mkdir(parents=True)
    (stage / "edge" / "a.yaml").write_text("half")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").touch()
    (stage / "link").symlink_to(tmp_path / "outside")

    assert sweep(output) == ()
    assert list(output.path.iterdir()) == []
    assert (tmp_path / "outside" / "kept").exists()


def test_the_public_names_exist() -> None:
    assert all(hasattr(tree_package, name) for name in tree_package.__all__)
    assert not hasattr(tree_package, "nonsense")
