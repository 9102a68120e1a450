from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.diff import City, FilePair, difference, label
from gitopsgen.emit import emit
from gitopsgen.report import sarif, terminal
from gitopsgen.report.difference import html, markdown, text
from gitopsgen.report.difference.json import records
from gitopsgen.report.difference.lines import summary
from gitopsgen.review import masked

NAMES = [f"city{first}{second}" for first in "abcdefgh" for second in "abcdefgh"] + ["lhasa"]
CITIES = {name: City(name, tier="core" if name.endswith("a") else "edge", wave=1) for name in NAMES}
SCREEN = 24
KEY = "-----BEGIN PRIVATE KEY-----\n{}\n{}\n-----END PRIVATE KEY-----\n"


def config(name="x", kind="ConfigMap", **data):
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "data": data}


def fleet(states, cities=NAMES):
    """Compare a fleet; `states` gives the objects of a city, before and after, by file."""
    pairs, listing = [], []
    for city in sorted(cities):
        for file, (old, new) in states(city).items():
            sides = [None if side is None else emit(side).encode() for side in (old, new)]
            pairs.append(FilePair(f"{city}/edge/shop/{file}.yaml", *sides))
            listing.append(pairs[-1].path)
    changed = sorted((one for one in pairs if one.old != one.new), key=lambda one: one.path)
    return masked(difference(changed, (CITIES, CITIES), listing))


def danger(number=1, message="is removed"):
    where = Location(f"overlays/{number}.yaml", number, 3)
    return Diagnostic("GG905", "removed-store", Severity.WARNING, message, where, "copy the data")


def plain(found, **how):
    return list(text.lines(found, terminal.plain, **how))


def test_a_change_of_all_cities_fits_on_a_screen_with_the_city_that_differs():
    def states(city):
        new = {"a": "3" if city == "lhasa" else "2", "host": f"{city}.example.com"}
        return {"x": (config(a="1"), config(**new)), "y": (config("y", a="1"), config("y", a="2"))}

    told = plain(fleet(states))

    assert told == [
        "shop: ConfigMap shop/x",
        "  all 65 cities",
        '    + data.host: "<region>.example.com"',
        "  64 of 65 cities, not lhasa",
        '    - data.a: "1"',
        '    + data.a: "2"',
        "  lhasa",
        '    - data.a: "1"',
        '    + data.a: "3"',
        "shop: ConfigMap shop/y",
        "  all 65 cities",
        '    - data.a: "1"',
        '    + data.a: "2"',
    ]
    assert len(told) <= SCREEN


def test_what_places_have_in_common_is_said():
    def states(city):
        return {"x": (config(a="1"), config(a="2" if city.endswith("a") and city != "lhasa" else "1"))}

    without = [name for name in NAMES if name != "lhasa"]

    assert "  all 8 cities of tier core" in plain(fleet(states, without))
    assert "  8 of 65 cities: cityaa, cityba, cityca, cityda, cityea, cityfa and 2 more" in plain(fleet(states))


def test_all_clusters_of_a_city_are_called_by_it():
    clusters = {f"{city}/{name}" for city in ("cityaa", "lhasa") for name in ("a", "b", "c", "d")}
    of_one = {place for place in clusters if place.startswith("lhasa/")}

    assert label(of_one, clusters, CITIES) == "all 4 clusters of lhasa"
    assert label(of_one, of_one, CITIES) == "all 4 clusters of lhasa"
    assert label(clusters, clusters, CITIES) == "all 8 clusters of 2 cities"
    more = [*of_one, "cityaa/a"]
    assert label(more, clusters, CITIES) == "5 of 8 clusters of 2 cities, not cityaa/b, cityaa/c, cityaa/d"


def test_objects_that_come_or_go_together_are_named_and_many_are_counted_by_kind():
    def states(city):
        few = {f"c{number}": (None, config(f"c{number}")) for number in range(4)}
        many = {f"s{number:02}": (config(f"s{number:02}", "Secret"), None) for number in range(20)}
        return {**few, **many, "z": (config("z"), None)}

    told = plain(fleet(states))

    assert told == [
        "shop: 4 objects (added)",
        "  all 65 cities",
        *(f"    + ConfigMap shop/c{number}" for number in range(4)),
        "    @ --full shows them",
        "shop: 21 objects (removed)",
        "  all 65 cities",
        "    - 1 ConfigMap, 20 Secret",
        "    @ --full shows them",
    ]
    assert "shop: Secret shop/s00, Secret shop/s01, Secret shop/s02 and 17 more (removed)" not in told
    assert any("shop/s07" in line for line in plain(fleet(states), is_full=True))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("abcdef", "abxcdef", ["- …, b, c, …", "+ …, b, x, c, …"]),
        ("abcdef", "abdcef", ["- …, b, c, d, e, …", "+ …, b, d, c, e, …"]),
        ("abc", "cab", ["- a, b, c", "+ c, a, b"]),
        ("abcd", "xabcd", ["- a, …", "+ x, a, …"]),
    ],
)
def test_of_another_order_only_what_moved_is_shown_with_its_neighbours(before, after, told):
    """Sixty-five destinations of a project are cut at the width of the screen, and both lines looked the same."""
    sides = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "x"},
            "spec": {"containers": [{"name": n} for n in each]},
        }
        for each in (before, after)
    ]

    lines = plain(fleet(lambda _: {"x": tuple(sides)}, ["lhasa"]))

    assert [line.strip() for line in lines if line.strip()[:1] in "-+" and "," in line] == told


def test_what_argo_cd_is_told_is_in_no_city():
    pairs = [FilePair("argocd/x.yaml", None, emit(config()).encode())]
    cluster = FilePair("lhasa/edge/shop/x.yaml", None, emit(config()).encode())

    assert summary(difference(pairs, (CITIES, CITIES))) == "objects: 1 added"
    assert summary(difference([*pairs, cluster], (CITIES, CITIES))) == "objects: 2 added, in 1 cluster of 1 city"


def test_a_comment_that_finds_no_difference_says_that_inputs_differ():
    """A pull request that nobody has rendered reads as if it changed nothing otherwise."""
    nothing = difference([], (CITIES, CITIES))

    told = "\n".join(markdown.lines(replace(nothing, inputs=1), (), "t"))

    assert "No difference, but 1 input differs: diff \\-\\-render shows what comes of that." in told
    assert summary(nothing) == "no difference"


def test_where_every_city_has_its_own_value_some_are_shown_and_the_rest_is_counted():
    """A change of the base fits on a screen then too."""

    def states(city):
        deviates = {"b": "3"} if city == "lhasa" else {}
        return {"x": (config(a="1"), config(a=f"{NAMES.index(city)} of its own", **deviates))}

    told = plain(fleet(states))

    assert told[-1] == "  … 61 more, all with values of their own in the same fields; --full shows them"
    assert '    + data.b: "3"' in told
    assert len(told) <= SCREEN
    assert len(plain(fleet(states), is_full=True)) == 1 + 3 * 65 + 1


def test_every_city_that_differs_from_most_is_shown():
    def states(city):
        number = NAMES.index(city)
        return {"x": (config(a="1"), config(a=str(number) if number < 30 else "2"))}

    told = plain(fleet(states))

    assert not any("more" in line for line in told if "…" in line)
    assert {f'    + data.a: "{number}"' for number in range(3, 30)} <= {*told}


def test_a_checksum_that_comes_or_goes_with_its_object_makes_no_city_differ():
    def states(city):
        digest = f"{NAMES.index(city):064x}".replace("0", "a")
        return {"x": (None, config(checksum=digest)), "y": (config(checksum=digest), None), "z": (config("z"), None)}

    folded = fleet(states).folded

    assert [len(hunk.places) for each in folded for hunk in each.hunks] == [65] * len(folded)


def test_objects_that_come_are_told_as_yaml_and_cut():
    values = {f"key{number:02}": "v" for number in range(30)}

    found = fleet(lambda _: {"x": (None, config(**values))})

    assert plain(found)[0] == "shop: ConfigMap shop/x (added)"
    assert plain(found)[2:5] == ["    + apiVersion: v1", "    + kind: ConfigMap", "    + metadata:"]
    assert plain(found)[-1] == "    @ … 24 more lines"
    assert plain(found, is_full=True)[-1] == "    +   key29: v"


def test_secrets_are_masked_in_every_format():
    def states(city):
        plain = {"url": f"https://app:{city}pw@db", "note": f"{city}-open", "DB_PASSWORD": f"{city}pw"}
        harmless = {"url": "https://db", "note": "n", "DB_PASSWORD": "${PW}"}
        return {
            "s": (config("s", "Secret", p="b2xk"), config("s", "Secret", p=f"{city}pw")),
            "c": (config("c", **harmless), config("c", **plain)),
            "k": (config("k", f=KEY.format("x", "y")), config("k", f=KEY.format("x", f"{city}pw"))),
            "t": (config("t", f="a: 1\npassword: hunter1\n"), config("t", f=f"a: 1\npassword: {city}pw\n")),
        }

    found = fleet(states, ["cityaa", "lhasa"])

    told = [*plain(found), *markdown.lines(found, (), "t"), *html.lines(found, (), "t"), json.dumps(records(found))]
    assert "(hidden)" in "\n".join(told)
    assert re.findall("b2xk|pw|hunter1", "\n".join(told)) == []
    assert '    + data.note: "<region>-open"' in plain(found)


def test_markdown_stays_within_the_limit_and_says_what_it_left_out():
    def state(number, city):
        value = "9" if (number, city) == (399, "lhasa") else "w" * (90 + number)
        return config(f"x{number}", a="1"), config(f"x{number}", a=value)

    found = fleet(lambda city: {f"x{number}": state(number, city) for number in range(400)}, ["cityaa", "lhasa"])

    told = "\n".join(markdown.lines(found, [danger()], "t"))

    assert 50_000 < len(told.encode()) <= markdown.LIMIT
    assert '+ data.a: "9"' in told  # who differs is told first
    left = int(re.search(r"(\d+) hunks are left out", told)[1])
    assert told.count("```diff") + left == 401
    assert "GG905" in told


def test_dangers_are_never_left_out_of_markdown():
    found = fleet(lambda _: {"x": (config(a="1"), config(a="2"))}, ["lhasa"])
    some = [danger(number, f"{number} is removed") for number in range(1, 201)]
    many = [danger(number, "w" * 100) for number in range(1, 2001)]

    told = "\n".join(markdown.lines(found, some, "t"))
    counted = "\n".join(markdown.lines(found, many, "t"))

    assert [number for number in range(1, 201) if f"overlays/{number}.yaml:{number}:3" not in told] == []
    assert "2000 dangers" in counted
    assert "2000 times" in counted
    assert max(len(each.encode()) for each in (told, counted)) <= markdown.LIMIT


def test_values_cannot_break_out_of_their_format():
    hostile = "```\n</details><script>@everyone\n\x1b[2J"

    found = fleet(lambda _: {"x": (config(a="1\n"), config(a=hostile))}, ["lhasa"])
    finding = danger(1, "<b>@everyone</b> [x](y)")

    marked = "\n".join(markdown.lines(found, [finding], "t"))
    page = "\n".join(html.lines(found, [finding], "t"))
    assert "````diff" in marked
    assert "&lt;b&gt;&#64;everyone" in marked
    assert r"\[x\]\(y\)" in marked
    assert "<script>" not in page
    assert "\x1b" not in marked + page + "\n".join(plain(found))


def test_json_has_every_place_and_what_labels_stand_for():
    found = fleet(lambda city: {"x": (config(a="1"), config(a=f"{city}!"))}, ["cityaa", "lhasa"])

    told = records(found)

    (change,) = told["changes"]
    (hunk,) = change["hunks"]
    assert hunk["places"] == ["cityaa/edge", "lhasa/edge"]
    assert hunk["fields"] == [{"path": ["data", "a"], "sort": "field", "at": 0, "old": "1", "new": "<region>!"}]
    assert [(one["place"], one["names"]["<region>"]) for one in told["places"]] == [
        ("cityaa/edge", "cityaa"),
        ("lhasa/edge", "lhasa"),
    ]


def test_sarif_has_rule_place_and_level():
    document = json.loads(sarif.document([danger(7)], "1.2"))

    (run,) = document["runs"]
    (result,) = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["GG905"]
    assert (result["ruleId"], result["level"]) == ("GG905", "warning")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "overlays/7.yaml"},
        "region": {"startLine": 7, "startColumn": 3},
    }
