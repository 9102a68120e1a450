"""The peers on the same work. Where one process gives one variant, a sample is run, and the rest reckoned from it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence

from tests.bench.measure import Cost, run
from tests.bench.scenarios import ROOT, Fleet

PROCESSES = "2"
# What stands in the output beside the manifests of variants.
_NO_MANIFEST = r"kustomization\.yaml$|\.json$|/argocd/|/\.traces/|/\.gitopsgen/"
# How many variants are run of a tool so slow that all of them would take minutes.
SAMPLES = {"makejinja": 40, "naive": 6}


class Peers:
    """Every peer that can be had, on the inputs of one fleet."""

    def __init__(self, fleet: Fleet) -> None:
        """Take a fleet whose peers' inputs are written."""
        self.fleet = fleet
        self.peers = fleet.peers
        self.programs = fleet.programs
        self.targets = (fleet.peers / "targets").read_text("utf-8").splitlines()

    def each(self) -> Iterator[tuple[str, Callable[[], Cost]]]:
        """Give name and run of each peer."""
        runs: dict[str, tuple[str, Callable[[], Cost]]] = {
            "kubectl kustomize, a process a variant": ("kubectl", self.kustomize),
            "kubectl kustomize, a process a city": ("kubectl", self.kustomize_cities),
            "kubeconform alone": ("kubeconform", self.kubeconform),
            "helm template": ("helm", self.helm),
            "kapitan": ("kapitan", self.kapitan),
            "make-argocd-fly": ("make_argocd_fly", self.make_argocd_fly),
            f"makejinja ({SAMPLES['makejinja']} variants run)": ("makejinja", self.makejinja),
        }
        yield from ((name, peer) for name, (program, peer) in runs.items() if program in self.programs)
        yield f"loop of jinja2, ruamel, kubernetes-validate ({SAMPLES['naive']} variants run)", self.naive

    def _for_each(self, command: str, targets: Sequence[str]) -> Cost:
        """Run a shell command for each target, two at a time; `$0` is the target, `$1` its file."""
        output = self.fleet.unused()
        output.mkdir()
        names = self.fleet.home / "chosen"
        names.write_text("".join(f"{one} {output}/{one.replace('/', '-')}\n" for one in targets))
        cost = run(["xargs", "-a", names, "-P", PROCESSES, "-n", "2", "sh", "-c", command], self.peers)
        shutil.rmtree(output)
        return cost

    def kustomize(self) -> Cost:
        """All variants, each an overlay."""
        return self._for_each(f'exec {self.programs["kubectl"]} kustomize "kustomize/overlays/$0" > "$1"', self.targets)

    def kustomize_cities(self) -> Cost:
        """All cities, each a kustomization of five overlays."""
        cities = sorted({target.partition("/")[0] for target in self.targets})
        return self._for_each(f'exec {self.programs["kubectl"]} kustomize "kustomize/cities/$0" > "$1"', cities)

    def helm(self) -> Cost:
        """All variants, each a release."""
        helm = self.programs["helm"]
        return self._for_each(
            f'exec {helm} template "${{0#*/}}" "helm/${{0#*/}}" -f "values/$0.yaml" > "$1"', self.targets
        )

    def makejinja(self) -> Cost:
        """A sample of variants, each a process."""
        sample = self._sample("makejinja")
        options = "--jinja-suffix .j2 --undefined strict"
        program = self.programs["makejinja"]
        cost = self._for_each(f'exec {program} -i "jinja/${{0#*/}}" -o "$1" -d "values/$0.yaml" {options}', sample)
        return cost.times(len(self.targets) / len(sample))

    def kapitan(self) -> Cost:
        """All variants in one run."""
        output = self.fleet.unused()
        cost = run(
            [self.programs["kapitan"], "compile", "-p", PROCESSES, "--output-path", output], self.peers / "kapitan"
        )
        shutil.rmtree(output)
        return cost

    def make_argocd_fly(self) -> Cost:
        """All variants in one run; it asks no index for a newer version of itself."""
        output = self.fleet.unused()
        options = ["--skip-latest-version-check", "--max-subproc", PROCESSES, "--loglevel", "ERROR"]
        command = [self.programs["make_argocd_fly"], "--root-dir", self.peers / "make-argocd-fly", *options]
        cost = run([*command, "--output-dir", output], self.peers)
        shutil.rmtree(output)
        return cost

    def naive(self) -> Cost:
        """A sample of variants in one process."""
        sample = self._sample("naive")
        output = self.fleet.unused()
        command = [sys.executable, "-m", "tests.bench.naive", self.peers, output, *sample]
        cost = run(command, self.fleet.home, {"PYTHONPATH": str(ROOT)})
        shutil.rmtree(output)
        return cost.times(len(self.targets) / len(sample))

    def kubeconform(self) -> Cost:
        """Strict validation of our own output, and nothing else."""
        built_in = f"{self.peers}/schemas/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
        custom = f"{self.peers}/schemas/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
        places = ["-schema-location", built_in, "-schema-location", custom]
        options = ["-strict", "-n", PROCESSES, "-ignore-filename-pattern", _NO_MANIFEST]
        return run([self.programs["kubeconform"], *options, *places, self.fleet.kept], self.fleet.home)

    def _sample(self, peer: str) -> list[str]:
        """Give variants evenly from the whole fleet."""
        wanted = min(SAMPLES[peer], len(self.targets))
        return [self.targets[place * len(self.targets) // wanted] for place in range(wanted)]
