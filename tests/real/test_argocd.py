"""A real Argo CD syncs what is rendered: its root Application is applied, and everything else follows from Git.

The edge clusters of the two canary cities and of a city of each other wave, one of each tier among them, each with an
API server of its own; operators' charts are left out, and so are the windows in which the core cities are not synced.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from .argo import ArgoCd, State, argo_cd, cluster_secret, patch
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

pytestmark = pytest.mark.real

CANARY, LATER = "wuhu", "baotou"
CITIES = (CANARY, "mianyang", LATER, "suzhou", "xian")
CASES = ("cluster-base", "payment-gateway")
GATEWAY = f"{CANARY}-edge-payment-gateway"
PROJECT = ("gitopsgen.yaml", "blueprints", "overlays", "schemas")
URL = "https://git.example.com/platform/gitops.git"
# What they deny depends on the time of day.
WINDOWS = re.compile(r"^  syncWindows:\n(?:    .*\n)+", re.MULTILINE)
SETTLED_SECONDS = 420
CHANGE_SECONDS = 180
CONTROLLERS = "*,-horizontal-pod-autoscaler-controller"
IN_PAYMENT = "/api/v1/namespaces/payment"
OPA = "/apis/apps/v1/namespaces/payment/deployments/opa"
# K3s brings it.
DISKS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "local-path"},
    "provisioner": "rancher.io/local-path",
    "volumeBindingMode": "WaitForFirstConsumer",
}
SCALER = "kube-controller-manager"
DIGEST = f"sha256:{'5' * 64}"


@dataclass
class Fleet:
    """A project with its Git repository, the Argo CD that reads it, and the servers of two cities."""

    project: Path
    repository: Path
    address: str
    argo: ArgoCd
    cities: dict[str, ApiClient] = field(default_factory=dict)

    def command(self, *arguments: str) -> str:
        """Run the tool in the project; gives what it says."""
        command = [sys.executable, "-m", "gitopsgen", *arguments]
        done = subprocess.run(command, cwd=self.project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def publish(self, message: str) -> str:
        """Commit what is rendered for Argo CD and the cities, and have it looked at; gives the commit."""
        for name in ("argocd", *(f"{city}/edge" for city in CITIES)):
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
        # A batch may hold none of the cities that are here.
        git(self.repository, "commit", "--quiet", "--allow-empty", "--message", message)
        self.look()
        return git(self.repository, "rev-parse", "HEAD").strip()

    def look(self, *, hard: bool = False) -> None:
        """Have Argo CD look at everything at once, as a webhook of the Git server would."""
        self.argo.regenerate()
        self.argo.refresh(*self.argo.states(), hard=hard)

    def play(self) -> None:
        """Do what operators and provisioners would."""
        for client in (self.argo.client, *self.cities.values()):
            answer(client)
        for client in self.cities.values():
            Cluster(client).provide_volumes()

    def until(self, what: Callable[[dict[str, State]], bool], seconds: float = CHANGE_SECONDS) -> dict[str, State]:
        """Wait for a state of all Applications, and give it."""
        self.argo.until(what, seconds, self.play)
        return self.argo.states()

    def settled(self, revision: str, *, seconds: float = CHANGE_SECONDS) -> dict[str, State]:
        """Wait until every Application is well, and has been compared with a commit."""
        wanted = {"fleet", *(f"{city}-edge-{case}" for city in CITIES for case in CASES)}
        return self.until(
            lambda states: (
                set(states) == wanted and all(one.is_well and one.revision == revision for one in states.values())
            ),
            seconds,
        )

    def get(self, city: str, path: str) -> dict[str, Any]:
        """Give what a city's server answers."""
        return self.cities[city].request("GET", path).document()


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=harness", "-c", "user.email=harness@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run([tool("git"), *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    project, served = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("git")
    repository = served / "platform/gitops"
    for name in PROJECT:
        copy = shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copyfile
        copy(CHECKOUT / name, project / name)
    repository.mkdir(parents=True)
    (served / "platform/gitops.git").symlink_to(repository / ".git")
    git(repository, "init", "--quiet", "--initial-branch=main")
    with ExitStack() as stack:
        try:
            argo = stack.enter_context(argo_cd(MODERN.kubernetes))
            servers = {city: stack.enter_context(scheduling_server(MODERN.kubernetes, CONTROLLERS)) for city in CITIES}
        except UnavailableError as missing:
            without(str(missing))
        address = f"{stack.enter_context(git_server(served))}/platform/gitops"
        one = Fleet(project, repository, address, argo, {city: client for city, (_, client) in servers.items()})
        one.command("render", "--quiet")
        hub = distinct_documents(manifest_files(project / "generated/argocd"), project)
        argo.plane.apply_crds(definitions([one for one in hub if one.kind[1] == "ExternalSecret"]))
        for city, (site, client) in servers.items():
            prepare(Cluster(client), city, project / "generated" / city)
            registration = read(project / f"generated/argocd/externalsecret-cluster-{city}-edge.yaml")
            accept(argo, [cluster_secret(registration, site)])
        one.publish("the fleet")
        begin = [f"generated/argocd/{name}-fleet.yaml" for name in ("appproject", "application")]
        for name in begin:
            argo.begin(read(repository / name))
        yield one


def prepare(cluster: Cluster, city: str, tree: Path) -> None:
    """Give a city its nodes, the class of its disks, and the kinds and namespaces that its operators would bring."""
    documents = distinct_documents(manifest_files(tree / "edge"), tree.parent)
    assert custom_kinds(documents)
    cluster.plane.apply_crds(definitions(documents))
    operators = json.loads((tree / "edge/cluster-base/operators.json").read_text(encoding="utf-8"))
    names = {one["namespace"] for one in operators} - {"kube-system"}
    spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(names)]
    cluster.create([*subject_of(f"{city}/edge").nodes, DISKS, *spaces])


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


def test_everything_is_synced_and_stays_so(fleet: Fleet) -> None:
    """Looked at again with nothing from a cache, nothing differs and nothing is synced once more."""
    first = fleet.settled(head(fleet), seconds=SETTLED_SECONDS)
    for _ in range(2):
        fleet.look(hard=True)
        again = fleet.until(lambda states: not any(pending(fleet, name) for name in states))

        assert [one.line() for one in again.values() if not one.is_well] == []
        assert {name: one.finished for name, one in again.items()} == {
            name: one.finished for name, one in first.items()
        }
    assert {name: one.conditions for name, one in first.items() if one.conditions} == {}


def pending(fleet: Fleet, name: str) -> bool:
    """Whether an Application still waits to be looked at."""
    return "argocd.argoproj.io/refresh" in fleet.argo.application(name)["metadata"].get("annotations", {})


def test_a_hand_made_change_is_healed(fleet: Fleet) -> None:
    change = {"spec": {"replicas": 0, "minReadySeconds": 99}}
    before = fleet.get(CANARY, OPA)["spec"]
    patch(fleet.cities[CANARY], OPA, change)

    fleet.until(lambda states: states[GATEWAY].is_well and fleet.get(CANARY, OPA)["spec"] == before)


def test_the_number_of_pods_is_left_to_the_autoscaler(fleet: Fleet) -> None:
    """Scaled as its controller would, the Deployment does not differ from Git, which says nothing of it."""
    path = f"/apis/apps/v1/namespaces/payment/deployments/payment-gateway/scale?fieldManager={SCALER}"
    patch(fleet.cities[CANARY], path, {"spec": {"replicas": 12}})

    fleet.look(hard=True)
    states = fleet.until(lambda states: not any(pending(fleet, name) for name in states) and states[GATEWAY].is_well)

    assert states[GATEWAY].sync == "Synced"
    assert fleet.get(CANARY, path.partition("?")[0])["spec"]["replicas"] == 12


def test_a_release_goes_from_batch_to_batch_and_back(fleet: Fleet) -> None:
    """A commit each; every city has it exactly from its own batch on."""
    before = {city: image(fleet, city) for city in CITIES}
    fleet.command("promote", "payment-gateway", "--set", f"image.digest={DIGEST}")
    seen = [set[str]()]
    while (have := released(fleet)) != seen[-1]:
        fleet.settled(fleet.publish("a batch"))
        assert {city for city in CITIES if image(fleet, city).endswith(f"@{DIGEST}")} == have.intersection(CITIES)
        seen.append(have)
        fleet.command("promote", "payment-gateway", "--next")
    assert len(released(fleet)) == len(list(fleet.project.glob("overlays/regions/*/region.yaml")))
    assert seen[1] == {CANARY, "mianyang"}
    assert len(seen) > len(CITIES)

    fleet.command("rollback", "payment-gateway")
    fleet.settled(fleet.publish("back"))

    assert {city: image(fleet, city) for city in CITIES} == before


def test_a_webhook_has_nothing_looked_at_but_what_a_commit_changes(fleet: Fleet) -> None:
    before = fleet.settled(head(fleet))
    name = f"generated/{CANARY}/edge/payment-gateway/deployment-opa.yaml"
    text = (fleet.repository / name).read_text("utf-8")
    more = text.replace("  annotations:\n", "  annotations:\n    example.com/looked-at: again\n", 1)
    (fleet.repository / name).write_text(more, "utf-8")
    git(fleet.repository, "commit", "--all", "--quiet", "--message", "one object")
    fleet.argo.tell(fleet.address, head(fleet), [name])
    states = fleet.until(lambda states: states[GATEWAY].revision == head(fleet) and states[GATEWAY].is_well)

    assert {name for name, one in states.items() if one.revision != before[name].revision} == {GATEWAY}

    fleet.settled(fleet.publish("without it"))


def released(fleet: Fleet) -> set[str]:
    """Name the cities that the release lock gives a release of the payment gateway."""
    lock = read(fleet.project / "overlays/releases.lock.yaml")
    return {cluster.partition("/")[0] for cluster in lock["cases"]["payment-gateway"]["clusters"]}


def test_what_leaves_git_is_pruned_and_nothing_else(fleet: Fleet) -> None:
    folder = fleet.repository / f"generated/{CANARY}/edge/payment-gateway"
    names = ("service-opa.yaml", "poddisruptionbudget-opa.yaml", "deployment-opa.yaml")
    before = listed(fleet)
    listing = folder / "kustomization.yaml"
    lines = listing.read_text("utf-8").splitlines(keepends=True)
    listing.write_text("".join(line for line in lines if line.strip().removeprefix("- ") not in names), "utf-8")
    for name in names:
        (folder / name).unlink()
    fleet.settled(fleet.commit("without its policies"))

    gone = {(CANARY, "services", "opa"), (CANARY, "deployments", "opa")}
    assert before - listed(fleet) == gone

    fleet.settled(fleet.publish("with them again"))
    fleet.until(lambda _: listed(fleet) == before)


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (
            {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "mine"},
             "spec": {"controller": "example.com/mine"}},
            "/apis/networking.k8s.io/v1/ingressclasses/mine",
        ),
        (
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine", "namespace": "payment"}},
            f"{IN_PAYMENT}/secrets/mine",
        ),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine", "namespace": "kube-system"}},
            "/api/v1/namespaces/kube-system/configmaps/mine",
        ),
    ],
    ids=["a kind of clusters", "a kind of namespaces", "a namespace"],
)  # fmt: skip
def test_what_the_case_does_not_have_is_denied(fleet: Fleet, obj: Any, path: str) -> None:
    fleet.until(lambda states: GATEWAY in states and states[GATEWAY].sync == "Synced", SETTLED_SECONDS)
    folder = fleet.repository / f"generated/{CANARY}/edge/payment-gateway"
    (folder / "mine.yaml").write_text(json.dumps(obj))
    with (folder / "kustomization.yaml").open("a") as listing:
        listing.write("  - mine.yaml\n")
    revision = fleet.commit("one more")
    states = fleet.until(lambda states: states[GATEWAY].revision == revision and is_denied(states[GATEWAY]))

    assert "mine" in "".join((*states[GATEWAY].differing, *states[GATEWAY].conditions))
    assert fleet.get(CANARY, path)["code"] == 404

    revision = fleet.publish("without it")
    fleet.argo.terminate(GATEWAY)
    # Nothing of it was applied, so that there is nothing to sync either: what was given up stays the last operation.
    fleet.until(lambda states: (states[GATEWAY].sync, states[GATEWAY].revision) == ("Synced", revision))


def is_denied(state: State) -> bool:
    return any("not permitted in project" in text for text in (state.message, *state.conditions))


def image(fleet: Fleet, city: str) -> str:
    spec = fleet.get(city, "/apis/apps/v1/namespaces/payment/deployments/payment-gateway")["spec"]
    return str(next(one["image"] for one in spec["template"]["spec"]["containers"] if one["name"] == "payment-gateway"))


def listed(fleet: Fleet) -> set[tuple[str, str, str]]:
    """Name all objects of some kinds in both cities."""
    kinds = {"services": "/api/v1", "configmaps": "/api/v1", "deployments": "/apis/apps/v1"}
    return {
        (city, plural, one["metadata"]["name"])
        for city in CITIES
        for plural, group in kinds.items()
        for one in fleet.get(city, f"{group}/{plural}")["items"]
    }
