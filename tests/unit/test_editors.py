"""The schemas for editors: whole, never another opinion than the reader's, and as committed."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource

from gitopsgen.load.defaulted import with_defaults
from gitopsgen.load.editors import FOLDER, bundled, editor_schemas, files_of, schema_for, with_modeline
from gitopsgen.load.layering import dialect, layered, pruned
from gitopsgen.load.shapes import schema_of, shape, untagged
from gitopsgen.model.project import Layer
from gitopsgen.source import Tagged, read, walk

ROOT = Path(__file__).parents[2]
SCHEMAS = editor_schemas(ROOT).value
BY_NAME = {one.name: one for one in SCHEMAS}
REGISTRY = Registry().with_resources([(one.file, Resource.from_contents(one.schema)) for one in SCHEMAS])
FILES = {
    file: schema
    for folder in ("blueprints", "overlays")
    for file in walk(ROOT, folder).value
    if (schema := schema_for(SCHEMAS, file))
} | {"gitopsgen.yaml": BY_NAME["settings"]}
# The reader judges these as they stand; what stands in overlays it judges when all layers are merged.
ALIKE = ["settings", "blueprint", "component", "rollouts", "image-lock", "version-set"]


def data_of(file):
    return untagged(read(file, (ROOT / file).read_bytes(), merge_tags=True).value.data) or {}


def faults(schema, data):
    return list(jsonschema.Draft7Validator(schema, registry=REGISTRY).iter_errors(data))


def places(data, path=()):
    """Give the path of every mapping, item and scalar."""
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


def with_member(data, path, value):
    changed = copy.deepcopy(data)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one.name)
def test_each_is_a_schema_of_the_draft_that_editors_know(schema):
    jsonschema.Draft7Validator.check_schema(schema.schema)

    assert "$defs" not in json.dumps(schema.schema)


def test_every_file_that_people_write_has_a_schema_and_passes_it():
    written = {file for folder in ("blueprints", "overlays") for file in walk(ROOT, folder).value}
    written = {file for file in written if file.endswith(".yaml") and "/files/" not in file and "/tests/" not in file}

    assert written <= set(FILES)
    assert [(file, one.message) for file, one in FILES.items() for one in faults(one.schema, data_of(file))] == []


def test_every_file_names_its_schema_in_its_first_line():
    for file, schema in FILES.items():
        text = (ROOT / file).read_text("utf-8")

        assert with_modeline(text, file, schema) == text, "run gitopsgen schema --modelines"


def test_what_is_committed_is_what_the_project_gives():
    committed = {path.name: path.read_text("utf-8") for path in (ROOT / FOLDER).iterdir()}

    assert committed == files_of(SCHEMAS), "run gitopsgen schema --write"


@pytest.mark.parametrize("name", ALIKE)
def test_an_editor_says_of_a_spoilt_file_what_the_reader_says(name):
    """Any place of our own files, with another value or a key more: both refuse it, or neither."""
    file = next(file for file, schema in FILES.items() if schema.name == name)
    data, judge, editor = data_of(file), shape(name), jsonschema_rs.Draft7Validator(BY_NAME[name].schema)
    spoilt = [with_member(data, path, odd) for path in places(data) if path for odd in (None, -1, "Ä b", [], {})]
    spoilt += [with_member(data, (*path, "odd"), 1) for path in places(data) if isinstance(at(data, path), dict)]

    told = [(not judge.violations(one), editor.is_valid(one)) for one in spoilt[:: len(spoilt) // 300 + 1]]

    assert {(True, True), (False, False)} >= {*told}
    assert (False, False) in told


def at(data, path):
    for step in path:
        data = data[step]
    return data


GATEWAY = "overlays/regions/lhasa/payment-gateway.yaml"


@pytest.mark.parametrize(
    ("file", "path", "value"),
    [
        ("gitopsgen.yaml", ("registry",), "https://registry.example.com"),
        ("gitopsgen.yaml", ("argocd", "syncWindow"), []),
        ("overlays/fleet.yaml", ("facts", "contry"), "CN"),
        ("overlays/fleet.yaml", ("facts", "zh"), "上海"),
        ("overlays/fleet.yaml", ("cases", "payment-gatway"), {}),
        ("overlays/fleet.yaml", ("cases", "payment-gateway", "autoscaling"), {"maximum": 3}),
        ("overlays/tiers/core.yaml", ("cases", "trading"), {"image": {"tag": "latest"}}),
        ("overlays/tiers/core.yaml", ("classes", "edge"), {"payment-gateway": {"autoscaling": {"max": "many"}}}),
        ("overlays/areas/cn-east.yaml", ("facts", "hub"), "Shang Hai"),
        ("overlays/environments/production.yaml", ("values",), {}),
        ("overlays/regions/shanghai/region.yaml", ("facts", "lat"), 131.2),
        ("overlays/regions/shanghai/region.yaml", ("facts", "wave"), "3"),
        (GATEWAY, ("autoscaling",), {"min": 0.5}),
        (GATEWAY, ("patches",), [{"target": {"kind": "Deployment"}}]),
        ("overlays/rollouts.yaml", ("cases", "payment-gateway", "waves"), []),
        ("overlays/images.lock.yaml", ("images", "payment/payment-gateway:1.4.2", "digest"), "sha256:1"),
        ("overlays/version-sets/modern.yaml", ("kubernetes",), 1.35),
        ("blueprints/payment-gateway/blueprint.yaml", ("uses",), [{"values": "autoscaling"}]),
        ("blueprints/payment-gateway/values.yaml", ("autoscalling",), {}),
        ("blueprints/components/autoscaling/component.yaml", ("title",), "Autoscaling"),
        ("blueprints/components/autoscaling/values.yaml", ("min",), "one"),
    ],
)
def test_a_mistake_is_told_while_it_is_typed(file, path, value):
    assert faults(FILES[file].schema, with_member(data_of(file), path, value)) != []


@pytest.mark.parametrize("name", ["overlay-tier", "overlay-case-trading", "release-lock", "values-trading"])
def test_what_is_printed_stands_by_itself_and_judges_alike(name):
    printed = json.loads(bundled(SCHEMAS, name))
    file = next((file for file, schema in FILES.items() if schema.name == name), "")
    good = data_of(file) if file else {"cases": {"trading": {"releases": {}}}}

    assert list(jsonschema.Draft7Validator(printed).iter_errors(good)) == []
    for path in [path for path in places(good) if isinstance(at(good, path), dict)][:40]:
        spoilt = with_member(good, (*path, "odd"), {}) if path else {**good, "odd": {}}

        assert bool(faults(BY_NAME[name].schema, spoilt)) == (not jsonschema.Draft7Validator(printed).is_valid(spoilt))


def test_releases_are_judged_by_the_values_of_their_case():
    def lock(values):
        return {"cases": {"trading": {"releases": {"r1": {"date": "2026-11-21", "values": values}}}}}

    schema = BY_NAME["release-lock"].schema

    assert faults(schema, lock({"image": {"tag": "1.5.0"}})) == []
    assert faults(schema, lock({"image": {"tga": "1.5.0"}})) != []


def test_a_default_is_what_a_city_is_given_where_nobody_sets_the_value():
    """The layers of a blueprint one over the other, as `gitopsgen values` tells them for a city that sets nothing."""
    properties = BY_NAME["values-payment-gateway"].schema["properties"]
    own = data_of("blueprints/payment-gateway/values.yaml")

    assert properties["name"]["default"] == own["name"]
    assert BY_NAME["component-values-workload"].schema["properties"]["part"]["default"] == "service"
    assert properties["part"]["default"] == own["part"] != "service"


@pytest.mark.parametrize(
    ("value", "shown"), [([1, 2], [1, 2]), ([{"a": 1}], None), (list(range(9)), None), (Tagged("!x", []), None)]
)
def test_only_a_short_default_is_shown(value, shown):
    schema = {"properties": {"at": {"properties": {"one": {}}}}}

    made = with_defaults(schema, [Layer("", "", {"one": 1}, at=("at",)), Layer("", "", {"at": {"one": value}})])

    assert made["properties"]["at"]["properties"]["one"].get("default") == shown
    assert schema == {"properties": {"at": {"properties": {"one": {}}}}}


def test_outside_of_a_project_values_are_open_and_cases_have_any_name():
    any_project = {one.name: one for one in editor_schemas(None).value}
    overlay = {"facts": {"country": "CN"}, "cases": {"mine": {"deep": {"value": 1}}}}

    assert not any(name.startswith("values-") for name in any_project)
    assert list(jsonschema.Draft7Validator(any_project["overlay-fleet"].schema).iter_errors(overlay)) == []


@pytest.mark.parametrize("name", [*ALIKE, "release-lock", "overlay-region", "case-overlay"])
def test_every_key_is_described(name):
    schema = pruned(schema_of(name))

    closed = [one for one in mappings(schema) if "additionalProperties" in one and "properties" in one]
    silent = [key for one in closed for key, value in one["properties"].items() if not is_described(schema, value)]

    assert silent == []


def mappings(node):
    """Give every mapping of a schema."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from mappings(value)


def is_described(schema, node):
    while "description" not in node and "$ref" in node:
        node = at(schema, node["$ref"].split("/")[1:])
    return "description" in node


# A schema of values with everything that a part may lack, and values that it allows.
VALUES = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "image"],
    "minProperties": 2,
    "properties": {
        "name": {"$ref": "#/$defs/name"},
        "image": {
            "type": "object",
            "additionalProperties": False,
            "required": ["repository"],
            "oneOf": [{"required": ["tag"]}, {"required": ["release"]}],
            "properties": {
                name: {"description": "A name.", "$ref": "#/$defs/name"} for name in ("repository", "tag", "release")
            },
        },
        "ports": {
            "type": "array",
            "minItems": 1,
            "x-gitopsgen-merge": {"key": "name"},
            "items": {"$ref": "#/$defs/port"},
        },
    },
    "$defs": {
        "name": {"type": "string", "minLength": 1},
        "port": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "port"],
            "properties": {"name": {"$ref": "#/$defs/name"}, "port": {"type": "integer", "minimum": 1}},
        },
    },
}
NAMES = st.text("abc", min_size=1, max_size=3)
WHOLE = st.fixed_dictionaries(
    {
        "name": NAMES,
        "image": st.tuples(NAMES, st.sampled_from(["tag", "release"]), NAMES).map(
            lambda one: {"repository": one[0], one[1]: one[2]}
        ),
    },
    optional={"ports": st.lists(st.fixed_dictionaries({"name": NAMES, "port": st.integers(1, 9)}), min_size=1)},
)


@given(whole=WHOLE, choose=st.data())
def test_every_part_of_what_is_allowed_is_allowed_in_a_layer(whole, choose):
    def part(value):
        if isinstance(value, dict):
            return {key: part(each) for key, each in value.items() if choose.draw(st.booleans())}
        return [part(each) for each in value if choose.draw(st.booleans())] if isinstance(value, list) else value

    assert jsonschema_rs.is_valid(VALUES, whole)
    assert jsonschema_rs.is_valid(layered(VALUES), part(whole))
    assert faults(dialect(layered(VALUES)), part(whole)) == []


@pytest.mark.parametrize(
    "wrong",
    [{"nam": "a"}, {"name": ""}, {"image": {"tga": "1"}}, {"ports": [{"port": 0}]}, {"ports": [{"name": 1}]}],
)
def test_what_no_layer_could_make_right_is_wrong_in_each(wrong):
    assert faults(dialect(layered(VALUES)), wrong) != []


def test_a_blueprint_with_a_broken_schema_is_told_and_its_values_are_open(tmp_path):
    (tmp_path / "gitopsgen.yaml").write_bytes((ROOT / "tests/stories/base/gitopsgen.yaml").read_bytes())
    case = tmp_path / "blueprints/hello"
    case.mkdir(parents=True)
    facts = "name: hello\ntitle: Hello\ndescription: Says it.\nnamespace: hello\n"
    (case / "blueprint.yaml").write_text(facts, "utf-8")
    (case / "values.schema.json").write_text('{"type": "object", "properties": {"a": {"type": "txt"}}}', "utf-8")

    outcome = editor_schemas(tmp_path)

    assert [one.name for one in outcome.diagnostics] == ["invalid-schema"]
    assert faults({one.name: one for one in outcome.value}["values-hello"].schema, {"a": 1}) == []


OWN = ("settings", "blueprint", "component", "rollouts", "image-lock", "version-set", "overlay-region", "overlay-fleet")


def resolved(node, root):
    """Follow references, keeping what stands beside them; gives the schema that its own references are of."""
    while "$ref" in node:
        file, _, path = node["$ref"].partition("#")
        root = BY_NAME[file.removesuffix(".json")].schema if file else root
        found = at(root, [step for step in path.split("/") if step])
        node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
    return node, root


def keys_of(node, root, path=(), *, cases=True):
    """Give all keys of a schema, with what it says of each."""
    node, root = resolved(node, root)
    for name, child in node.get("properties", {}).items():
        yield (*path, name), resolved(child, root)[0]
        if cases or name not in ("cases", "classes"):
            yield from keys_of(child, root, (*path, name), cases=cases)
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield from keys_of(node[keyword], root, (*path, "*"), cases=cases)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one.name)
def test_every_key_says_what_it_is(schema):
    kept = keys_of(schema.schema, schema.schema, cases=schema.name in ("release-lock", "rollouts"))

    assert ["/".join(path) for path, said in kept if not said.get("description")] == []


@pytest.mark.parametrize("name", OWN)
def test_every_key_of_our_own_files_shows_what_to_write(name):
    kept = keys_of(BY_NAME[name].schema, BY_NAME[name].schema, cases=name == "rollouts")
    bare = [
        "/".join(path)
        for path, said in kept
        if not {"default", "examples", "enum", "const"} & set(said) and said.get("type") not in ("boolean", "object")
    ]

    assert bare == []


@pytest.mark.parametrize("name", ["facts", *ALIKE, "release-lock"])
def test_every_example_is_right(name):
    schema = schema_of(name)
    shown = [
        (said, example)
        for _, said in keys_of(schema, schema)
        if name != "facts"
        for example in said.get("examples", ())
    ] + [
        (said, example)
        for part in schema.get("$defs", {}).values()
        for _, said in keys_of(part, schema)
        for example in said.get("examples", ())
    ]

    assert shown
    for said, example in shown:
        judged = jsonschema.Draft202012Validator({**{k: v for k, v in schema.items() if k == "$defs"}, **said})
        assert list(judged.iter_errors(example)) == [], example
