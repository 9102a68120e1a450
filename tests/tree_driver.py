"""Writes one version of a small fleet, as the pipeline does, in a process that tests may kill."""

from __future__ import annotations

import sys
from pathlib import Path

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.tree import Output, Rendered, lock, output_of, plan, plan_pruning, sweep, write_all

REGIONS = ("argocd", "beijing", "shanghai")
OWN = frozenset({".ledger.json", ".gitopsgen-journal.json", ".gitopsgen-tmp"})


def files_of(version: int, size: int) -> dict[str, bytes]:
    """Give a version of the tree: each differs from the others in some files, and in which there are."""
    every = (one for region in REGIONS for one in rendered_of(region, version, size))
    return {one.path: one.content for one in every}


def rendered_of(region: str, version: int, size: int) -> list[Rendered]:
    numbers = [number for number in range(size) if (number + version) % 5]
    return [_rendered(region, version, number) for number in numbers]


def _rendered(region: str, version: int, number: int) -> Rendered:
    case = f"case-{(number + version // 2) % 3}"
    text = f"number: {number}\nversion: {version if number % 2 else 0}\n" * 20
    owner = f"{region}/edge/{case}"
    return Rendered(f"{owner}/file-{number}.yaml", text.encode(), owner, f"blueprints/{case}/a.yaml.j2", "t", "i")


def run(output: Output, version: int, size: int, *, told: bool = False) -> tuple[Diagnostic, ...]:
    """Do what one run does, and give what it found."""
    held = lock(output, wait=30)
    if held.value is None:
        return held.diagnostics
    with held.value:
        sweep(output)
        plans = [plan(output, region, rendered_of(region, version, size)) for region in REGIONS]
        plans += plan_pruning(output, REGIONS)
        if told:
            sys.stdout.write("!")
            sys.stdout.flush()
        found = tuple(one for each in plans for one in each.diagnostics)
        return found or write_all(plans).diagnostics


if __name__ == "__main__":
    ENDED = run(output_of(Path(sys.argv[1]), "generated"), int(sys.argv[2]), int(sys.argv[3]), told=True)
    sys.exit(bool(ENDED))
