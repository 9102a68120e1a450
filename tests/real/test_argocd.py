"""A real Argo CD syncs what is rendered: its root Application is applied, and everything else follows from Git.

All clusters of the two canary cities, of one city of each tier at the edge, and the edge cluster of a core city, each
with an API server of its own; `test_argocd_core` has all clusters of a core city.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from .argo import State, patch
from .synced import Fleet, git, head, pending, read, synced

pytestmark = pytest.mark.real

CANARY, LATER = "wuhu", "baotou"
CITIES = (CANARY, "mianyang", LATER, "suzhou", "xian")
PLACES = (*(f"{city}/edge" for city in CITIES), "suzhou/trading")
SITE = f"{CANARY}/edge"
GATEWAY = f"{CANARY}-edge-payment-gateway"
SETTLED_SECONDS = 420
IN_PAYMENT = "/api/v1/namespaces/payment"
OPA = "/apis/apps/v1/namespaces/payment/deployments/opa"
SCALER = "kube-controller-manager"
DIGEST = f"sha256:{'5' * 64}"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with synced(tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("git"), PLACES) as one:
        yield one


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


def test_a_hand_made_change_is_healed(fleet: Fleet) -> None:
    change = {"spec": {"replicas": 0, "minReadySeconds": 99}}
    before = fleet.get(SITE, OPA)["spec"]
    patch(fleet.clusters[SITE], OPA, change)

    fleet.until(lambda states: states[GATEWAY].is_well and fleet.get(SITE, OPA)["spec"] == before)


def test_the_number_of_pods_is_left_to_the_autoscaler(fleet: Fleet) -> None:
    """Scaled as its controller would, the Deployment does not differ from Git, which says nothing of it."""
    path = f"/apis/apps/v1/namespaces/payment/deployments/payment-gateway/scale?fieldManager={SCALER}"
    patch(fleet.clusters[SITE], path, {"spec": {"replicas": 12}})

    fleet.look(hard=True)
    states = fleet.until(lambda states: not any(pending(fleet, name) for name in states) and states[GATEWAY].is_well)

    assert states[GATEWAY].sync == "Synced"
    assert fleet.get(SITE, path.partition("?")[0])["spec"]["replicas"] == 12


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
    assert fleet.get(SITE, path)["code"] == 404

    revision = fleet.publish("without it")
    fleet.argo.terminate(GATEWAY)
    # Nothing of it was applied, so that there is nothing to sync either: what was given up stays the last operation.
    fleet.until(lambda states: (states[GATEWAY].sync, states[GATEWAY].revision) == ("Synced", revision))


def test_a_cluster_that_the_case_does_not_run_on_is_denied(fleet: Fleet) -> None:
    """An Application of the project that points at another cluster compares nothing and syncs nothing."""
    stray = fleet.argo.application(GATEWAY)
    spec = {**stray["spec"], "destination": {"name": "suzhou-trading", "namespace": "payment"}}
    metadata = {"name": "stray", "namespace": stray["metadata"]["namespace"]}
    fleet.argo.begin({**{key: stray[key] for key in ("apiVersion", "kind")}, "metadata": metadata, "spec": spec})

    states = fleet.until(lambda states: "stray" in states and bool(states["stray"].conditions))

    assert "do not match any of the allowed destinations" in states["stray"].conditions[0]
    assert fleet.get("suzhou/trading", IN_PAYMENT)["code"] == HTTPStatus.NOT_FOUND


def is_denied(state: State) -> bool:
    return any("not permitted in project" in text for text in (state.message, *state.conditions))


def image(fleet: Fleet, city: str) -> str:
    spec = fleet.get(f"{city}/edge", "/apis/apps/v1/namespaces/payment/deployments/payment-gateway")["spec"]
    return str(next(one["image"] for one in spec["template"]["spec"]["containers"] if one["name"] == "payment-gateway"))


def listed(fleet: Fleet) -> set[tuple[str, str, str]]:
    """Name all objects of some kinds in both cities."""
    kinds = {"services": "/api/v1", "configmaps": "/api/v1", "deployments": "/apis/apps/v1"}
    return {
        (city, plural, one["metadata"]["name"])
        for city in CITIES
        for plural, group in kinds.items()
        for one in fleet.get(f"{city}/edge", f"{group}/{plural}")["items"]
    }
