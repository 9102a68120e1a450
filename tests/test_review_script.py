"""What the GitHub Action runs, but for the installation of the tool: that of the tests stands in for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitopsgen.report.difference.markdown import LIMIT
from tests.sessions import execute

ROOT = Path(__file__).parents[1]
INSTALLING = """\
#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\n' > "$3/bin/python"
chmod +x "$3/bin/python"
ln -s {tool} "$3/bin/gitopsgen"
"""


@pytest.fixture
def change(tmp_path):
    """A merge commit whose first parent is the base, as GitHub makes one of a pull request."""
    project = tmp_path / "change"
    shutil.copytree(ROOT / "tests/stories/base", project)
    for command in ("gitopsgen render -q", "git init -q -b main", "git add .", "git commit -qm base"):
        execute(command, project).check_returncode()
    execute("git checkout -qb change", project).check_returncode()
    (project / "blueprints/hello/values.yaml").write_text("greeting: Goodbye from\nreplicas: 2\n", "utf-8")
    for command in ("gitopsgen render -q", "git commit -qam change", "git checkout -q main"):
        execute(command, project).check_returncode()
    execute("git merge -q --no-ff -m merge change", project).check_returncode()
    return project


def review(change, tmp_path, **options):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").write_text(INSTALLING.format(tool=Path(sys.executable).parent / "gitopsgen"), "utf-8")
    (programs / "python3").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "PROJECT": str(change),
        **options,
    }
    script = ROOT / ".github/review/review.sh"
    done = subprocess.run(["bash", script], env=environment, check=False, capture_output=True, text=True)  # noqa: S607
    folder = Path((tmp_path / "outputs").read_text("utf-8").strip().removeprefix("directory="))
    assert (tmp_path / "summary").read_text("utf-8") == (folder / "review.md").read_text("utf-8")
    return done, (folder / "review.md").read_text("utf-8"), (folder / "review.sarif").read_text("utf-8")


def test_it_gives_the_folded_difference_and_the_dangers_and_leaves_no_trace_in_the_checkout(change, tmp_path):
    done, told, sarif = review(change, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "**suzhou, wuxi**" in told
    assert "GG913" in told
    assert [one["ruleId"] for one in json.loads(sarif)["runs"][0]["results"]] == ["GG913"]
    assert len(told.encode()) <= LIMIT
    assert execute("git status --short", change).stdout == ""
    assert len(execute("git worktree list", change).stdout.splitlines()) == 1


def test_a_danger_fails_the_step_only_where_that_is_asked_for(change, tmp_path):
    done, told, _ = review(change, tmp_path, FAIL_ON="warning", CAPACITY="false")

    assert done.returncode == 1
    assert "GG913" in told


def test_a_base_that_is_not_there_is_no_empty_comment(change, tmp_path):
    done, told, _ = review(change, tmp_path, BASE="nowhere")

    assert done.returncode == 2
    assert "could not be compared" in told
    assert '"nowhere" is no revision of this repository' in done.stderr
