"""Argo CD on loopback: its caches, its servers and its two controllers, and what it says of Applications.

Knows nothing of the fleet.
"""

import base64
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from .client import ApiClient, Reply, Request
from .cluster import LOOPBACK, READY_SECONDS, Program, Site, StartError, api_server, free_ports, running
from .components import argocd, argocd_definitions, kustomize, redis_server
from .plane import APPLY_BODY, ClusterError, ControlPlane, Object

NAMESPACE = "argocd"
APPLICATIONS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applications"
APPLICATION_SETS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applicationsets"
MERGE_BODY = "application/merge-patch+json"
CONFIG_MAPS = ("argocd-cm", "argocd-rbac-cm", "argocd-cmd-params-cm", "argocd-tls-certs-cm", "argocd-gpg-keys-cm")
POLL_SECONDS = 1.0
LOG_LINES = 30


@dataclass(frozen=True, slots=True)
class State:
    """What Argo CD says of one Application."""

    name: str
    sync: str
    health: str
    revision: str
    operation: str
    finished: str
    message: str
    conditions: tuple[str, ...]
    differing: tuple[str, ...]
    unwell: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing differs, everything is healthy and the last sync went well."""
        return (self.sync, self.health, self.operation) == ("Synced", "Healthy", "Succeeded")

    def line(self) -> str:
        """Tell all that is known of it."""
        parts = (self.name, self.sync, self.health, self.operation, self.message)
        details = (f"{name}: {found}" for name, found in (
            ("conditions", self.conditions), ("differ", self.differing), ("unwell", self.unwell)) if found)  # fmt: skip
        return "; ".join((" ".join(parts), *details))


class ArgoCd:
    """A running Argo CD, and the server that its own objects are in."""

    def __init__(self, client: ApiClient, programs: list[Program], port: int) -> None:
        self.client = client
        self.plane = ControlPlane(client)
        self._programs = programs
        self._port = port

    def tell(self, repository: str, revision: str, files: Sequence[str]) -> None:
        """Tell of a commit that changes files, as the webhook of a Git server does; the repository by its page."""
        push = {
            "ref": "refs/heads/main",
            "after": revision,
            "repository": {"html_url": repository, "default_branch": "main"},
            "commits": [{"id": revision, "added": [], "removed": [], "modified": list(files)}],
        }
        headers = {"X-GitHub-Event": "push", "Content-Type": "application/json"}
        assert _asked(self._port, "POST", "/api/webhook", json.dumps(push).encode(), headers) == HTTPStatus.OK

    def begin(self, obj: Object) -> None:
        """Apply an object of Argo CD's as an administrator does who leaves it to Argo CD from then on."""
        plural = {"AppProject": "appprojects", "Application": "applications"}[obj["kind"]]
        path = f"{APPLICATIONS.rpartition('/')[0]}/{plural}/{obj['metadata']['name']}?fieldManager=argocd-controller"
        reply = self.client.request("PATCH", path, Request(json.dumps(obj).encode(), APPLY_BODY))
        if reply.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise ClusterError(str(reply.document().get("message")))

    def states(self) -> dict[str, State]:
        """Give all Applications by their names."""
        items = self.client.request("GET", APPLICATIONS).document()["items"]
        return {one["metadata"]["name"]: _state(one) for one in items}

    def application(self, name: str) -> dict[str, Any]:
        """Give one Application as it stands."""
        return self.client.request("GET", f"{APPLICATIONS}/{name}").document()

    def refresh(self, *names: str, hard: bool = False) -> None:
        """Have Applications compared with Git at once; hard: with nothing taken from a cache."""
        for name in names:
            self._annotate(f"{APPLICATIONS}/{name}", {"argocd.argoproj.io/refresh": "hard" if hard else "normal"})

    def terminate(self, name: str) -> None:
        """Have a sync given up, as `argocd app terminate-op` does: it tries what it began with again and again."""
        patch(self.client, f"{APPLICATIONS}/{name}", {"status": {"operationState": {"phase": "Terminating"}}})

    def regenerate(self) -> None:
        """Have all ApplicationSets look into Git at once."""
        for one in self.client.request("GET", APPLICATION_SETS).document()["items"]:
            name = one["metadata"]["name"]
            self._annotate(f"{APPLICATION_SETS}/{name}", {"argocd.argoproj.io/application-set-refresh": "true"})

    def until(self, what: Callable[[dict[str, State]], bool], seconds: float, meanwhile: Callable[[], None]) -> None:
        """Wait for a state of all Applications, and do `meanwhile` again and again; an error tells how they stood."""
        deadline = time.monotonic() + seconds
        while not what(states := self.states()):
            if time.monotonic() > deadline:
                raise ClusterError("\n".join((f"not so after {seconds} s:", *self._report(states))))
            meanwhile()
            time.sleep(POLL_SECONDS)

    def _report(self, states: Mapping[str, State]) -> Iterator[str]:
        for name in sorted(states):
            yield states[name].line()
        for program in self._programs:
            lines = program.log.read_text(errors="replace").splitlines()
            loud = [line for line in lines if '"level":"info"' not in line and '"level":"debug"' not in line]
            yield from (f"last lines of {program.log.stem}:", *loud[-LOG_LINES:])

    def _annotate(self, path: str, annotations: Mapping[str, str]) -> None:
        patch(self.client, path, {"metadata": {"annotations": dict(annotations)}})


def patch(client: ApiClient, path: str, change: Object) -> Reply:
    """Change an object by a merge patch; an error where it is refused."""
    reply = client.request("PATCH", path, Request(json.dumps(change).encode(), MERGE_BODY))
    if reply.status != HTTPStatus.OK:
        message = f"{path}: {reply.document().get('message')}"
        raise ClusterError(message)
    return reply


def cluster_secret(registration: Object, site: Site) -> Object:
    """Make the Secret that an ExternalSecret of ours stands for, of what the store would hold for a cluster."""
    template = registration["spec"]["target"]["template"]
    stored = {
        "{{ .server }}": f"https://{LOOPBACK}:{site.port}",
        "{{ .token | toJson }}": json.dumps(site.token),
        "{{ .ca | b64enc | toJson }}": json.dumps(base64.b64encode(site.certificate.read_bytes()).decode()),
    }
    data = {key: _filled(text, stored) for key, text in template["data"].items()}
    metadata = {"name": registration["spec"]["target"]["name"], "namespace": NAMESPACE, **template["metadata"]}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}


def _filled(text: str, stored: Mapping[str, str]) -> str:
    for expression, value in stored.items():
        text = text.replace(expression, value)
    assert "{{" not in text, text
    return text


@contextmanager
def argo_cd(version: str) -> Iterator[ArgoCd]:
    """Run Argo CD beside a Kubernetes API server of its own, for as long as the block lasts."""
    programs = {"argocd": argocd(), "kustomize": kustomize(), "redis-server": redis_server()}
    with ExitStack() as stack:
        site, client = stack.enter_context(api_server(version))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="argo-cd-")))
        _prepare(ControlPlane(client))
        redis, repository, repository_metrics, controller, server, server_metrics, *sets = free_ports(9)
        settings = _settings(site, folder, programs)
        at_redis = f"--redis={LOOPBACK}:{redis}"
        at_repository = f"{LOOPBACK}:{repository}"
        as_kube = (f"--kubeconfig={site.kubeconfig()}", f"--namespace={NAMESPACE}", "--repo-server-plaintext")
        commands = [
            [str(programs["redis-server"]), "--port", str(redis), "--bind", LOOPBACK, "--save", ""],
            [
                "argocd-repo-server", f"--address={LOOPBACK}", f"--port={repository}", "--disable-tls", at_redis,
                f"--metrics-address={LOOPBACK}", f"--metrics-port={repository_metrics}",
            ],
            [
                "argocd-application-controller", *as_kube, f"--repo-server={at_repository}", at_redis,
                # Nothing is looked at because time has passed: only because someone asked, or something changed.
                f"--metrics-port={controller}", "--app-resync=3600", "--app-resync-jitter=0",
            ],
            [
                "argocd-applicationset-controller", *as_kube, f"--argocd-repo-server={at_repository}",
                f"--metrics-addr={LOOPBACK}:{sets[0]}", f"--probe-addr={LOOPBACK}:{sets[1]}",
                f"--webhook-addr={LOOPBACK}:{sets[2]}",
            ],
            [
                "argocd-server", *as_kube, f"--repo-server={at_repository}", at_redis, "--insecure", "--disable-auth",
                f"--address={LOOPBACK}", f"--port={server}", "--staticassets=",
                f"--metrics-address={LOOPBACK}", f"--metrics-port={server_metrics}",
            ],
        ]  # fmt: skip
        started = [stack.enter_context(running(_named(one, folder, programs), folder, settings)) for one in commands]
        _await(server, started[-1])
        yield ArgoCd(client, started, server)


def _await(port: int, program: Program) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            _asked(port, "GET", "/healthz")
        except OSError as error:
            if time.monotonic() > deadline or program.process.poll() is not None:
                raise StartError(program.log.read_text(errors="replace")[-2000:]) from error
            time.sleep(POLL_SECONDS)
        else:
            return


def _asked(port: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> int:
    with closing(HTTPConnection(LOOPBACK, port, timeout=30)) as connection:
        connection.request(method, path, body, dict(headers or {}))
        return connection.getresponse().status


def _named(command: list[str], folder: Path, programs: Mapping[str, Path]) -> list[str]:
    """Give the command with the program under the name that tells it what it is."""
    program, *arguments = command
    if Path(program).is_absolute():
        return command
    link = folder / program
    link.symlink_to(programs["argocd"])
    return [str(link), *arguments]


def _settings(site: Site, folder: Path, programs: Mapping[str, Path]) -> dict[str, str]:
    for name in ("empty", "tmp", "tools"):
        (folder / name).mkdir()
    (folder / "tools/kustomize").symlink_to(programs["kustomize"])
    return {
        "PATH": f"{folder / 'tools'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "KUBECONFIG": str(site.kubeconfig()),
        # The cluster that Argo CD itself is in is the one of the kubeconfig.
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_TLS_DATA_PATH": str(folder / "empty"),
        "ARGOCD_SSH_DATA_PATH": str(folder / "empty"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _prepare(plane: ControlPlane) -> None:
    """Make what an installation of Argo CD brings."""
    plane.apply_crds(yaml.safe_load(path.read_text(encoding="utf-8")) for path in argocd_definitions())
    objects: list[Object] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        *({"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(name)} for name in CONFIG_MAPS),
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": _metadata("argocd-secret"),
            "stringData": {"server.secretkey": secrets.token_hex(16)},
        },
    ]
    for obj in objects:
        made = plane.create(obj)
        if not made.accepted:
            raise ClusterError(made.message)


def _metadata(name: str) -> dict[str, Any]:
    return {"name": name, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "argocd"}}


def _state(application: Mapping[str, Any]) -> State:
    status = application.get("status", {})
    operation = status.get("operationState", {})
    resources = status.get("resources", [])
    tried = operation.get("syncResult", {}).get("resources", [])
    refused = [one["message"] for one in tried if one.get("status") == "SyncFailed"]
    return State(
        name=application["metadata"]["name"],
        sync=status.get("sync", {}).get("status", "Unknown"),
        health=status.get("health", {}).get("status", "Unknown"),
        revision=status.get("sync", {}).get("revision", ""),
        operation=operation.get("phase", ""),
        finished=operation.get("finishedAt", ""),
        message="; ".join((operation.get("message", ""), *refused)),
        conditions=tuple(one["message"] for one in status.get("conditions", [])),
        differing=tuple(_named_object(one) for one in resources if one.get("status") != "Synced"),
        unwell=tuple(
            f"{_named_object(one)} {one['health']}"
            for one in resources
            if one.get("health", {}).get("status", "Healthy") != "Healthy"
        ),
    )


def _named_object(resource: Mapping[str, Any]) -> str:
    return f"{resource['kind']}/{resource['name']}"
