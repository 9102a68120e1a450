"""What Helm makes of a chart and the values of one city; Helm is whatever `helm` the PATH has."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Location, Outcome, UsageError
from gitopsgen.pipeline.manifest_files import Content
from gitopsgen.source import FindingKind

UNRENDERED: Final = FindingKind("GG954", "unrendered-chart")
_SECONDS: Final = 120
# Where charts keep the values of one environment each, and what is left of the name is the environment.
_PATTERNS: Final = ("values-*.yaml", "values.*.yaml", "values/*.yaml", "environments/*.yaml", "envs/*.yaml")


@dataclass(frozen=True, slots=True)
class Release:
    """How Helm calls what it renders."""

    name: str
    namespace: str
    kubernetes: str


def is_chart(folder: Path) -> bool:
    """Tell whether a folder is a chart."""
    return (folder / "Chart.yaml").is_file()


def values_files(chart: Path, given: tuple[str, ...]) -> dict[str, Path]:
    """Give the files of values by the city that each names; raises `UsageError` where there is none.

    `given` are files; without any, those are taken that stand where charts mostly have them.
    """
    files = [Path(one) for one in given]
    if not files:
        files = [path for pattern in _PATTERNS for path in sorted(chart.glob(pattern))]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise UsageError(f'no file "{missing[0]}"')
    if not files:
        raise UsageError(
            f"the chart {chart} has no values of single cities ({', '.join(_PATTERNS)}): name them with --values FILE"
        )
    return {_city(file): file for file in files}


def rendered_chart(chart: Path, values: Path, release: Release) -> Outcome[tuple[Content, ...]]:
    """Give what `helm template` prints; the lines are those of its output. Raises `UsageError` without Helm."""
    helm = shutil.which("helm")
    if helm is None:
        raise UsageError(
            f"the chart {chart} needs helm, and PATH has none: render it elsewhere, one file a city "
            "('helm template … > CITY.yaml'), and import those files"
        )
    command = [helm, "template", release.name, str(chart), "--values", str(values), "--namespace", release.namespace]
    command += ["--include-crds"]  # as Argo CD does: an installation has them too
    command += ["--kube-version", release.kubernetes] if release.kubernetes else []
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Outcome((), (UNRENDERED.at(Location(str(values)), f"helm did not end within {_SECONDS} s"),))
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["helm failed without a word"]
        return Outcome((), (UNRENDERED.at(Location(str(values)), said[-1]),))
    return Outcome(((f"{values} (rendered)", done.stdout),))


def _city(file: Path) -> str:
    return file.stem.removeprefix("values").lstrip("-.").removesuffix("-values")
