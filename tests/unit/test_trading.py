"""The trading case of this repository: its pods are the fleet's hundred, and each city has its share."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.compose import Selection, compose
from gitopsgen.load import load

ROOT = Path(__file__).resolve().parents[2]
EXCHANGES = {"beijing", "shanghai", "guangzhou", "shenzhen"}


@pytest.fixture(scope="module")
def project():
    return load(ROOT).value


def pods(project, *sets: tuple[str, object], regions: tuple[str, ...] = ()) -> dict[str, int]:
    variants = compose(project, Selection(cases=("trading",), regions=regions, sets=sets)).value
    return {variant.id.region: variant.context["values"]["replicas"] for variant in variants}


def test_a_hundred_pods_are_divided_among_large_cities_and_those_with_an_exchange(project):
    found = pods(project)

    assert sum(found.values()) == 100
    assert {city: count for city, count in found.items() if city in EXCHANGES} == dict.fromkeys(EXCHANGES, 11)
    assert sorted(count for city, count in found.items() if city not in EXCHANGES) == [2] * 28


@pytest.mark.parametrize("total", [99, 101])
def test_one_pod_more_or_less_is_one_city_changed(project, total):
    before, after = pods(project), pods(project, ("trading.fleet.replicas", total))

    assert sum(after.values()) == total
    assert len([city for city in before if before[city] != after[city]]) == 1


def test_a_city_rendered_alone_has_the_share_that_it_has_in_the_fleet(project):
    alone = load(ROOT, regions=("suzhou",)).value

    assert set(alone.regions) == {"suzhou"}
    assert pods(alone, regions=("suzhou",)) == {"suzhou": pods(project)["suzhou"]}


def test_only_nodes_with_room_run_the_feed_handler(project):
    found = {variant.id.region for variant in compose(project, Selection(cases=("feed-handler",))).value}

    assert found == EXCHANGES
