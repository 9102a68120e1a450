"""The benchmark: whole processes, taking turns, on a file system in memory. `make bench`.

BENCH_CITIES=54,200   sizes of the fleet, the peers run on the first
BENCH_ROUNDS=5        turns of each scenario; medians are printed
BENCH_PEERS=1         0: only ourselves and the yardsticks
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench import programs
from tests.bench.contest import Peers
from tests.bench.measure import Cost, middle
from tests.bench.scenarios import CITY, ROOT, Fleet, names_of_rows
from tests.bench.table import Results, print_costs, print_goals

MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of one's own is made inside


def main() -> None:
    """Run everything, and print what came of it."""
    sizes = [int(size) for size in os.environ.get("BENCH_CITIES", "54,200").split(",")]
    rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
    found, missing = programs.found() if os.environ.get("BENCH_PEERS", "1") != "0" else ({}, {})
    _print_machine(missing)
    results: Results = {}
    home = Path(tempfile.mkdtemp(prefix="gitopsgen-bench-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        for size in sizes:
            results[size] = _measured(Fleet(home / str(size), size, found), rounds, is_first=size == sizes[0])
            print_costs(size, results[size])
            shutil.rmtree(home / str(size))
        per_document = _schema_checks(home)
        print_goals(results, per_document)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measured(fleet: Fleet, rounds: int, *, is_first: bool) -> dict[str, Cost]:
    """Let everything take turns, so that noise of the machine falls on all alike."""
    fleet.prepare()
    rows = names_of_rows()
    if fleet.programs:
        fleet.prepare_peers("" if is_first else CITY)
        rows["kubectl kustomize of one city"] = Fleet.kustomize_city
    costs: dict[str, list[Cost]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, scenario in rows.items():
            costs[name].append(scenario(fleet))
    medians = {name: middle(some) for name, some in costs.items()}
    if fleet.programs and is_first:
        medians |= {name: peer() for name, peer in Peers(fleet).each()}
    return medians


def _schema_checks(home: Path) -> Mapping[str, float]:
    """Give microseconds a document, ours and kubernetes-validate's, as `tests.bench.schema_check` prints them."""
    command = [sys.executable, "-m", "tests.bench.schema_check", str(home / "checked")]
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=True).stdout
    return {name: float(number) for name, number in (line.split() for line in said.splitlines())}


def _print_machine(missing: Mapping[str, str]) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {platform.system()}, {cores} processors, load {load:.1f}")
    for name, reason in missing.items():
        print(f"left out: {name}: {reason}")


if __name__ == "__main__":
    main()
