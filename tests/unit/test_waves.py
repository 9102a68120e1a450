"""Waves and batches: every cluster once, neighbours apart, limits kept, and what cannot be is said."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.compose.rollouts import Planning, rollouts
from gitopsgen.load import load
from gitopsgen.model.rollout import Limits, Rollout, Wave
from gitopsgen.waves import Member, Room, coloured, critical, divide, is_colourable, neighbours
from gitopsgen.waves.colouring import within

ROOT = Path(__file__).parents[2]


def member(name, *, failover=(), environment="production", traffic=1, tier="edge", place=None, cluster="edge"):
    facts = {"tier": (tier,), "region": (name,), "cluster": (cluster,)}
    return Member(name, cluster, cluster, environment, facts, tuple(failover), place, traffic)


def rollout(*waves, **more):
    return Rollout("shop", tuple(waves), ("cases", "shop"), **more)


def wave(name="all", *, where=None, unless=None, **more):
    return Wave(name, where or {}, unless or {}, ("cases", "shop", "waves", 0), **more)


def names(batches):
    return [[cluster.partition("/")[0] for cluster in batch.clusters] for batch in batches]


def codes(problems):
    return [problem.kind.code for problem in problems]


@st.composite
def graphs(draw, largest=7):
    nodes = [f"n{number}" for number in range(draw(st.integers(1, largest)))]
    pairs = [(one, other) for index, one in enumerate(nodes) for other in nodes[:index]]
    edges = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    return {
        node: frozenset({one for one, other in edges if other == node} | {other for one, other in edges if one == node})
        for node in nodes
    }


@st.composite
def fleets(draw):
    cities = [f"city-{number:02}" for number in range(draw(st.integers(1, 24)))]
    return [
        member(
            city,
            failover=draw(
                st.lists(st.sampled_from(cities), max_size=3, unique=True).map(
                    lambda f, c=city: [x for x in f if x != c]
                )
            ),
            place=(draw(st.floats(20, 50)), draw(st.floats(80, 130))),
            traffic=draw(st.integers(0, 9)),
        )
        for city in cities
    ]


@settings(deadline=None)
@given(graphs(), st.integers(1, 3), st.none() | st.integers(1, 4), st.none() | st.integers(0, 8), st.data())
def test_a_colouring_is_found_exactly_where_there_is_one(graph, colours, nodes, weight, data):
    weights = {node: data.draw(st.integers(0, 4)) for node in graph}

    def holds(chosen):
        apart = all(chosen[one] != chosen[other] for one in graph for other in graph[one])
        used = [[node for node in graph if chosen[node] == colour] for colour in range(colours)]
        return apart and all(
            (nodes is None or len(each) <= nodes) and (weight is None or sum(map(weights.get, each)) <= weight)
            for each in used
        )

    possible = any(holds(dict(zip(graph, each, strict=True))) for each in product(range(colours), repeat=len(graph)))
    preferred = {node: data.draw(st.permutations(range(colours))) for node in graph}
    for wishes in (None, preferred):
        found = coloured(graph, colours, preferred=wishes, room=Room(nodes, weight), weights=weights)

        assert (found is not None) is possible
        assert found is None or holds(found)


@given(graphs(), st.integers(1, 3))
def test_what_is_named_as_inseparable_is_so_and_none_of_it_could_be_left_out(graph, colours):
    if is_colourable(graph, colours):
        return
    named = critical(graph, colours)

    assert not is_colourable(within(graph, named), colours)
    assert all(is_colourable(within(graph, set(named) - {one}), colours) for one in named)


@settings(max_examples=60, deadline=None)
@given(fleets(), st.none() | st.integers(1, 5), st.none() | st.integers(1, 6), st.randoms())
def test_batches_have_every_cluster_once_and_no_neighbours_together(members, batches, size, random):
    asked = wave(batches=batches, size=None if batches else size)
    found, problems = divide(rollout(asked), (), members)
    graph = neighbours(members)

    assert sorted(cluster for batch in found for cluster in batch.clusters) == sorted(one.name for one in members)
    if problems:
        assert codes(problems) == ["GG225"]
        assert not is_colourable(graph, batches)
    else:
        assert not any(graph[one] & set(batch.clusters) for batch in found for one in batch.clusters)
        assert len(found) <= (batches or len(members))
        assert batches or not size or all(len(batch.clusters) <= size for batch in found)
    mixed = list(members)
    random.shuffle(mixed)
    assert divide(rollout(asked), (), mixed)[0] == found


@settings(max_examples=60, deadline=None)
@given(fleets(), st.integers(1, 4), st.integers(1, 100), st.integers(1, 100))
def test_limits_of_batches_are_kept_or_it_is_said_that_they_cannot_be(members, batches, clusters, traffic):
    whole = sum(one.traffic for one in members)
    by_name = {one.name: one.traffic for one in members}
    limits = Limits(clusters, traffic if whole else None)
    found, problems = divide(rollout(wave(batches=batches), batch_limits=limits), (), members)
    kept = all(
        100 * len(batch.clusters) <= clusters * len(members)
        and (not whole or 100 * sum(by_name[name] for name in batch.clusters) <= traffic * whole)
        for batch in found
    )

    assert set(codes(problems)) <= {"GG225", "GG227"}
    assert kept or problems


def test_neighbours_are_failover_cities_and_the_nearest_where_those_do_not_run_the_case():
    cities = [
        member("a", failover=("b", "x"), place=(30.0, 100.0)),
        member("b", failover=("a",), place=(30.0, 101.0)),
        member("c", failover=("b",), place=(30.0, 100.1)),
        member("b", failover=("a",), place=(30.0, 101.0), cluster="bank"),
    ]

    found = neighbours(cities)

    assert found == {
        "a/edge": {"b/edge", "c/edge"},
        "b/edge": {"a/edge", "c/edge"},
        "c/edge": {"a/edge", "b/edge"},
        "b/bank": set(),
    }


def test_a_wave_takes_those_with_the_least_traffic_but_no_neighbours():
    cities = [
        member("a", traffic=1, failover=("b",)),
        member("b", traffic=2),
        member("c", traffic=3),
        member("d", traffic=0, tier="core"),
    ]
    waves = (wave("two", where={"tier": ("edge",)}, take=2), wave("rest", unless={"region": ("b",)}), wave("last"))

    found, problems = divide(rollout(*waves), (), cities)

    assert not problems
    assert names(found) == [["a", "c"], ["d"], ["b"]]


def test_one_cluster_a_batch_goes_from_little_to_much_traffic():
    cities = [member("a", traffic=3), member("b", traffic=1), member("c", traffic=2)]

    assert names(divide(rollout(wave(size=1)), (), cities)[0]) == [["b"], ["c"], ["a"]]


def test_environments_come_one_after_the_other_and_only_the_last_is_limited_and_divided():
    cities = [member("a"), member("b", environment="staging"), member("c", environment="lab")]
    limited = rollout(wave(), wave_limits=Limits(100), batch_limits=Limits(100))

    assert [str(batch) for batch in divide(limited, (), cities)[0]] == ["lab", "staging", "all"]
    found, problems = divide(limited, ("staging", "production"), cities)
    assert names(found) == [["b"], ["a"]]
    assert [(problem.kind.code, problem.path) for problem in problems] == [("GG223", ("environments",))]


@pytest.mark.parametrize(
    ("plan", "code", "words"),
    [
        (rollout(wave(where={"tier": ("core",)})), "GG223", "are in no wave: a, b, c"),
        (rollout(wave(where={"teir": ("edge",)}), wave("rest")), "GG224", '"teir" is no fact'),
        (rollout(wave(batches=1)), "GG225", "a, b are failover neighbours that one batch cannot keep apart"),
        (rollout(wave(limits=Limits(50))), "GG226", "has 100 % of the clusters, expected 50 % at most"),
        (rollout(wave(batches=2), batch_limits=Limits(clusters=34)), "GG227", "of at most 34 % of the clusters each"),
        (rollout(wave(), batch_limits=Limits(traffic=40)), "GG227", "one cluster alone is more than 40 %"),
        (rollout(wave("x", take=1), wave("x")), "GG228", 'called "x" too'),
    ],
)
def test_what_cannot_hold_is_said_with_names_and_numbers(plan, code, words):
    cities = [member("a", failover=("b",)), member("b"), member("c", traffic=2)]

    found = [problem for problem in divide(plan, (), cities)[1] if problem.kind.code == code]

    assert any(words in problem.message for problem in found), divide(plan, (), cities)[1]


def test_a_share_of_traffic_needs_a_measure():
    problems = divide(rollout(wave(), wave_limits=Limits(traffic=50)), (), [member("a", traffic=0)])[1]

    assert codes(problems) == ["GG229"]


@pytest.fixture(scope="module")
def planning():
    return Planning(load(ROOT).value)


def test_the_waves_of_this_project_are_those_that_were_asked_for(planning):
    planned = rollouts(planning.project)
    counts = {case: [(batch.wave, batch.number, batch.count) for batch in each] for case, each in planned.value.items()}
    first = {case: each[0].clusters for case, each in planned.value.items()}

    assert planned.diagnostics == ()
    assert [(name, count) for name, number, count in counts["payment-gateway"] if number == 1] == [
        ("canary", 1),
        ("edge-small", 2),
        ("edge-large", 3),
        ("core", 1),
    ]
    assert first["risk-control"] == ("shenyang/risk",)
    assert first["payment-platform"] == ("shenyang/platform",)
    assert {len(batch.clusters) for case in ("risk-control", "payment-platform") for batch in planned.value[case]} == {
        1
    }
    assert len(first["trading"]) == 2
    assert [batch.clusters[0].partition("/")[0] for batch in planned.value["trading"][-6:]] == [
        "dalian",
        "zhengzhou",
        "beijing",
        "guangzhou",
        "shanghai",
        "shenzhen",
    ]
    assert [batch.clusters for batch in planned.value["bank-core"]] == [
        ("beijing/bank",),
        ("shanghai/bank-b",),
        ("shanghai/bank-a",),
    ]


def test_a_city_more_or_less_moves_few_others(planning):
    """Against a division by the order of names, where each city moves a third or a half of those after it."""
    plan = planning.rollout("payment-gateway")
    members = list(planning._members(plan))
    whole = _places(divide(plan, (), members)[0])
    left_out = members[::3]
    moved = [
        sum(
            place != whole[name]
            for name, place in _places(divide(plan, (), [o for o in members if o is not one])[0]).items()
        )
        for one in left_out
    ]

    assert sum(moved) / len(moved) < 2


def _places(batches):
    return {cluster: (batch.wave, batch.number) for batch in batches for cluster in batch.clusters}
