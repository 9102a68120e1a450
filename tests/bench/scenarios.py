"""What is run for one size of the fleet: our own scenarios, the yardsticks beside them, and the peers."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.measure import Cost, run

ROOT = Path(__file__).parents[2]
CITY = "anbao"
CHANGED = f"overlays/regions/{CITY}/payments.yaml"


@dataclass(slots=True)
class Fleet:
    """A fleet on disk, with room for outputs that are each used once."""

    home: Path
    count: int
    programs: Mapping[str, Path]
    fresh: Iterator[int] = field(default_factory=itertools.count)

    @property
    def project(self) -> Path:
        """The inputs."""
        return self.home / "project"

    @property
    def manifests(self) -> int:
        """How many manifests the fleet has: five cases of 25 templates and a kustomization in each city."""
        return self.count * 5 * 26

    @property
    def kept(self) -> Path:
        """An output that stays, in a Git repository of its own."""
        return self.home / "repository" / "generated"

    @property
    def peers(self) -> Path:
        """The inputs of the peers."""
        return self.home / "peers"

    def settings(self, cache: str = "cache") -> dict[str, str]:
        """Give the environment that our program runs in."""
        return {"XDG_CACHE_HOME": str(self.home / cache), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}

    def unused(self) -> Path:
        """Give a directory that no run has used."""
        return self.home / f"output-{next(self.fresh)}"

    def prepare(self) -> None:
        """Write the inputs, render them once, and commit what came of it."""
        self._make("fleet", self.project, "--cities", str(self.count))
        self.ours("--output-dir", str(self.kept))
        git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0"]
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "output"]):
            subprocess.run([*git, *arguments], cwd=self.kept.parent, check=True)

    def prepare_peers(self, city: str = "") -> None:
        """Write the inputs of the peers, for all cities or for one."""
        self._make("peers", self.project, str(self.peers), "--city", city)

    def _make(self, module: str, first: Path, *rest: str) -> None:
        # In a process of its own: this one must stay small, see `measure.run`.
        command = [sys.executable, "-m", f"tests.bench.{module}", str(first), *rest]
        subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})

    def ours(self, *arguments: str, cache: str = "cache") -> Cost:
        """Run our program on the project."""
        command = [sys.executable, "-m", "gitopsgen", "render", "--quiet", *arguments]
        return run(command, self.project, self.settings(cache))

    # Each scenario gives its cost; what it prepares is not measured.

    def cold(self) -> Cost:
        """The whole fleet into an empty directory."""
        return self._into_nothing()

    def first(self) -> Cost:
        """The same on a machine that has never run us: no templates parsed, no schemas cut."""
        return self._into_nothing(cache=f"cache-{next(self.fresh)}")

    def one_process(self) -> Cost:
        """The same with one worker."""
        return self._into_nothing("--jobs", "1")

    def region(self) -> Cost:
        """One city from nothing."""
        return self._into_nothing("--region", CITY)

    def _into_nothing(self, *arguments: str, cache: str = "cache") -> Cost:
        output = self.unused()
        cost = self.ours("--output-dir", str(output), *arguments, cache=cache)
        shutil.rmtree(output)
        return cost

    def unchanged(self) -> Cost:
        """The whole fleet, nothing to do."""
        return self.ours("--output-dir", str(self.kept))

    def city_changed(self) -> Cost:
        """One value of one city changed, the whole fleet asked for."""
        path = self.project / CHANGED
        text = path.read_text("utf-8")
        path.write_text(text.replace("max: 30", "max: 29") if "max: 30" in text else text.replace("max: 29", "max: 30"))
        cost = self.ours("--output-dir", str(self.kept))
        # The repository is to stay as committed for `git status`: change it back, unmeasured.
        path.write_text(text)
        self.ours("--output-dir", str(self.kept))
        return cost

    def copy(self) -> Cost:
        """`cp -r` of the output."""
        target = self.unused()
        cost = run(["cp", "-r", self.kept, target], self.home)
        shutil.rmtree(target)
        return cost

    def git_status(self) -> Cost:
        """`git status` of the output."""
        return run(["git", "status", "--porcelain"], self.kept.parent)

    def digests(self) -> Cost:
        """`sha256sum` of the output."""
        return run(["sh", "-c", "find generated -type f -print0 | xargs -0 sha256sum"], self.kept.parent)

    def python(self) -> Cost:
        """A Python that does nothing."""
        return run([sys.executable, "-I", "-c", "pass"], self.home)

    def start(self) -> Cost:
        """Our command line, asked for its version."""
        return run([sys.executable, "-m", "gitopsgen", "--version"], self.project, self.settings())

    def kustomize_city(self) -> Cost:
        """`kubectl kustomize` of one city's five overlays."""
        folder = self.peers / "kustomize" / "cities" / CITY
        return run([self.programs["kubectl"], "kustomize", folder, "-o", self.home / "city.yaml"], self.home)


def names_of_rows() -> dict[str, Callable[[Fleet], Cost]]:
    """Give our scenarios and the yardsticks, in the order in which they take turns."""
    return {
        "cold": Fleet.cold,
        "cp -r of the output": Fleet.copy,
        "cold, one process": Fleet.one_process,
        "cold, no caches": Fleet.first,
        "nothing changed": Fleet.unchanged,
        "git status": Fleet.git_status,
        "sha256sum of the tree": Fleet.digests,
        "one region from nothing": Fleet.region,
        "one city changed": Fleet.city_changed,
        "start (--version)": Fleet.start,
        "python -I -c pass": Fleet.python,
    }
