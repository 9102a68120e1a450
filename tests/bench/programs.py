"""The tools that we are compared with, from registries into the cache, or the reason why one cannot be had."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.real import builds, components

KUBECONFORM_VERSION = "0.8.0"
HELM_VERSION = "3.22.0"
PYTHON_TOOLS = {"kapitan": "0.36.3", "makejinja": "2.8.1", "make-argocd-fly": "0.4.8"}


def kubectl() -> Path:
    """Give kubectl, for the kustomize inside it."""
    return components.kubectl()


def kubeconform() -> Path:
    """Give kubeconform, built by Go."""
    return _go_program("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform", KUBECONFORM_VERSION)


def helm() -> Path:
    """Give Helm, built by Go."""
    return _go_program("helm", "helm.sh/helm/v3/cmd/helm", HELM_VERSION)


def kapitan() -> Path:
    """Give kapitan, in an environment of its own."""
    return _python_program("kapitan")


def makejinja() -> Path:
    """Give makejinja, in an environment of its own."""
    return _python_program("makejinja")


def make_argocd_fly() -> Path:
    """Give make-argocd-fly, in an environment of its own."""
    return _python_program("make-argocd-fly")


def found() -> tuple[dict[str, Path], dict[str, str]]:
    """Give the programs that can be had, and why the others cannot."""
    programs: dict[str, Path] = {}
    missing: dict[str, str] = {}
    wanted: tuple[Callable[[], Path], ...] = (kubectl, kubeconform, helm, kapitan, makejinja, make_argocd_fly)
    for program in wanted:
        try:
            programs[program.__name__] = program()
        except builds.UnavailableError as error:
            missing[program.__name__] = str(error).splitlines()[0]
    return programs, missing


def _go_program(name: str, package: str, version: str) -> Path:
    return builds.cached(name, version, lambda folder: builds.install(f"{package}@v{version}", folder))


def _python_program(name: str) -> Path:
    version = PYTHON_TOOLS[name]
    # An environment remembers its own path, so it is made where it stays; the cache then holds a starter of it.
    home = builds.cache_folder() / name / f"{version}-environment"

    def install(folder: Path) -> None:
        builds.run([sys.executable, "-m", "venv", "--clear", str(home)])
        quiet = ["--quiet", "--disable-pip-version-check"]
        builds.run([str(home / "bin" / "python"), "-m", "pip", "install", *quiet, f"{name}=={version}"])
        (folder / name).symlink_to(home / "bin" / name)

    return builds.cached(name, version, install)
