"""A real Argo CD syncs all clusters of a core city, every application of every case and of what the cases need.

Only the operators' charts and the sync windows are left out. Each cluster has an API server of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .synced import Fleet, head, pending, synced

Named = tuple[str, str, str]

pytestmark = pytest.mark.real

CLUSTERS = ("bank-a", "bank-b", "edge", "hosts", "platform", "risk", "trading")
PLACES = tuple(f"shanghai/{name}" for name in CLUSTERS)
SETTLED_SECONDS = 420
SERVICE, CASE, HOME = "quotes", "risk-control", "shanghai/risk"
KINDS = {
    "services": "/api/v1",
    "configmaps": "/api/v1",
    "serviceaccounts": "/api/v1",
    "deployments": "/apis/apps/v1",
    "statefulsets": "/apis/apps/v1",
    "networkpolicies": "/apis/networking.k8s.io/v1",
    "poddisruptionbudgets": "/apis/policy/v1",
}


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


def test_a_service_comes_and_goes_and_nothing_else(fleet: Fleet, tmp_path: Path) -> None:
    """Scaffolded and removed by one command each, as a team would; a commit each."""
    before = listed(fleet)
    command = ("new", "service", SERVICE, "--case", CASE, "--language", "python", "--no-input")
    fleet.command(*command, "--directory", str(tmp_path / SERVICE))
    fleet.command("render")
    fleet.settled(fleet.publish("a service"), seconds=SETTLED_SECONDS)
    with_it = listed(fleet)

    assert {place for place, *_ in with_it ^ before} == {HOME}
    assert (HOME, "deployments", SERVICE) in with_it - before

    fleet.command("remove", "service", SERVICE, "--yes")
    fleet.command("render")
    fleet.settled(fleet.publish("without it"), seconds=SETTLED_SECONDS)

    fleet.until(lambda _: listed(fleet) == before)


def listed(fleet: Fleet) -> set[Named]:
    """Name all objects of some kinds in all clusters."""
    return {
        (place, plural, one["metadata"]["name"])
        for place in PLACES
        for plural, group in KINDS.items()
        for one in fleet.get(place, f"{group}/{plural}")["items"]
    }
