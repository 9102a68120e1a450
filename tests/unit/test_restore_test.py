"""The scripts of the restore test, with programs that only say that they were called."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "blueprints/bank-core/files"
STUB = """#!/bin/sh
echo "$0 $*" >> "{log}"
case "$*" in
  *wait\\ --for*) exit {wait} ;;
  *--command=*) [ {answer} = none ] && exit 2; echo "{answer}" ;;
esac
"""


def run(folder: Path, *, wait: int = 0, answer: str = "60") -> tuple[int, str, list[str]]:
    """Run the three scripts one after another as the job does; give the last exit code, what it said, and all calls."""
    log = folder / "calls"
    for program in ("kubectl", "psql"):
        stub = folder / program
        stub.write_text(STUB.format(log=log, wait=wait, answer=answer))
        stub.chmod(0o755)
    environment = {"PATH": f"{folder}:/bin:/usr/bin", "TIMEOUT": "1m", "QUERY": "SELECT 1", "MAX_AGE_SECONDS": "3600"}
    done = None
    for name in ("begin", "ask", "end"):
        script = (SCRIPTS / f"restore-{name}.sh").read_text().replace("/work/", f"{folder}/")
        done = subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
        # Init containers: the next one runs only after this one has succeeded.
        assert done.returncode == 0 or name == "end", done.stderr
    assert done is not None
    calls = [line.replace(f"{folder}/", "") for line in log.read_text().splitlines()]
    return done.returncode, done.stdout.splitlines()[-1], calls


def test_a_sound_backup_passes_and_its_database_goes(tmp_path: Path) -> None:
    code, said, calls = run(tmp_path)

    assert (code, said) == (0, "restore test: sound 60")
    assert [call.split()[:2] for call in calls] == [
        ["kubectl", "delete"],
        ["kubectl", "create"],
        ["kubectl", "wait"],
        ["psql", "--no-psqlrc"],
        ["kubectl", "delete"],
    ]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"wait": 1}, "not restored within 1m"),
        ({"answer": "3601"}, "the newest row is 3601 s old, expected at most 3600"),
        ({"answer": ""}, "no row, or no time: ''"),
        ({"answer": "none"}, "the restored database does not answer"),
    ],
)
def test_whatever_is_wrong_is_said_and_the_database_goes(tmp_path: Path, faults: dict[str, int], said: str) -> None:
    code, found, calls = run(tmp_path, **faults)

    assert (code, found) == (1, f"restore test: {said}")
    assert calls[-1].startswith("kubectl delete")


def test_a_database_that_was_not_restored_is_not_asked(tmp_path: Path) -> None:
    _, _, calls = run(tmp_path, wait=1)

    assert not [call for call in calls if call.startswith("psql")]
