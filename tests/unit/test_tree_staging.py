"""Folders made aside before it is known whether they may stand."""

from __future__ import annotations

import pytest

from gitopsgen.tree import Rendered, discard, output_of, plan, settle, stage, write


@pytest.fixture
def output(tmp_path):
    return output_of(tmp_path, "generated")


def rendered(region, text="a: 1\n"):
    owner = f"{region}/edge/shop"
    return [Rendered(f"{owner}/file-{number}.yaml", text.encode(), owner, "a.yaml.j2", "t", "i") for number in range(3)]


def tree(output):
    top = output.path
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_a_folder_made_aside_is_not_there_until_it_is_settled(output):
    staged = stage(plan(output, "wuhan", rendered("wuhan")))

    assert staged is not None
    assert not (output.path / "wuhan").exists()

    settled = settle(staged)

    assert settled.diagnostics == ()
    assert plan(output, "wuhan", rendered("wuhan")).is_noop


def test_settling_gives_what_writing_gives(output, tmp_path):
    staged = stage(plan(output, "wuhan", rendered("wuhan")))
    settle(staged)
    other = output_of(tmp_path, "other")
    write(plan(other, "wuhan", rendered("wuhan")))

    assert tree(other) == tree(output)


def test_a_discarded_folder_leaves_no_trace(output):
    discard(stage(plan(output, "wuhan", rendered("wuhan"))))

    assert not output.path.exists()


def test_discarding_leaves_what_was_there(output):
    write(plan(output, "wuhan", rendered("wuhan")))
    before = tree(output)
    discard(stage(plan(output, "wuxi", rendered("wuxi"))))

    assert tree(output) == before


def test_a_folder_in_use_is_not_made_aside(output):
    write(plan(output, "wuhan", rendered("wuhan")))

    assert stage(plan(output, "wuhan", rendered("wuhan", "a: 2\n"))) is None


def test_nothing_is_made_aside_of_a_plan_that_failed(output):
    blocked = output.path / "wuhan" / "edge" / "shop" / "file-1.yaml"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("mine\n")

    assert stage(plan(output, "wuhan", rendered("wuhan"))) is None


def test_a_folder_that_came_in_between_is_left_alone(output):
    staged = stage(plan(output, "wuhan", rendered("wuhan")))
    (output.path / "wuhan").mkdir()
    (output.path / "wuhan" / "mine.txt").write_text("mine\n")
    settled = settle(staged)

    assert len(settled.diagnostics) == 1
    assert tree(output) == {"wuhan/mine.txt": b"mine\n"}
