"""What several tests look at: the project of this repository, rendered whole."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes tells how busy the machine is, and nothing of the program.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

ROOT = Path(__file__).parent.parent
# What the tool keeps on a machine is kept beside what pytest keeps: a thousand projects of tests are nobody's.
os.environ["XDG_CACHE_HOME"] = str(ROOT / ".pytest_cache" / "xdg")


@pytest.fixture(scope="session")
def whole_fleet(tmp_path_factory):
    """Give a directory with everything that this project renders, made once for all processes of the tests."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    output = shared / "fleet" / "generated"
    with (shared / "fleet.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            _rendered(output)
    return output


def _rendered(output):
    environment = {**os.environ, "GITOPSGEN_JOBS": "1"}
    command = [sys.executable, "-m", "gitopsgen", "render", "--output-dir", str(output)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
