"""A real Argo CD syncs the clusters of a core city: every case but the one of the edge, and what their clusters need.

As many clusters at once as `test_argocd` has; each has an API server of its own.
"""

from collections.abc import Iterator

import pytest

from .synced import Fleet, head, pending, synced

pytestmark = pytest.mark.real

PLACES = ("shanghai/bank-a", "shanghai/hosts", "shanghai/platform", "shanghai/risk", "shanghai/trading")
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
