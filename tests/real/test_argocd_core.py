"""A real Argo CD syncs all clusters of a core city, every application of every case and of what the cases need.

Only the operators' charts and the sync windows are left out. Each cluster has an API server of its own.
"""

from collections.abc import Iterator

import pytest

from .synced import Fleet, head, pending, synced

pytestmark = pytest.mark.real

CLUSTERS = ("bank-a", "bank-b", "edge", "hosts", "platform", "risk", "trading")
PLACES = tuple(f"shanghai/{name}" for name in CLUSTERS)
SETTLED_SECONDS = 420


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
