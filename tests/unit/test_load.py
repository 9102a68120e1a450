from __future__ import annotations

import hashlib

import pytest

from gitopsgen.diagnostics import UsageError
from gitopsgen.load import load
from gitopsgen.load.case_schema import Mount, case_schema, check_schema
from gitopsgen.load.shapes import shape
from tests.projects import FILES, brief, edited, loaded, write


def found(root, changes=None) -> list[str]:
    """The findings of a changed project, without their messages."""
    outcome = load(write(root, changes))
    return [f"{finding.location} {finding.name}" for finding in outcome.diagnostics]


def test_a_project_is_read_whole(tmp_path):
    project = loaded(tmp_path)

    assert list(project.regions) == ["shanghai", "suzhou", "urumqi"]
    assert list(project.blueprints) == ["books", "shop"]
    assert list(project.version_sets) == ["modern", "seed"]
    assert project.settings.registry == "registry.example.com"
    assert project.images["shop/app:1.0.0"]["digest"] == "unresolved"


def test_facts_of_all_layers_are_merged(tmp_path):
    shanghai = loaded(tmp_path).regions["shanghai"]
    edge, platform = shanghai.clusters

    assert (shanghai.tier, shanghai.area, shanghai.environment, shanghai.wave) == ("large", "east", "production", 0)
    assert (shanghai.facts["name"], shanghai.facts["areaZh"], shanghai.facts["country"]) == ("shanghai", "华东", "CN")
    assert (edge.name, edge.kubernetes, edge.facts["nodes"], edge.cases) == ("edge", "1.35", 3, ("shop",))
    assert (platform.facts["region"], platform.facts["distribution"]) == ("shanghai", "kubeadm")
    assert shanghai.facts["failover"] == [
        {"name": "suzhou", "zh": "苏州", "area": "east", "km": 85, "rttMs": 3.3, "near": 1},
        {"name": "urumqi", "zh": "乌鲁木齐", "area": "west", "km": 3268, "rttMs": 51.0, "near": 2},
    ]


CLASSES = {
    **edited(
        "overlays/fleet.yaml",
        "  clusters:\n    edge: {distribution: k3s, versionSet: modern, mesh: ambient, nodes: 1, cases: [shop]}\n",
        """\
  classes:
    edge: {distribution: k3s, versionSet: modern, mesh: ambient, nodes: 1, labels: {a: fleet}, cases: [shop]}
    bank: {distribution: kubeadm, versionSet: modern, workers: 15, cases: [books]}
    unused: {mesh: none}
  clusters:
    edge: {mesh: sidecar}
""",
    ),
    "overlays/tiers/large.yaml": """\
facts:
  classes:
    edge: {nodes: 3, mesh: none, labels: {b: tier}}
    bank: {workers: 18}
""",
}
BANKS = edited(
    "overlays/regions/shanghai/region.yaml",
    "    platform: {distribution: kubeadm, versionSet: modern, cases: [books]}\n",
    "    bank-a: {class: bank, site: a}\n    bank-b: {class: bank, site: b, cases: !append [shop]}\n",
)


def test_a_cluster_has_the_facts_of_its_class_and_over_them_its_own(tmp_path):
    """Its own facts win over those of the class whatever the layer: a tier cannot undo what the fleet says of one."""
    shanghai = loaded(tmp_path, {**CLASSES, **BANKS}).regions["shanghai"]
    bank_a, bank_b, edge = shanghai.clusters

    assert (edge.class_name, edge.facts["class"], edge.facts["nodes"]) == ("edge", "edge", 3)
    assert (edge.facts["mesh"], edge.facts["labels"]) == ("sidecar", {"a": "fleet", "b": "tier"})
    assert (bank_a.class_name, bank_a.facts["workers"], bank_a.facts["site"]) == ("bank", 18, "a")
    assert (bank_a.cases, bank_b.cases) == (("books",), ("books", "shop"))
    assert shanghai.facts["clusters"]["bank-b"]["distribution"] == "kubeadm"
    assert "classes" not in shanghai.facts


def test_a_class_alone_makes_no_cluster(tmp_path):
    project = loaded(tmp_path, {**CLASSES, **BANKS})

    assert [cluster.name for cluster in project.regions["suzhou"].clusters] == ["edge"]
    assert "unused" not in {cluster.class_name for region in project.regions.values() for cluster in region.clusters}


def test_a_layer_can_say_that_a_cluster_does_not_stand_there(tmp_path):
    gone = edited("overlays/regions/suzhou/region.yaml", "wave: 1\n", "wave: 1\n  clusters: {edge: !delete }\n")

    assert loaded(tmp_path, {**CLASSES, **BANKS, **gone}).regions["suzhou"].clusters == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  classes: {edge: {teir: x}}\n", [":13:20 unknown-fact"]),
        ("  classes: {edge: {class: bank}}\n", [":13:20 unknown-fact"]),
        ("  classes: {edge: {nodes: 0}}\n", [":13:27 invalid-fact"]),
        ("  classes: !replace {edge: {nodes: 5}}\n", [":13:12 misplaced-tag"]),
        ("  clusters: {edge: !replace {nodes: 5}}\n", [":13:20 misplaced-tag"]),
        ("  clusters: {egde: !delete }\n", [":13:20 merge-without-target"]),
        ("  clusters: {edge: {mesh: sidecar}}\n", [":13:27 inherited-fact"]),
        ("  clusters: {bank: {class: bnak}}\n", [":13:28 unknown-name"]),
        ("  clusters: {hall: {distribution: kubeadm, cases: []}}\n", [":13:20 missing-fact"]),
        ("  classes: {shop: {mesh: none}}\nclasses: {shop: {shop: {}}}\n", [":14:18 unused-overlay"]),
        ("classes: {egde: {shop: {replicas: 2}}}\n", [":13:11 unknown-name"]),
        ("classes: {edge: {shpo: {replicas: 2}}}\n", [":13:18 unknown-name"]),
        ("classes: {edge: {books: {currency: USD}}}\n", [":13:18 unused-overlay"]),
        ("classes: {bank: {books: {currency: USD}}}\n", [":13:18 unused-overlay"]),
        ("classes: {edge: !replace {shop: {replicas: 2}}}\n", [":13:17 misplaced-tag"]),
    ],
)
def test_mistakes_about_classes_are_told_at_their_lines(tmp_path, text, expected):
    name = "overlays/regions/suzhou/region.yaml"

    assert found(tmp_path, {**CLASSES, **BANKS, name: FILES[name] + text}) == [name + place for place in expected]


def test_a_class_is_known_to_common_layers_whichever_regions_are_read(tmp_path):
    """What is wrong with the fleet's file must not depend on the cities that were asked for."""
    fleet = CLASSES["overlays/fleet.yaml"] + "classes:\n  ledge: {shop: {replicas: 2}}\n"
    changes = {**CLASSES, **BANKS, "overlays/fleet.yaml": fleet}
    write(tmp_path, changes)
    whole, part = (load(tmp_path, regions=regions).diagnostics for regions in ((), ("suzhou",)))

    assert whole == part
    assert [(finding.name, finding.hint) for finding in part] == [("unknown-name", 'did you mean "edge"?')]


def test_a_blueprint_knows_its_templates_files_and_schema(tmp_path):
    shop = loaded(tmp_path).blueprints["shop"]

    assert [(t.path.removeprefix("blueprints/"), t.kind, t.output) for t in shop.templates] == [
        ("components/workload/manifests/deployment.yaml.j2", "manifest", ""),
        ("shop/bootstrap/etc/k3s.yaml.j2", "node", "etc/k3s.yaml"),
        ("shop/manifests/configmap.yaml.j2", "manifest", ""),
    ]
    assert shop.files == {
        "blueprints/shop/bootstrap/etc/shop.conf": "plain\n",
        "blueprints/shop/files/policy.rego": "package shop\n",
    }
    assert [(layer.name, layer.at) for layer in shop.defaults] == [
        ("component workload", ()),
        ("component scaling", ("scaling",)),
        ("blueprint shop", ()),
    ]
    assert set(shop.schema["properties"]) == {
        *("name", "replicas", "image", "ports", "args", "tolerations", "scaling", "greeting", "labels")
    }


def test_every_input_has_its_digest(tmp_path):
    digests = loaded(tmp_path).digests

    assert set(digests) == set(FILES) - {"blueprints/shop/README.md"}
    for name, digest in digests.items():
        assert digest == hashlib.sha256(FILES[name].encode()).hexdigest()


def test_one_region_is_read_with_what_it_refers_to_only(tmp_path):
    outcome = load(write(tmp_path, {"overlays/regions/urumqi/region.yaml": "broken: ["}), regions=("suz*",))

    assert outcome.diagnostics == ()
    assert list(outcome.value.regions) == ["suzhou"]
    assert outcome.value.known_regions == ("shanghai", "suzhou", "urumqi")
    assert outcome.value.regions["suzhou"].facts["failover"][0]["km"] == 85
    assert "overlays/regions/shanghai/region.yaml" in outcome.value.digests
    assert "overlays/regions/shanghai/shop.yaml" not in outcome.value.digests


def test_a_directory_without_settings_is_no_project(tmp_path):
    with pytest.raises(UsageError, match=r"gitopsgen\.yaml"):
        load(tmp_path)


REGION = "overlays/regions/suzhou/region.yaml"
FLEET = "overlays/fleet.yaml"
EAST = "overlays/areas/east.yaml"
BOOKS = "blueprints/books/values.schema.json"
BLUEPRINT = "blueprints/shop/blueprint.yaml"
MISTAKES = [
    (edited(REGION, "zh: ", "hz: "), [f"{REGION}:2:3 unknown-fact"]),
    (edited(REGION, "wave: 1", 'wave: "1"'), [f"{REGION}:11:9 invalid-fact"]),
    (edited(REGION, "wave: 1", "wave: 7"), [f"{REGION}:11:9 unknown-name"]),
    (edited(REGION, "  wave: 1\n", ""), [f"{REGION}:1:1 missing-fact"]),
    (edited(REGION, "tier: small", "tier: smal"), [f"{REGION}:9:9 unknown-name"]),
    (edited(REGION, "area: east", "area: esat"), [f"{REGION}:10:9 unknown-name"]),
    (edited(REGION, "[shanghai]", "[shangai]"), [f"{REGION}:12:14 unknown-name"]),
    (edited(REGION, "[shanghai]", "[shanghai, suzhou]"), [f"{REGION}:12:24 invalid-fact"]),
    (edited(REGION, "lat: 31.299", "lat: 131.299"), [f"{REGION}:7:8 invalid-fact"]),
    (edited(REGION, "lat: 31.299", "lat: 1e3"), [f"{REGION}:7:8 ambiguous-scalar"]),
    (edited(REGION, "wave: 1", "wave: 1\n  exchanges: SSE"), [f"{REGION}:12:14 invalid-fact"]),
    (edited(REGION, "wave: 1", "wave: 1\n  country: CN"), [f"{REGION}:12:12 inherited-fact"]),
    (edited(REGION, "wave: 1", "wave: 1\n  zh: x"), [f"{REGION}:12:3 duplicate-key"]),
    (edited(FLEET, "versionSet: modern", "versionSet: moderm"), [f"{FLEET}:9:43 unknown-name"]),
    (edited(FLEET, "cases: [shop]", "cases: [shop, shp]"), [f"{FLEET}:9:90 unknown-name"]),
    (edited(FLEET, "distribution: k3s", "distribution: k8s"), [f"{FLEET}:9:26 invalid-fact"]),
    (edited(FLEET, "nodes: 1", "nodes: 2"), [f"{FLEET}:9:73 even-servers"]),
    (edited(FLEET, "nodes: 1", "nodes: 0"), [f"{FLEET}:9:73 invalid-fact"]),
    (edited(FLEET, "  shop:\n", "  shpo:\n"), [f"{FLEET}:11:3 unknown-name"]),
    (edited(FLEET, "environment: production", "environment: prod"), [f"{FLEET}:4:16 unknown-name"]),
    (
        edited(EAST, "hub: shanghai", "hub: nowhere"),
        ["overlays/areas/east.yaml:1:26 unknown-name"],
    ),
    (edited(BLUEPRINT, "component: scaling", "component: scalign"), [f"{BLUEPRINT}:8:17 unknown-name"]),
    (edited(BLUEPRINT, "namespace: shop", "namespace: Shop_1"), [f"{BLUEPRINT}:4:12 invalid-fact"]),
    (edited(BLUEPRINT, "name: shop", "name: shob"), [f"{BLUEPRINT}:1:7 invalid-fact"]),
    (edited(BLUEPRINT, '"1.30"', "1.30"), [f"{BLUEPRINT}:5:20 invalid-fact"]),
    ({BLUEPRINT: None}, [f"{FLEET}:9:84 unknown-name"]),
    ({"overlays/regions/suzhou/shpo.yaml": "a: 1\n"}, ["overlays/regions/suzhou/shpo.yaml unknown-name"]),
    ({"overlays/regions/suzhou/books.yaml": "currency: USD\n"}, ["overlays/regions/suzhou/books.yaml unused-overlay"]),
    ({"overlays/regions/suzhou/egde/shop.yaml": "a: 1\n"}, ["overlays/regions/suzhou/egde/shop.yaml unknown-name"]),
    ({"overlays/regions/suzhou/edge/books.yaml": "a: 1\n"}, ["overlays/regions/suzhou/edge/books.yaml unused-overlay"]),
    ({"overlays/regions/suzhou/shop.yml": "a: 1\n"}, ["overlays/regions/suzhou/shop.yml stray-file"]),
    ({"overlays/regions/wuxi/shop.yaml": "a: 1\n"}, ["overlays/regions/wuxi/region.yaml missing-file"]),
    ({"overlays/teirs/small.yaml": "facts: {}\n"}, ["overlays/teirs/small.yaml stray-file"]),
    ({"blueprints/shop/manifests/x.yaml": "a: 1\n"}, ["blueprints/shop/manifests/x.yaml stray-file"]),
    ({"blueprints/stray.txt": "x"}, ["blueprints/stray.txt stray-file"]),
    ({"blueprints/shop/files/bad.bin": b"\xff\x00"}, ["blueprints/shop/files/bad.bin:1:1 unsafe-text"]),
    (
        edited("overlays/version-sets/seed.yaml", 'kubernetes: "1.30"', "kubernetes: 1.30"),
        ["overlays/version-sets/seed.yaml:1:13 invalid-fact"],
    ),
    (
        edited("overlays/images.lock.yaml", "unresolved", "sha256:abc"),
        ["overlays/images.lock.yaml:2:28 invalid-fact"],
    ),
    (edited("gitopsgen.yaml", '">=0.1"', '">=9"'), ["gitopsgen.yaml:1:11 tool-too-old"]),
    (
        edited("gitopsgen.yaml", "registry:", "registrey:"),
        ["gitopsgen.yaml:3:1 unknown-fact"],
    ),
    (
        {"gitopsgen.yaml": FILES["gitopsgen.yaml"] + "paths: {generated: ../out}\n"},
        ["gitopsgen.yaml:4:20 unsafe-path"],
    ),
    (
        {"gitopsgen.yaml": FILES["gitopsgen.yaml"] + "paths: {generated: overlays}\n"},
        ["gitopsgen.yaml:4:20 invalid-fact"],
    ),
    (
        {BOOKS: '{"type": "object"}'},
        [f"{BOOKS}:1:1 open-schema"],
    ),
    (
        {BOOKS: '{"type": "objet", "additionalProperties": false}'},
        [f"{BOOKS}:1:10 invalid-schema"],
    ),
    (
        {BOOKS: '{"type": "object", "additionalProperties": false, "allOf": [{"$ref": "https://example.com/x"}]}'},
        [f"{BOOKS}:1:70 invalid-schema"],
    ),
    (
        {BOOKS: '{"type": "object", "additionalProperties": {"type": "array", "x-gitopsgen-merge": "apend"}}'},
        [f"{BOOKS}:1:83 invalid-schema"],
    ),
    (edited(REGION, "facts:", "facts: !replace"), [f"{REGION}:1:8 misplaced-tag"]),
    (edited(EAST, "hub: shanghai}", "hub: shanghai}\ncases: {shop: !replace {}}"), [f"{EAST}:2:15 misplaced-tag"]),
    (
        {"overlays/regions/suzhou/shop.yaml": "patches: !append []\n"},
        ["overlays/regions/suzhou/shop.yaml:1:10 misplaced-tag"],
    ),
    ({BOOKS: '{"type":\n }'}, [f"{BOOKS}:2:2 yaml-syntax"]),
    ({"blueprints/books/values.yaml": "- 1\n"}, ["blueprints/books/values.yaml:1:1 invalid-fact"]),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES, ids=[expected[0] for _, expected in MISTAKES])
def test_a_mistake_is_found_at_its_line_and_nothing_else(tmp_path, changes, expected):
    # A fact that the blueprint's removal makes useless is not this test's concern.
    assert [line for line in found(tmp_path, changes) if line.split()[0] not in NOISE.get(expected[0], ())] == expected


NOISE: dict[str, tuple[str, ...]] = {
    f"{FLEET}:9:84 unknown-name": (
        f"{FLEET}:11:3",
        "overlays/tiers/large.yaml:5:3",
        "overlays/regions/urumqi/region.yaml:14:3",
        "blueprints/shop/blueprint.yaml",
        "overlays/regions/shanghai/edge/shop.yaml",
        "overlays/regions/shanghai/shop.yaml",
    )
}


def test_unknown_names_come_with_a_guess(tmp_path):
    (finding,) = load(write(tmp_path, edited(REGION, "[shanghai]", "[shangai]"))).diagnostics

    assert brief(finding) == f'{REGION}:12:14 GG114 region "shangai" does not exist'
    assert finding.hint == 'did you mean "shanghai"?'


def test_many_mistakes_are_found_in_one_run(tmp_path):
    changes: dict[str, str | bytes | None] = {}
    expected: set[str] = set()
    for change, lines in MISTAKES:
        if not changes.keys() & change.keys() and None not in change.values():
            changes.update(change)
            expected.update(lines)

    assert len(expected) >= 19
    assert expected <= set(found(tmp_path, changes))


def test_a_mistake_of_a_common_layer_is_reported_once(tmp_path):
    assert found(tmp_path, edited(FLEET, "versionSet: modern", "versionSet: moderm")) == [f"{FLEET}:9:43 unknown-name"]


def test_a_broken_layer_does_not_make_others_look_wrong(tmp_path):
    assert found(tmp_path, {FLEET: "facts: [\n"}) == [f"{FLEET}:2:1 yaml-syntax"]
    assert found(tmp_path, {REGION: "a: {"}) == [f"{REGION}:2:1 yaml-syntax"]


def test_a_region_without_a_tier_lacks_that_alone(tmp_path):
    (finding,) = load(write(tmp_path, edited(REGION, "  tier: small\n", ""))).diagnostics

    assert (str(finding.location), finding.message) == (f"{REGION}:1:1", '"tier" is required')


PATCH = "overlays/regions/shanghai/shop.yaml"


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ("{target: {kind: Deployment, name: shop}, strategicMerge: {spec: {replicas: 1}}}", []),
        ("{target: {kind: Deployment, name: shop}, jsonPatch: [{op: remove, path: /spec/replicas}]}", []),
        ("{target: {kind: Deployment, name: shop}}", ["invalid-fact"]),
        (
            "{target: {kind: Deployment, name: shop}, strategicMerge: {a: 1}, jsonPatch: [{op: remove, path: /a}]}",
            ["invalid-fact"],
        ),
        ("{target: {name: shop}, strategicMerge: {a: 1}}", ["missing-fact"]),
        ("{target: {kind: X, name: shop}, jsonPatch: [{op: add, path: /a}]}", ["missing-fact"]),
        ("{target: {kind: X, name: shop}, jsonPatch: [{op: move, path: /a}]}", ["missing-fact"]),
        ("{target: {kind: X, name: shop}, jsonPatch: [{op: put, path: a}]}", ["invalid-fact", "invalid-fact"]),
        ("{target: {kind: X, name: shop}, json6902: []}", ["unknown-fact", "invalid-fact"]),
    ],
)
def test_patches_are_closed_and_of_one_kind(tmp_path, patch, expected):
    outcome = load(write(tmp_path, {PATCH: FILES[PATCH] + f"patches:\n  - {patch}\n"}))

    assert sorted(expected) == sorted(finding.name for finding in outcome.diagnostics)
    assert {finding.location.line for finding in outcome.diagnostics} <= {10}


def test_links_out_of_the_project_are_refused(tmp_path):
    (tmp_path / "secret.rego").write_text("package secret\n")
    root = write(tmp_path / "root")
    (root / "blueprints/shop/files/link.rego").symlink_to(tmp_path / "secret.rego")
    outcome = load(root)

    assert [f"{f.location} {f.name}" for f in outcome.diagnostics] == [
        "blueprints/shop/files/link.rego unreadable-file"
    ]
    assert "secret" not in str(outcome.value.blueprints["shop"].files)


@pytest.mark.parametrize("kind", ["fleet", "environment", "tier", "area", "region"])
def test_shapes_of_overlays_are_closed_schemas_with_descriptions(kind):
    schema = shape(f"overlay-{kind}").schema

    # Values of a case and the body of a patch are judged elsewhere, by schemas of their own.
    open_places = {problem.path[:2] for problem in check_schema(schema)}
    assert open_places == {("$defs", "cases"), ("$defs", "patches")}
    for name in schema["properties"]["facts"]["properties"]:
        fact = schema["$defs"]["region"]["properties"][name]
        assert fact.get("description") or "$ref" in fact


def test_a_case_narrows_what_a_component_declares():
    component = {
        "type": "object",
        "additionalProperties": False,
        "required": ["n"],
        "properties": {"n": {"$ref": "#/$defs/size"}, "m": {"$ref": "#/properties/n"}},
        "$defs": {"size": {"type": "integer"}},
        "dependentRequired": {"m": ["n"]},
    }
    own = {"type": "object", "additionalProperties": False, "properties": {"a": {"properties": {"n": {"maximum": 3}}}}}
    schema = case_schema("Case", own, (Mount("part", ("a",), component),))
    judge = shape("facts").validator.__class__(schema)

    assert check_schema(schema) == ()
    assert [judge.is_valid({"a": value}) for value in ({"n": 3}, {"n": 4}, {"n": "x"}, {"m": 1}, {"x": 1})] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert not judge.is_valid({})


def test_loading_is_the_same_whatever_the_order_of_files(tmp_path):
    one = load(write(tmp_path / "one"))
    two_root = tmp_path / "two"
    for name in sorted(FILES, reverse=True):
        path = two_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name], encoding="utf-8")
    two = load(two_root)

    assert list(one.value.digests.items()) == list(two.value.digests.items())
    assert repr(one.value.regions) == repr(two.value.regions)
    assert repr(one.value.blueprints) == repr(two.value.blueprints)
