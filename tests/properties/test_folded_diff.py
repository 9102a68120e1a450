"""A folded difference loses nothing: whatever cities differ in, each one's new state comes back from its old one."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from gitopsgen.diff import MISSING, City, FilePair, applied, compared, difference
from gitopsgen.diff.changes import canonical
from gitopsgen.diff.documents import document
from gitopsgen.emit import emit

CITIES = {
    "xian": City("xian", "西安", "cn-northwest", "core", 3, ("lanzhou", "xiangyang")),
    "xiangyang": City("xiangyang", "襄阳", "cn-central", "edge", 1, ("xian",)),
    "lanzhou": City("lanzhou", "兰州", "cn-northwest", "edge", 1, ("xian", "xining")),
    "xining": City("xining", "西宁", "cn-northwest", "edge", 0, ()),
}
DIGESTS = [character * 64 for character in "a1"]
WORDS = ["{region}", "{zh}", "{area}", "xian", "西安", "3", "a", "", "\ue000", "\ue003-\ue200", "<region>", "\\nanjing"]

text = st.lists(st.sampled_from(WORDS), max_size=3).map("-".join)
lines = st.lists(text, min_size=2, max_size=4).map("\n".join)
scalar = st.one_of(st.none(), st.booleans(), st.integers(0, 2), text, lines)
named = st.fixed_dictionaries({"name": st.sampled_from("abcd")}, optional={"value": scalar})
values = st.recursive(
    scalar,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "{region}", "checksum"]), inner, max_size=3),
        st.lists(named, max_size=4, unique_by=lambda item: item["name"]),
    ),
    max_leaves=8,
)


def in_city(data, city):
    """Give what a template gives in a city."""
    told = json.dumps(data, ensure_ascii=False)
    for label, name in (("region", city.name), ("zh", city.zh), ("area", city.area)):
        told = told.replace(f"{{{label}}}", name)
    return json.loads(told)


def config_map(name, data, city):
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": in_city(data, city)}


def pair(city, name, old, new):
    sides = [None if side is MISSING else emit(config_map(name, side, city)).encode() for side in (old, new)]
    return FilePair(f"{city.name}/edge/shop/configmap-{name}.yaml", *sides)


def state(file, content):
    return {} if content is None else dict([document(file, content.decode())])


def assert_comes_back(found, pair):
    """A file can hold an object in one state and, to us, mere text in the other: then one goes and one comes."""
    place, file = "/".join(pair.path.split("/")[:2]), pair.path.split("/", 2)[2]
    old, new = state(file, pair.old), state(file, pair.new)
    objects = {(one.kind, one.name): one for each in found.folded for one in each.objects if one.file == file}
    for identity in {**old, **new}:
        one = objects.get((identity.kind, identity.name))
        changes = found.changes_at(place, one) if one else ()
        assert same(applied(old.get(identity, MISSING), changes), new.get(identity, MISSING))


def same(one, other):
    return one is other if MISSING in (one, other) else canonical(one) == canonical(other)


@given(values, values, st.data())
def test_applying_the_changes_gives_the_other_side(old, new, data):
    changes = data.draw(st.permutations(compared(old, new)))

    assert same(applied(old, changes), new)
    assert bool(changes) == (canonical(old) != canonical(new))


@given(st.tuples(values, values), st.dictionaries(st.sampled_from(sorted(CITIES)), st.tuples(values, values)))
def test_every_citys_new_state_comes_back_from_the_folded_difference(common, deviating):
    pairs = [
        one
        for name, city in sorted(CITIES.items())
        for one in (pair(city, "a", *deviating.get(name, common)), pair(city, "b", common[0], MISSING))
    ]

    found = difference(pairs, (CITIES, CITIES))

    for one in pairs:
        assert_comes_back(found, one)


readable = scalar.filter(
    lambda value: not re.search("[\ue000-\ue200]", str(value))
)  # else the file is compared as text


@given(st.sampled_from(sorted(CITIES)), readable, readable, st.booleans())
def test_a_city_that_differs_is_never_folded_away(name, usual, unusual, is_old):
    """Whether it is the state before or after in which it differs, and whatever names of cities it speaks of."""
    city = CITIES[name]
    assume(canonical(in_city(usual, city)) != canonical(in_city(unusual, city)))
    before, after = {"field": {"x": "before"}}, {"field": {"x": "after"}}
    pairs = []
    for each in sorted(CITIES):
        old, new = {**before, "own": usual}, {**after, "own": [usual]}
        if each == name:
            old, new = ({**old, "own": unusual}, new) if is_old else (old, {**new, "own": [unusual]})
        pairs.append(pair(CITIES[each], "a", old, new))

    (folded,) = difference(pairs, (CITIES, CITIES)).folded

    alone = [hunk for hunk in folded.hunks if hunk.places == (f"{name}/edge",)]
    together = [hunk for hunk in folded.hunks if len(hunk.places) == len(CITIES)]
    assert any(change.path[:2] == ("data", "own") for hunk in alone for change in hunk.changes)
    assert any(change.path == ("data", "field", "x") for hunk in together for change in hunk.changes)


def test_a_name_that_changes_is_not_hidden():
    """Else a city that moves to another area would be folded with those that stay: each has its area."""
    moved = {**CITIES, "lanzhou": replace(CITIES["lanzhou"], area="cn-north")}
    pairs = []
    for name in sorted(CITIES):
        old, new = ({"x": "{area}", "y": number} for number in (1, 2))
        first, second = pair(CITIES[name], "a", old, old), pair(moved[name], "a", new, new)
        pairs.append(FilePair(first.path, first.old, second.new))

    (folded,) = difference(pairs, (CITIES, moved)).folded

    assert [hunk.places for hunk in folded.hunks if hunk.changes[0].path[-1] == "x"] == [("lanzhou/edge",)]
    for one in pairs:
        assert_comes_back(difference(pairs, (CITIES, moved)), one)


@given(st.sampled_from(DIGESTS), st.sampled_from(DIGESTS))
def test_a_checksum_is_folded_only_where_something_else_differs(one, other):
    assume(one != other)
    pairs = []
    for name, city in sorted(CITIES.items()):
        digests = (one, other) if name == "xian" else (other, one)
        pairs.append(pair(city, "a", *({"x/checksum": digest} for digest in digests)))
        if name != "lanzhou":
            pairs.append(pair(city, "b", {"x": "1"}, {"x": "2"}))

    found = difference(pairs, (CITIES, CITIES))

    folded = next(folded for folded in found.folded if folded.objects[0].name == "a")
    assert [len(hunk.places) for hunk in folded.hunks] == [3, 1]
    for each in pairs:
        assert_comes_back(found, each)
