"""A total that a blueprint shares among the variants of its case."""

from __future__ import annotations

import pytest

from gitopsgen.compose import Selection, compose
from gitopsgen.load import load
from tests.projects import FILES, brief, write

SHARING = {
    "blueprints/shop/blueprint.yaml": FILES["blueprints/shop/blueprint.yaml"]
    + "shares:\n  - {value: stock.here, total: stock.all, weight: stock.weight}\n",
    "blueprints/shop/values.yaml": FILES["blueprints/shop/values.yaml"] + "stock: {all: 10, weight: 1}\n",
    "blueprints/shop/values.schema.json": FILES["blueprints/shop/values.schema.json"].replace(
        '"labels": {',
        '"stock": {"type": "object", "additionalProperties": false, "properties": '
        '{"all": {"type": "integer"}, "weight": {"type": "integer"}, "here": {"type": "integer"}}}, "labels": {',
        1,
    ),
}
SHOP = "overlays/regions/shanghai/shop.yaml"


def project(tmp_path, **regions: str):
    own = {
        f"overlays/regions/{region}/shop.yaml": FILES.get(f"overlays/regions/{region}/shop.yaml", "") + text
        for region, text in regions.items()
    }
    return write(tmp_path, {**SHARING, **own})


def shares(root, *regions: str) -> dict[str, object]:
    composed = compose(load(root, regions=regions).value, Selection(regions=regions))
    return {
        variant.id.region: variant.context["values"].get("stock", {}).get("here")
        for variant in composed.value
        if variant.id.case == "shop"
    }


def found(root, selection=None) -> list[str]:
    loaded = load(root)
    return [brief(each) for each in compose(loaded.value, selection or Selection()).diagnostics]


def test_a_total_is_divided_among_all_variants_of_the_case(tmp_path):
    assert shares(project(tmp_path, shanghai="stock: {weight: 3}\n")) == {"shanghai": 6, "suzhou": 2, "urumqi": 2}


@pytest.mark.parametrize("region", ["shanghai", "suzhou", "urumqi"])
def test_a_region_asked_for_alone_gets_the_share_that_it_has_in_the_fleet(tmp_path, region):
    root = project(tmp_path, shanghai="stock: {weight: 3}\n")

    assert shares(root, region) == {region: shares(root)[region]}


def test_equal_shares_are_one_object(tmp_path):
    variants = compose(load(project(tmp_path)).value, Selection()).value
    same = [variant.context["values"] for variant in variants if variant.id.region in {"suzhou", "urumqi"}]

    assert [values["stock"]["here"] for values in same] == [3, 3]
    assert shares(tmp_path)["shanghai"] == 4


def test_a_total_that_is_not_the_same_everywhere_is_refused_where_it_differs(tmp_path):
    assert found(project(tmp_path, shanghai="stock: {all: 11}\n")) == [
        f'{SHOP}:9:14 GG221 "stock.all" is 11 in shanghai/edge, but 2 others have 10',
    ]


def test_a_share_that_somebody_sets_is_refused_at_that_line(tmp_path):
    assert found(project(tmp_path, shanghai="stock: {here: 9}\n")) == [
        f'{SHOP}:9:15 GG222 "stock.here" is computed from "stock.all", and cannot be set',
    ]


def test_nothing_is_shared_while_a_weight_is_no_number(tmp_path):
    root = project(tmp_path, shanghai="stock: {weight: many}\n")

    assert found(root) == [f'{SHOP}:9:17 GG202 "stock.weight" is "many", expected an integer']
    assert shares(root) == {"shanghai": None, "suzhou": None, "urumqi": None}
