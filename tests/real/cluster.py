"""A control plane on loopback: etcd and kube-apiserver, started, waited for and stopped.

Knows nothing of the fleet; every process that ends here was started here.
"""

import base64
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from .client import ApiClient, Endpoint
from .components import etcd, kube_apiserver
from .plane import ControlPlane

READY_SECONDS = 180
STOP_SECONDS = 20
POLL_SECONDS = 0.2
LOG_LINES = 15
LOOPBACK = "127.0.0.1"


class StartError(Exception):
    """A program of the control plane ended, or did not become ready in time."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where one control plane lives while it runs."""

    folder: Path
    port: int
    etcd_port: int
    peer_port: int
    token: str

    @property
    def etcd_url(self) -> str:
        return f"http://{LOOPBACK}:{self.etcd_port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "certs" / "apiserver.crt"

    @property
    def signing_key(self) -> Path:
        return self.folder / "service-account.key"

    def kubeconfig(self) -> Path:
        """Write how programs reach the server and who they are."""
        server = f"https://{LOOPBACK}:{self.port}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": "real", "cluster": {"server": server, "certificate-authority": str(self.certificate)}}
            ],
            "users": [{"name": "harness", "user": {"token": self.token}}],
            "contexts": [{"name": "real", "context": {"cluster": "real", "user": "harness"}}],
            "current-context": "real",
        }
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config))
        return path


@dataclass(frozen=True, slots=True)
class Program:
    """A process that this harness has started, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def control_plane(version: str) -> Iterator[ControlPlane]:
    """Run a Kubernetes API server of its own, empty at first, for as long as the block lasts."""
    with api_server(version) as (_, client):
        yield ControlPlane(client)


@contextmanager
def api_server(version: str) -> Iterator[tuple[Site, ApiClient]]:
    """Run the same, and give what another program needs to talk to it."""
    etcd_program, api_program = etcd(), kube_apiserver(version)
    with TemporaryDirectory(prefix="control-plane-") as name:
        site = _site(Path(name))
        # Left in the opposite order: an API server waits long for an etcd that is gone.
        with (
            _interrupted_by_terminate(),
            running(_etcd_command(etcd_program, site), site.folder) as store,
            running(_api_command(api_program, site), site.folder) as server,
            closing(_ready_client(site, (store, server))) as client,
        ):
            yield site, client


@contextmanager
def running(command: list[str], folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Program]:
    """Run a program, which writes to a log in the folder, for as long as the block lasts."""
    environment = None if settings is None else {**os.environ, **settings}
    name = Path(command[0]).name
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        # In a session of its own, so that Ctrl-C reaches the harness alone, which stops in order.
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield Program(name, process, log)
    finally:
        _stop(process)


def free_ports(count: int) -> list[int]:
    """Give ports of loopback that nobody listens on."""
    # All are held at once, or the system may give the same port twice.
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


@contextmanager
def _interrupted_by_terminate() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, or what was started would outlive the harness."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _site(folder: Path) -> Site:
    port, etcd_port, peer_port = free_ports(3)
    site = Site(folder, port, etcd_port, peer_port, token=secrets.token_hex(16))
    (folder / "tokens.csv").write_text(f"{site.token},harness,1,system:masters\n")
    site.signing_key.write_text(_new_signing_key())
    return site


def _new_signing_key() -> str:
    """Make a P-256 key in SEC 1 form, which is a random number in a fixed frame."""
    frame, curve = bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a8648ce3d030107")
    # A first byte of zero keeps the number below the order of the curve.
    number = b"\0" + os.urandom(31)
    body = base64.encodebytes(frame + number + curve).decode()
    kind = "EC PRIVATE KEY"
    return f"-----BEGIN {kind}-----\n{body}-----END {kind}-----\n"


def _etcd_command(program: Path, site: Site) -> list[str]:
    peer_url = f"http://{LOOPBACK}:{site.peer_port}"
    return [
        str(program),
        f"--data-dir={site.folder / 'etcd'}",
        f"--listen-client-urls={site.etcd_url}",
        f"--advertise-client-urls={site.etcd_url}",
        f"--listen-peer-urls={peer_url}",
        f"--initial-advertise-peer-urls={peer_url}",
        f"--initial-cluster=default={peer_url}",
        # Nothing here has to survive a power cut.
        "--unsafe-no-fsync",
    ]


def _api_command(program: Path, site: Site) -> list[str]:
    key = site.signing_key
    return [
        str(program),
        f"--etcd-servers={site.etcd_url}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={site.port}",
        f"--cert-dir={site.certificate.parent}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={site.folder / 'tokens.csv'}",
        "--authorization-mode=AlwaysAllow",
        "--allow-privileged=true",
        "--service-cluster-ip-range=10.0.0.0/16",
        # No controller makes the account `default` that this one asks of every Pod.
        "--disable-admission-plugins=ServiceAccount",
    ]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ready_client(site: Site, programs: Sequence[Program]) -> ApiClient:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for program in programs:
            if program.process.poll() is not None:
                raise StartError(_report(f"{program.name} ended", [program]))
        client = _client(site)
        if client is not None:
            return client
        time.sleep(POLL_SECONDS)
    raise StartError(_report(f"not ready after {READY_SECONDS} s", programs))


def _client(site: Site) -> ApiClient | None:
    """Connect, if the server has made its certificate and says that it is ready."""
    if not site.certificate.exists():
        return None
    try:
        trust = ssl.create_default_context(cafile=str(site.certificate))
        client = ApiClient(Endpoint(LOOPBACK, site.port, site.token, trust))
        if client.request("GET", "/readyz").status == HTTPStatus.OK:
            return client
    except OSError:
        # The certificate is half written, or nobody listens yet.
        return None
    client.close()
    return None


def _report(what: str, programs: Sequence[Program]) -> str:
    logs = (
        line
        for program in programs
        for line in (
            f"last lines of {program.name}:",
            *program.log.read_text(errors="replace").splitlines()[-LOG_LINES:],
        )
    )
    return "\n".join((what, *logs))
