"""The fleet in a Git repository, an Argo CD that reads it, and a server for each of some clusters of it.

Operators' charts are left out, and so are the windows in which the core cities are not synced.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .argo import ArgoCd, State, argo_cd, cluster_secret
from .builds import UnavailableError, tool
from .client import ApiClient
from .constraints import TEMPLATE_KIND, constraint_definitions
from .crds import Definition
from .fleet import Document, custom_kinds, distinct_documents, manifest_files
from .git_server import git_server
from .needs import without
from .played import answer
from .scheduler import Cluster, scheduling_server
from .test_apiserver import CHECKOUT, MODERN, fleet_definitions
from .test_scheduling import subject_of

PROJECT = ("gitopsgen.yaml", "blueprints", "overlays", "schemas")
URL = "https://git.example.com/platform/gitops.git"
# What they deny depends on the time of day.
WINDOWS = re.compile(r"^  syncWindows:\n(?:    .*\n)+", re.MULTILINE)
CHANGE_SECONDS = 180
CONTROLLERS = "*,-horizontal-pod-autoscaler-controller"
# K3s brings it.
DISKS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "local-path"},
    "provisioner": "rancher.io/local-path",
    "volumeBindingMode": "WaitForFirstConsumer",
}


@dataclass
class Fleet:
    """A project with its Git repository, the Argo CD that reads it, and servers of clusters by place (`wuhu/edge`)."""

    project: Path
    repository: Path
    address: str
    argo: ArgoCd
    clusters: dict[str, ApiClient] = field(default_factory=dict)

    def command(self, *arguments: str) -> str:
        """Run the tool in the project; gives what it says."""
        command = [sys.executable, "-m", "gitopsgen", *arguments]
        done = subprocess.run(command, cwd=self.project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def publish(self, message: str) -> str:
        """Commit what is rendered for Argo CD and the cities, and have it looked at; gives the commit."""
        for name in ("argocd", *self.clusters):
            shutil.rmtree(self.repository / "generated" / name, ignore_errors=True)
            shutil.copytree(self.project / "generated" / name, self.repository / "generated" / name)
        for path in self.repository.glob("generated/*/*/*/operators.json"):
            path.unlink()
        for path in self.repository.glob("generated/argocd/*.yaml"):
            text = WINDOWS.sub("", path.read_text("utf-8")).replace(URL, f"{self.address}.git")
            path.write_text(text, "utf-8")
        return self.commit(message)

    def commit(self, message: str) -> str:
        """Commit all that differs in the repository, and have it looked at; gives the commit."""
        git(self.repository, "add", "--all")
        # A batch may hold none of the clusters that are here.
        git(self.repository, "commit", "--quiet", "--allow-empty", "--message", message)
        self.look()
        return git(self.repository, "rev-parse", "HEAD").strip()

    def look(self, *, hard: bool = False) -> None:
        """Have Argo CD look at everything at once, as a webhook of the Git server would."""
        self.argo.regenerate()
        self.argo.refresh(*self.argo.states(), hard=hard)

    def play(self) -> None:
        """Do what operators and provisioners would."""
        for client in (self.argo.client, *self.clusters.values()):
            answer(client)
        for client in self.clusters.values():
            Cluster(client).provide_volumes()

    def until(self, what: Callable[[dict[str, State]], bool], seconds: float = CHANGE_SECONDS) -> dict[str, State]:
        """Wait for a state of all Applications, and give it."""
        self.argo.until(what, seconds, self.play)
        return self.argo.states()

    def settled(self, revision: str, *, seconds: float = CHANGE_SECONDS) -> dict[str, State]:
        """Wait until every Application is well, and has been compared with a commit."""
        wanted = {"fleet", *self.applications()}
        return self.until(
            lambda states: (
                set(states) == wanted and all(one.is_well and one.revision == revision for one in states.values())
            ),
            seconds,
        )

    def applications(self) -> Iterator[str]:
        """Name the Applications of the cases of the clusters."""
        for place in self.clusters:
            for listing in sorted((self.repository / "generated" / place).glob("*/app.json")):
                yield f"{place.replace('/', '-')}-{listing.parent.name}"

    def get(self, place: str, path: str) -> dict[str, Any]:
        """Give what the server of a cluster answers."""
        return self.clusters[place].request("GET", path).document()


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=harness", "-c", "user.email=harness@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run([tool("git"), *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def synced(project: Path, served: Path, places: Sequence[str]) -> Iterator[Fleet]:
    """Have Argo CD begin with the fleet, whose clusters at these places are there; both folders are empty at first."""
    repository = served / "platform/gitops"
    for name in PROJECT:
        copy = shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copyfile
        copy(CHECKOUT / name, project / name)
    repository.mkdir(parents=True)
    (served / "platform/gitops.git").symlink_to(repository / ".git")
    git(repository, "init", "--quiet", "--initial-branch=main")
    with ExitStack() as stack:
        try:
            servers = {
                place: stack.enter_context(scheduling_server(MODERN.kubernetes, CONTROLLERS)) for place in places
            }
            # Left first: a server waits as long as it may for Argo CD to give up its watches.
            argo = stack.enter_context(argo_cd(MODERN.kubernetes))
        except UnavailableError as missing:
            without(str(missing))
        address = f"{stack.enter_context(git_server(served))}/platform/gitops"
        one = Fleet(project, repository, address, argo, {place: client for place, (_, client) in servers.items()})
        one.command("render", "--quiet")
        hub = distinct_documents(manifest_files(project / "generated/argocd"), project)
        argo.plane.apply_crds(definitions([one for one in hub if one.kind[1] == "ExternalSecret"]))
        for place, (site, client) in servers.items():
            prepare(Cluster(client), place, project / "generated")
            registration = read(project / f"generated/argocd/externalsecret-cluster-{place.replace('/', '-')}.yaml")
            accept(argo, [cluster_secret(registration, site)])
        one.publish("the fleet")
        begin = [f"generated/argocd/{name}-fleet.yaml" for name in ("appproject", "application")]
        for name in begin:
            argo.begin(read(repository / name))
        yield one


def prepare(cluster: Cluster, place: str, generated: Path) -> None:
    """Give a cluster its nodes, the class of its disks, and the kinds and namespaces that its operators would bring."""
    tree = generated / place
    documents = distinct_documents(manifest_files(tree), generated)
    assert custom_kinds(documents)
    cluster.plane.apply_crds(definitions(documents))
    operators = json.loads((tree / "cluster-base/operators.json").read_text(encoding="utf-8"))
    names = {one["namespace"] for one in operators} - {"kube-system"}
    spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(names)]
    cluster.create([*subject_of(place).nodes, DISKS, *spaces])


def definitions(documents: Sequence[Document]) -> list[Definition]:
    """Give the kinds with a status apart, which the project's own schemas do not tell of."""
    found = fleet_definitions(documents, MODERN)
    found += constraint_definitions((one.obj for one in documents if one.kind[1] == TEMPLATE_KIND), found)
    for version in (version for one in found for version in one["spec"]["versions"]):
        version.setdefault("subresources", {}).setdefault("status", {})
    return found


def accept(argo: ArgoCd, objects: Sequence[Any]) -> None:
    for obj in objects:
        made = argo.plane.create(obj)
        assert made.accepted, made.message


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def head(fleet: Fleet) -> str:
    return git(fleet.repository, "rev-parse", "HEAD").strip()


def pending(fleet: Fleet, name: str) -> bool:
    """Whether an Application still waits to be looked at."""
    return "argocd.argoproj.io/refresh" in fleet.argo.application(name)["metadata"].get("annotations", {})
