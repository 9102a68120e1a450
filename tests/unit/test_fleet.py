from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.fleet import divided, great_circle_km, link, peers

REGIONS = Path(__file__).parents[2] / "overlays" / "regions"
places = st.fixed_dictionaries({"lat": st.floats(-90, 90), "lon": st.floats(-180, 180)})


@pytest.mark.parametrize(
    ("one", "other", "km", "round_trip_ms"),
    [
        ("beijing", "tianjin", 114, 3.7),
        ("beijing", "tangshan", 155, 4.3),
        ("beijing", "shijiazhuang", 264, 6.0),
        ("beijing", "shenyang", 627, 11.4),
        ("tianjin", "tangshan", 104, 3.6),
        ("tangshan", "dalian", 306, 6.6),
        ("shijiazhuang", "taiyuan", 173, 4.6),
    ],
)
def test_distances_are_those_of_the_list_of_cities(one, other, km, round_trip_ms):
    def facts(name):
        return yaml.safe_load((REGIONS / name / "region.yaml").read_text("utf-8"))["facts"]

    way = link(facts(one), facts(other))

    assert (way.km, way.round_trip_ms) == (km, round_trip_ms)


@given(places, places)
def test_a_way_is_as_long_back_as_there_and_at_most_half_the_earth(one, other):
    assert link(one, other) == link(other, one)
    assert 0 <= link(one, other).km <= 20016
    assert link(one, one).round_trip_ms == 2.0


def test_opposite_points_are_half_the_earth_apart():
    assert round(great_circle_km((0, 0), (0, 180))) == 20015


def test_peers_come_in_their_order_and_without_those_that_stand_nowhere():
    facts = {"a": {"lat": 0, "lon": 0}, "b": {"lat": 1, "lon": 0, "zh": "B", "area": "x"}, "c": {"lat": "north"}}

    assert peers(["c", "b", "z"], facts, "a") == [
        {"name": "b", "zh": "B", "area": "x", "km": 111, "rttMs": 3.7, "near": 1}
    ]
    assert peers(["b"], {**facts, "a": {}}, "a") == []


weights = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), max_size=12)


@given(st.integers(0, 200), weights)
def test_shares_sum_to_the_total_exactly(total, weights):
    shares = divided(total, weights)

    assert list(weights) == list(shares)
    assert sum(shares.values()) == (total if any(weights.values()) else 0)
    assert all(share == 0 for name, share in shares.items() if weights[name] == 0)


@given(st.integers(0, 200), weights)
def test_one_unit_more_changes_one_share_and_no_share_shrinks(total, weights):
    before, after = divided(total, weights), divided(total + 1, weights)
    grown = [after[name] - before[name] for name in weights if after[name] != before[name]]

    assert grown == ([1] if any(weights.values()) else [])


@given(st.integers(0, 200), weights, st.integers(1, 20), st.data())
def test_a_share_does_not_shrink_when_its_weight_grows(total, weights, more, data):
    if weights:
        name = data.draw(st.sampled_from(sorted(weights)))

        assert divided(total, {**weights, name: weights[name] + more})[name] >= divided(total, weights)[name]


@given(weights, st.integers(1, 4))
def test_where_all_comes_out_even_a_share_is_the_weight(weights, times):
    total = sum(weights.values()) * times

    assert divided(total, weights) == {name: weight * times for name, weight in weights.items()}


@given(st.integers(0, 200), weights, st.randoms())
def test_the_order_of_members_decides_nothing(total, weights, random):
    shuffled = list(weights.items())
    random.shuffle(shuffled)

    assert divided(total, dict(shuffled)) == divided(total, weights)


def test_of_equal_claims_the_first_by_name_is_met_first():
    assert divided(5, {"wuhan": 1, "beijing": 1}) == {"wuhan": 2, "beijing": 3}
