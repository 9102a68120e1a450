from __future__ import annotations

import time
from dataclasses import replace

import pytest

from gitopsgen.compose import Origins, Selection, compose, parse_selector, parse_set, provenance
from gitopsgen.compose.setting import set_paths
from gitopsgen.diagnostics import UsageError
from gitopsgen.load import load
from gitopsgen.model.project import Layer
from gitopsgen.model.variant import VariantId
from gitopsgen.pipeline import Promotion, RenderOptions, promote
from tests.projects import FILES, brief, composed, edited, loaded, write

SHANGHAI = VariantId("shanghai", "edge", "shop")
SHOP = "overlays/regions/shanghai/shop.yaml"
BOOKS = "blueprints/books/blueprint.yaml"
SCALING = "blueprints/components/scaling/values.yaml"
WORKLOAD = "blueprints/components/workload/values.yaml"


@pytest.fixture
def project(tmp_path):
    return loaded(tmp_path)


def found(root, changes, selection=None) -> list[str]:
    """What composing a changed project finds."""
    outcome = compose(load(write(root, changes)).value, selection or Selection())
    return [f"{finding.location} {finding.name}" for finding in outcome.diagnostics]


def added(name: str, text: str) -> dict[str, str | bytes | None]:
    return {name: FILES.get(name, "") + text}


def test_every_case_on_every_cluster_is_a_variant(project):
    assert list(composed(project)) == [
        "shanghai/edge/shop",
        "shanghai/platform/books",
        "suzhou/edge/shop",
        "urumqi/edge/shop",
    ]


def test_values_are_merged_from_all_layers(project):
    variants = composed(project)

    assert variants["shanghai/edge/shop"].context["values"] == {
        "name": "shop",
        "replicas": 5,
        "image": {"repository": "shop/app", "tag": "1.0.1"},
        "ports": [{"name": "http", "port": 8080}, {"name": "admin", "port": 9000}],
        "args": ["serve", "--verbose"],
        "tolerations": ["edge"],
        "scaling": {"min": 1, "max": 30},
        "greeting": "welcome",
        "labels": {"team": "fleet"},
    }
    assert variants["urumqi/edge/shop"].context["values"]["scaling"] == {"min": 2, "max": 4}


def test_the_context_has_all_that_a_template_may_see(project):
    context = composed(project)["shanghai/platform/books"].context

    assert {name: type(value).__name__ for name, value in context.items()} == dict.fromkeys(
        ("values", "case", "region", "cluster", "versions", "images", "project", "files"), "dict"
    )
    assert context["case"]["namespace"] == "books"
    assert context["cluster"]["kubernetes"] == "1.35"
    assert context["versions"]["k3s"] == "v1.35.6+k3s1"
    assert context["project"]["repository"]["revision"] == "main"


def test_values_of_a_class_win_over_the_others_of_their_layer(tmp_path):
    changes = {
        **added("overlays/fleet.yaml", "classes:\n  edge: {shop: {labels: {team: class}, replicas: 7}}\n"),
        **added("overlays/regions/suzhou/region.yaml", "cases: {shop: {replicas: 2}}\n"),
    }
    variants = composed(loaded(tmp_path, changes))

    assert variants["urumqi/edge/shop"].context["values"]["replicas"] == 7
    assert variants["suzhou/edge/shop"].context["values"]["replicas"] == 2
    assert variants["shanghai/edge/shop"].context["values"]["labels"] == {"team": "class"}


def test_the_class_is_named_as_the_layer_that_set_a_value_or_a_fact(tmp_path):
    changes = {
        **edited("overlays/fleet.yaml", "  clusters:\n", "  classes:\n    edge: {racks: 3}\n  clusters:\n"),
    }
    changes["overlays/fleet.yaml"] += "classes:\n  edge: {shop: {labels: {team: class}}}\n"
    project = loaded(tmp_path, changes)
    of = Origins(project, Selection()).of
    team = of(SHANGHAI, ("values", "labels", "team"))

    assert [(one.layer, str(one.location)) for one in team.winners] == [
        ("fleet, class edge", "overlays/fleet.yaml:16:32")
    ]
    assert [one.layer for one in team.losers] == ["fleet", "blueprint shop"]
    assert [(one.layer, str(one.location)) for one in of(SHANGHAI, ("cluster", "racks")).winners] == [
        ("fleet, class edge", "overlays/fleet.yaml:9:19")
    ]
    assert of(SHANGHAI, ("region", "clusters", "edge", "racks")) == of(SHANGHAI, ("cluster", "racks"))
    assert [str(one.location) for one in of(SHANGHAI, ("cluster", "class")).winners] == ["overlays/fleet.yaml:11:5"]


def test_equal_parts_are_shared_between_variants(project):
    variants = composed(project)
    suzhou, urumqi = (variants[f"{name}/edge/shop"].context["values"] for name in ("suzhou", "urumqi"))

    assert suzhou["image"] is urumqi["image"]
    assert variants["shanghai/edge/shop"].context["region"] is variants["shanghai/platform/books"].context["region"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"regions": ("shanghai",)}, ["shanghai/edge/shop", "shanghai/platform/books"]),
        ({"regions": ("s*",), "cases": ("shop",)}, ["shanghai/edge/shop", "suzhou/edge/shop"]),
        ({"clusters": ("platform",)}, ["shanghai/platform/books"]),
        ({"selector": parse_selector("tier=small,area!=west")}, ["suzhou/edge/shop"]),
        ({"selector": parse_selector("wave!=0")}, ["suzhou/edge/shop", "urumqi/edge/shop"]),
        ({"selector": parse_selector("exchanges=SSE,case==books")}, ["shanghai/platform/books"]),
        ({"selector": parse_selector("failover=urumqi,versionSet=modern,case=shop")}, ["shanghai/edge/shop"]),
    ],
)
def test_a_selection_narrows_the_fleet(project, options, expected):
    assert expected == list(composed(project, Selection(**options)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regions": ("shangai",)}, 'region "shangai" does not exist; did you mean "shanghai"?'),
        ({"regions": ("x*",)}, 'no region matches "x*"'),
        ({"cases": ("shp",)}, 'did you mean "shop"?'),
        ({"clusters": ("edg",)}, 'did you mean "edge"?'),
        ({"version_set": "moderm"}, 'did you mean "modern"?'),
        ({"regions": ("suzhou",), "cases": ("books",)}, "selects nothing"),
        ({"selector": (("teir", "=", "small"),)}, 'did you mean "tier"?'),
        ({"sets": (("shpo.replicas", 1),)}, 'did you mean "shop"?'),
        ({"sets": (("shop.ports[0].port", 1),)}, "write shop.ports=[…]"),
    ],
)
def test_a_selection_that_makes_no_sense_is_wrong_usage(project, options, message):
    with pytest.raises(UsageError) as error:
        compose(project, Selection(**options))

    assert message in str(error.value)


@pytest.mark.parametrize("text", ["tier", "tier~small", "=x", "a=b=c"])
def test_a_selector_that_cannot_be_read_is_wrong_usage(text):
    with pytest.raises(UsageError):
        parse_selector(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop.replicas=7", ("shop.replicas", 7)),
        ("a.b=[1, x]", ("a.b", [1, "x"])),
        ("a.b={c: true}", ("a.b", {"c": True})),
        ('a."x.y"=', None),
        ("a=on", None),
        ("a", None),
        ("a..b=1", None),
        ('a="1"', ("a", "1")),
        ("a=x=y", ("a", "x=y")),
    ],
)
def test_what_the_command_line_sets_is_strict_yaml(text, expected):
    if expected is None:
        with pytest.raises(UsageError):
            parse_set(text)
    else:
        assert expected == parse_set(text)


def test_the_command_line_is_the_highest_layer(project):
    selection = Selection(sets=(parse_set("shop.replicas=7"), parse_set("shop.scaling.max=9")))
    variants = composed(project, selection)
    origin = provenance(project, selection, SHANGHAI, ("values", "replicas"))

    assert {variants[f"{name}/edge/shop"].context["values"]["replicas"] for name in ("shanghai", "suzhou")} == {7}
    assert [(str(winner.location), winner.layer, winner.value) for winner in origin.winners] == [("--set", "--set", 7)]
    assert origin.losers[0].layer == "case shanghai/edge/shop"


def test_a_value_path_is_enough_where_the_case_is_given(project):
    selection = Selection(cases=("shop",), sets=(parse_set("replicas=7"),))

    assert composed(project, selection)["suzhou/edge/shop"].context["values"]["replicas"] == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max=9", 'shop has no value "max"; did you mean "scaling.max"?'),
        ("args[0]=x", "a list is set as a whole: write args=[…]"),
        ("books.max=9", "a release is one of shop alone, and cannot set values of books"),
    ],
)
def test_a_path_of_no_value_names_the_one_that_was_meant(text, words, tmp_path):
    root = write(tmp_path, {})
    with pytest.raises(UsageError) as refused:
        promote(root, Promotion("shop", "2026-01-02", (parse_set(text),)), RenderOptions(Selection(), jobs=1))

    assert words in str(refused.value)


def test_a_case_may_have_a_value_of_its_own_name(tmp_path):
    """As the case of a single service has: the same path could name the case first."""
    schema = {"type": "object", "properties": {"shop": {"type": "object"}}}
    defaults = (Layer("blueprint shop", "", {"shop": {"image": {"tag": "1"}}}),)
    project = loaded(tmp_path)
    shop = replace(project.blueprints["shop"], schema=schema, defaults=defaults)
    project = replace(project, blueprints={**project.blueprints, "shop": shop})
    read = {
        text: set_paths(project, Selection(cases=("shop",), sets=(parse_set(text),)))["shop"][0][0]
        for text in ("shop.image.tag=2", "shop.shop.image.tag=2", "shop.typo=2")
    }

    assert read == {
        "shop.image.tag=2": ("shop", "image", "tag"),
        "shop.shop.image.tag=2": ("shop", "image", "tag"),
        "shop.typo=2": ("shop", "typo"),
    }


def test_a_mistake_on_the_command_line_is_found_there(tmp_path):
    outcome = compose(loaded(tmp_path), Selection(sets=(parse_set("shop.repilcas=7"), parse_set("shop.greeting=x"))))

    assert [f"{finding.location} {finding.name}" for finding in outcome.diagnostics] == [
        "--set unknown-key",
        "--set invalid-value",
    ]


def test_a_version_set_of_the_command_line_holds_everywhere(project):
    outcome = compose(project, Selection(version_set="seed"))
    edge = outcome.value[0].context

    assert [str(variant.id) for variant in outcome.value] == [
        "shanghai/edge/shop",
        "suzhou/edge/shop",
        "urumqi/edge/shop",
    ]
    assert (edge["cluster"]["versionSet"], edge["cluster"]["kubernetes"], edge["versions"]["k3s"]) == (
        "seed",
        "1.30",
        "v1.30.4+k3s1",
    )
    assert [brief(finding) for finding in outcome.diagnostics] == [
        f'{BOOKS}:5:20 GG208 case "books" needs Kubernetes 1.32: left out with version set "seed"'
    ]
    assert not outcome.failed


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (added(SHOP, "replcas: 1\n"), [f"{SHOP}:9:1 unknown-key"]),
        (added(SHOP, "labels: {team: 1}\n"), [f"{SHOP}:9:16 invalid-value"]),
        (added(SHOP, "scaling: {min: !delete }\n"), [f"{SHOP}:9:10 missing-value"]),
        (added(SHOP, "name: !delete\n"), [f"{SHOP}:1:1 missing-value"]),
        (added(SHOP, "name: shop\n"), [f"{SHOP}:9:7 inherited-value"]),
        (added(SHOP, "nothing: !delete\n"), [f"{SHOP}:9:10 merge-without-target"]),
        (edited(SHOP, "!append [edge]", "!merge [edge]"), [f"{SHOP}:8:14 undeclared-merge"]),
        (edited(SHOP, "port: 9000", "port: 90000"), [f"{SHOP}:6:25 invalid-value"]),
        (edited(SHOP, "[--verbose]", "[5]"), [f"{SHOP}:7:8 invalid-value"]),
        (edited(SHOP, "tag:", "tga:"), [f"{SHOP}:3:3 unknown-key"]),
        (
            edited("overlays/tiers/large.yaml", "max: 30", "max: 300"),
            ["overlays/tiers/large.yaml:7:20 invalid-value"],
        ),
        (
            edited("overlays/fleet.yaml", "{team: fleet}", "{team: fleet}\n    color: red"),
            ["overlays/fleet.yaml:13:5 unknown-key"],
        ),
        (
            edited("overlays/fleet.yaml", "{team: fleet}", "{team: shop}"),
            ["overlays/fleet.yaml:12:20 inherited-value"],
        ),
        (
            edited("blueprints/shop/blueprint.yaml", '"1.30"', '"1.40"'),
            ["overlays/fleet.yaml:9:84 kubernetes-too-old"],
        ),
        (
            edited("blueprints/components/scaling/values.yaml", "min: 1\n", ""),
            ["blueprints/components/scaling/values.yaml:1:1 missing-value"],
        ),
        (edited(WORKLOAD, "name: app\n", ""), []),
        (
            {
                **edited(WORKLOAD, "name: app\n", ""),
                **edited("blueprints/shop/values.yaml", "name: shop\n", ""),
            },
            ["blueprints/shop/blueprint.yaml missing-value"],
        ),
    ],
)
def test_a_mistake_in_values_is_found_once_at_the_line_that_made_it(tmp_path, changes, expected):
    lines = found(tmp_path, changes)

    assert [line.replace("blueprint.yaml:1:1", "blueprint.yaml") for line in lines] == expected


def test_what_could_not_be_read_as_yaml_is_not_blamed_a_second_time(tmp_path):
    loaded_project = load(write(tmp_path, edited(SHOP, "greeting: welcome", "greeting: on")))

    assert [finding.name for finding in loaded_project.diagnostics] == ["ambiguous-scalar"]
    assert compose(loaded_project.value, Selection()).diagnostics == ()


def test_a_violation_names_the_schema_and_a_guess(tmp_path):
    outcome = compose(load(write(tmp_path, edited(SHOP, "tag:", "tga:"))).value, Selection())
    (finding,) = outcome.diagnostics

    assert (finding.message, finding.hint) == ('unknown key "tga" under "image"', 'did you mean "tag"?')
    assert [str(related.location) for related in finding.related] == [
        "blueprints/components/workload/values.schema.json:6:14"
    ]


def test_a_repeat_that_other_tiers_need_is_no_repeat(tmp_path):
    area = {"overlays/areas/east.yaml": "facts: {areaZh: 华东, hub: shanghai}\ncases: {shop: {replicas: 3}}\n"}

    assert found(tmp_path, area) == []
    assert found(tmp_path, area, Selection(regions=("shanghai",))) == []


def test_a_variant_that_lacks_a_value_is_left_out_and_others_are_not(tmp_path):
    outcome = compose(load(write(tmp_path, added(SHOP, "name: !delete\n"))).value, Selection())

    assert [str(variant.id) for variant in outcome.value] == [
        "shanghai/platform/books",
        "suzhou/edge/shop",
        "urumqi/edge/shop",
    ]


def test_an_unreadable_overlay_leaves_its_variants_out(tmp_path):
    loaded_project = load(write(tmp_path, {SHOP: "a: ["}))
    outcome = compose(loaded_project.value, Selection())

    assert loaded_project.failed
    assert "shanghai/edge/shop" not in [str(variant.id) for variant in outcome.value]
    assert outcome.diagnostics == ()


def test_patches_are_passed_on_with_their_place(tmp_path):
    text = "patches:\n  - target: {kind: Deployment, name: shop}\n    strategicMerge: {spec: {replicas: 1}}\n"
    (patch,) = composed(loaded(tmp_path, added(SHOP, text)))["shanghai/edge/shop"].patches

    assert (patch.file, patch.path) == (SHOP, ("patches", 0))
    assert patch.strategic_merge == {"spec": {"replicas": 1}}
    assert "patches" not in composed(loaded(tmp_path))["shanghai/edge/shop"].context["values"]


ORIGINS = [
    (("values", "replicas"), ["overlays/regions/shanghai/edge/shop.yaml:1:11"]),
    (("values", "scaling", "max"), ["overlays/tiers/large.yaml:7:20"]),
    (("values", "scaling", "min"), ["blueprints/components/scaling/values.yaml:1:6"]),
    (("values", "name"), ["blueprints/shop/values.yaml:1:7"]),
    (("values", "ports", 1, "port"), [f"{SHOP}:6:25"]),
    (("values", "args", 1), [f"{SHOP}:7:8"]),
    (("values", "args", 0), ["blueprints/components/workload/values.yaml:8:8"]),
    (("values", "tolerations", 0), [f"{SHOP}:8:23"]),
    (("values", "nothing"), []),
    (("region", "name"), ["overlays/regions/shanghai/region.yaml:1:1"]),
    (("region", "wave"), ["overlays/regions/shanghai/region.yaml:11:9"]),
    (("region", "country"), ["overlays/fleet.yaml:2:12"]),
    (("region", "failover", 1, "name"), ["overlays/regions/shanghai/region.yaml:13:22"]),
    (("region", "failover", 1, "near"), ["overlays/regions/shanghai/region.yaml:13:22"]),
    (
        ("region", "failover", 1, "zh"),
        ["overlays/regions/shanghai/region.yaml:13:22", "overlays/regions/urumqi/region.yaml:2:7"],
    ),
    (
        ("region", "failover", 0, "km"),
        [
            "overlays/regions/shanghai/region.yaml:13:14",
            "overlays/regions/shanghai/region.yaml:7:8",
            "overlays/regions/shanghai/region.yaml:8:8",
            "overlays/regions/suzhou/region.yaml:7:8",
            "overlays/regions/suzhou/region.yaml:8:8",
        ],
    ),
    (("region", "failover", 9, "km"), []),
    (("cluster", "nodes"), ["overlays/tiers/large.yaml:3:19"]),
    (("cluster", "name"), ["overlays/fleet.yaml:9:5"]),
    (("cluster", "kubernetes"), ["overlays/version-sets/modern.yaml:1:13", "overlays/fleet.yaml:9:43"]),
    (("cluster", "region"), ["overlays/regions/shanghai/region.yaml:1:1"]),
    (("versions", "k3s"), ["overlays/version-sets/modern.yaml:2:6"]),
    (("images", "shop/app:1.0.0", "digest"), ["overlays/images.lock.yaml:2:28"]),
    (("case", "namespace"), ["blueprints/shop/blueprint.yaml:4:12"]),
    (("project", "repository", "url"), ["gitopsgen.yaml:2:19"]),
    (("files", "blueprints/shop/files/policy.rego"), ["blueprints/shop/files/policy.rego:1:1"]),
    (("unknown",), []),
]


@pytest.mark.parametrize(("path", "expected"), ORIGINS, ids=[".".join(map(str, path)) for path, _ in ORIGINS])
def test_the_origin_of_a_value_is_the_line_that_set_it(project, path, expected):
    winners = provenance(project, Selection(), SHANGHAI, path).winners

    assert [str(winner.location) for winner in winners] == expected


def test_losers_are_named_with_their_lines(project):
    losers = provenance(project, Selection(), SHANGHAI, ("values", "replicas")).losers

    assert [(loser.layer, str(loser.location), loser.value) for loser in losers] == [
        ("tier large", "overlays/tiers/large.yaml:6:15", 3),
        ("component workload", "blueprints/components/workload/values.yaml:2:11", 1),
    ]


def test_the_origin_of_a_forced_version_is_the_command_line(project):
    winners = provenance(project, Selection(version_set="seed"), SHANGHAI, ("cluster", "kubernetes")).winners

    assert [str(winner.location) for winner in winners] == ["overlays/version-sets/seed.yaml:1:13", "--version-set"]


def test_what_is_no_variant_has_no_origins(project):
    with pytest.raises(UsageError):
        provenance(project, Selection(), VariantId("shanghai", "edge", "nothing"), ("values",))


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def test_every_scalar_of_every_context_has_an_origin(project):
    origins = Origins(project, Selection())
    for variant in composed(project).values():
        for path, value in leaves(dict(variant.context)):
            winners = origins.of(variant.id, path).winners

            assert winners, path
            assert path[0] != "values" or [winner.value for winner in winners] == [value]


def test_a_thousand_regions_take_a_time_in_proportion(tmp_path):
    region = FILES["overlays/regions/suzhou/region.yaml"]

    def seconds(count):
        root = tmp_path / str(count)
        write(root, {f"overlays/regions/city-{number}/region.yaml": region for number in range(count)})
        start = time.process_time()
        compose(load(root).value, Selection())
        return time.process_time() - start

    seconds(10)
    assert seconds(600) < 16 * max(seconds(100), 0.02)
