"""How an import finds what cities share: the layer that sets a value, names of values, what texts have in common."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitopsgen.adopt import City
from gitopsgen.adopt.blueprint import Order, adopt
from gitopsgen.adopt.facts import Fact, Facts
from gitopsgen.adopt.layering import Layer, Layers, Setting
from gitopsgen.adopt.matching import common_order, matched
from gitopsgen.adopt.naming import paths
from gitopsgen.adopt.nodes import MISSING, Step, Value
from gitopsgen.adopt.schema import schema_of
from gitopsgen.adopt.texts import divided
from gitopsgen.diff import ListTypes
from gitopsgen.diff.changes import canonical

ORDER = ("blueprint", "environment", "tier", "area", "region", "cluster")


def city(name, cluster="edge", tier="small", area="east", **facts):
    known = {"region.name": name, "region.tier": tier, "region.area": area, "cluster.name": cluster, **facts}
    return City(name, cluster, "production", tier, area, known)


def by_place(*cities):
    return {one.place: one for one in cities}


CITIES = by_place(
    *(
        city(f"c{at}", cluster, tier, area)
        for at, (cluster, tier, area) in enumerate(
            [
                ("edge", "small", "east"),
                ("edge", "small", "west"),
                ("edge", "large", "east"),
                ("edge", "large", "west"),
                ("edge", "large", "west"),
            ]
        )
    ),
    city("c4", "core", "large", "west"),
)


def members(layer):
    if layer.sort == "blueprint":
        return set(CITIES)
    if layer.sort == "cluster":
        return {layer.name}
    sort = {"region": "region"}.get(layer.sort, layer.sort)
    return {place for place, one in CITIES.items() if getattr(one, sort) == layer.name}


def reached(found):
    """Give what each place has after the settings, of which higher layers win."""
    values = dict.fromkeys(CITIES, MISSING)
    for one in sorted(found, key=lambda one: ORDER.index(one.layer.sort)):
        values.update(dict.fromkeys(members(one.layer), one.data))
    return values


@settings(max_examples=60)
@given(
    wanted=st.fixed_dictionaries(
        {}, optional={place: st.sampled_from([1, 2, "1", True, MISSING]) for place in CITIES}
    ).filter(bool)
)
@example(wanted={"c0/edge": MISSING, "c1/edge": MISSING, "c2/edge": 1, "c3/edge": 1, "c4/edge": 2, "c4/core": 1})
def test_each_place_gets_its_value_with_the_fewest_settings(wanted):
    """A place that does not mind is left out. A layer of several cities sets only what all of them agree on."""
    found = Layers(CITIES).settings(wanted)

    values = reached(found)
    assert all(same(values[place], one) for place, one in wanted.items())
    assert len(found) <= fewest(wanted)


def same(one, other):
    return one is other or (MISSING not in (one, other) and canonical(one) == canonical(other))


def fewest(wanted):
    """Give the least number of settings by trying: any common value, then any layers that agree."""
    layers = {Layer(sort, getattr(one, sort)) for sort in ORDER[1:5] for one in CITIES.values()}
    layers |= {Layer("cluster", place) for place in CITIES}
    agreed = []
    for layer in layers:
        minding = [wanted[place] for place in members(layer) if place in wanted]
        if minding and all(same(one, minding[0]) for one in minding):
            agreed.append(Setting(layer, minding[0]))
    starts = [[], *([Setting(Layer("blueprint"), one)] for one in wanted.values() if one is not MISSING)]
    for size in range(len(wanted) + 1):
        for start in starts:
            for some in combinations(agreed, size):
                values = reached([*start, *some])
                if all(same(values[place], one) for place, one in wanted.items()):
                    return size + 1  # a default more is no worse than none
    raise AssertionError(wanted)


def test_a_text_with_facts_is_one_text():
    facts = Facts(by_place(city("wuhu", area="cn-east"), city("beijing", area="cn-north")))

    found = facts.explained({"wuhu/edge": "a.wuhu.cn-east/wuhu", "beijing/edge": "a.beijing.cn-north/beijing"})

    name, area = Fact("region.name"), Fact("region.area")
    assert found == ("a.", name, ".", area, "/", name)


@pytest.mark.parametrize(
    "texts",
    [
        {"wuhu/edge": "wuhu", "beijing/edge": "else"},
        {"wuhu/edge": "wuhu1", "beijing/edge": "beijing1"},  # a part of another word
        {"wuhu/edge": "wuhu wuhu", "beijing/edge": "beijing"},
    ],
)
def test_a_fact_that_does_not_hold_for_all_cities_explains_nothing(texts):
    facts = Facts(by_place(city("wuhu"), city("beijing")))

    assert facts.explained(texts) is None


def test_names_match_by_what_only_their_city_has():
    facts = Facts(by_place(city("wuhu", tier="core"), city("beijing", tier="edge"), city("suzhou", tier="edge")))
    names = {"wuhu/edge": ["a", "a-wuhu", "core-dns"], "beijing/edge": ["a", "a-beijing", "edge-dns"]}
    names["suzhou/edge"] = ["a"]

    found = matched(names, facts)

    assert {"wuhu/edge": "a", "beijing/edge": "a", "suzhou/edge": "a"} in found
    assert {"wuhu/edge": "a-wuhu", "beijing/edge": "a-beijing"} in found
    assert {"wuhu/edge": "core-dns"} in found


def test_a_namespace_that_no_fact_of_the_city_tells_is_one_value():
    """Objects are the same in cities that call the namespace of most of them otherwise; others keep theirs."""
    cities = by_place(city("berlin"), city("paris"), city("rome"))
    spaces = {"berlin/edge": "shop", "paris/edge": "shop", "rome/edge": "boutique"}

    def of(space):
        names = (("web", space), ("queue", space), ("agent", "monitoring"))
        return [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": where}}
            for name, where in names
        ]

    order = Order("shop", "shop", cities, {place: of(space) for place, space in spaces.items()})

    made = adopt(order, ListTypes(()))

    assert (made.templates, made.values) == (3, 1)
    lines = {name.rsplit("/", 1)[1]: text for name, text in made.files.items() if name.endswith(".j2")}
    assert "namespace: {{ values.namespace }}\n" in lines["service-web.yaml.j2"]
    assert "namespace: monitoring\n" in lines["service-agent.yaml.j2"]
    assert made.files["blueprints/shop/values.yaml"] == "namespace: shop\n"
    assert made.files["overlays/regions/rome/shop.yaml"] == "namespace: boutique\n"


def test_orders_that_contradict_each_other_have_nothing_in_common():
    assert common_order([[1, 2], [2, 3], [1, 3]]) == [1, 2, 3]
    assert common_order([[1, 2], [2, 1]]) is None


def value(*steps):
    return Value("", tuple(Step(word.lstrip("~"), not word.startswith("~")) for word in steps), {})


def test_names_of_values_are_as_short_as_tells_them_apart():
    replicas, image = value("~spec", "replicas"), value("~spec", "~containers", "image")
    least, same_word = value("~spec", "minReplicas"), value("~spec", "image")
    whole, part = value("~spec", "ports"), value("~spec", "ports", "http")
    some = [("Deployment", "shop", one) for one in (replicas, image)]
    some += [("Autoscaler", "shop", one) for one in (least, same_word)]
    some += [("Service", "patches", one) for one in (whole, part)]

    found = paths(some)

    assert found[replicas] == ("shop", "replicas")
    assert found[least] == ("shop", "minReplicas")
    assert found[image] == ("shop", "deployment", "image")
    assert found[same_word] == ("shop", "autoscaler", "image")
    assert found[whole][0] != "patches"  # a city's file says something else there
    assert found[part][: len(found[whole])] != found[whole]


def test_settings_in_texts_are_told_apart_from_the_rest():
    found = divided({"a": 'x: "1", # no\nsame\n', "b": 'x: "2", # no\nsame\n'})

    assert found is None  # what stands behind is no part of the value
    found = divided({"a": 'x: "1",\nsame\n', "b": 'x: "20",\nsame\n'})
    assert found is not None
    assert [one.by_place for one in found if one.word == "x"] == [{"a": "1", "b": "20"}]
    assert "".join(one.by_place["b"] for one in found) == 'x: "20",\nsame\n'


def test_a_schema_is_closed():
    found = schema_of([{"a": [1, "x"]}, {"b": None}])

    assert found["additionalProperties"] is False
    assert found["properties"] == {
        "a": {"type": "array", "items": {"type": ["integer", "string"]}},
        "b": {"type": "null"},
    }
