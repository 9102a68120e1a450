from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.model.project import Layer
from gitopsgen.source import Tagged, read
from gitopsgen.values import Fold, Judge, Plan, merge, merge_over, parse_path, path_text, plan_of, same, trace
from gitopsgen.values.plan import resolve

SCHEMA = {
    "properties": {
        "ports": {"x-gitopsgen-merge": {"key": "name"}, "items": {"$ref": "#/$defs/port"}},
        "args": {"x-gitopsgen-merge": "append"},
        "deep": {"allOf": [{"additionalProperties": {"$ref": "#/properties/args"}}]},
    },
    "$defs": {"port": {"properties": {"hosts": {"x-gitopsgen-merge": "append"}, "self": {"$ref": "#/$defs/port"}}}},
}
PLAN = plan_of(SCHEMA)


def layer(text: str, name: str = "x", at: tuple[str, ...] = ()) -> Layer:
    outcome = read(name, text.encode(), merge_tags=True)
    assert outcome.diagnostics == ()
    return Layer(name, name, outcome.value.data, at=at)


def merged(*texts: str) -> Any:
    result = merge([layer(text, str(index)) for index, text in enumerate(texts)], PLAN)
    assert result.problems == ()
    return result.value


def test_mappings_merge_and_all_else_replaces():
    assert merged("{a: {b: 1, c: 2}, l: [1], s: x}", "{a: {c: 3, d: 4}, l: [2], s: null}") == {
        "a": {"b": 1, "c": 3, "d": 4},
        "l": [2],
        "s": None,
    }
    assert merged("{a: {b: 1}}", "{a: 1}", "{a: {c: 1}}") == {"a": {"c": 1}}


def test_a_schema_declares_how_lists_merge():
    low = "{ports: [{name: a, port: 1}, {name: b, port: 2}], args: [x], deep: {k: [1]}}"
    high = "{ports: [{name: b, port: 3}, {name: c}], args: [z], deep: {k: [2]}}"

    assert merged(low, high) == {
        "ports": [{"name": "a", "port": 1}, {"name": "b", "port": 3}, {"name": "c"}],
        "args": ["x", "z"],
        "deep": {"k": [1, 2]},
    }
    assert merged("{ports: [{name: a, hosts: [1]}]}", "{ports: [{name: a, hosts: [2]}]}") == {
        "ports": [{"name": "a", "hosts": [1, 2]}]
    }


def test_tags_ask_for_more():
    low = "{a: {x: 1}, l: [1, 2], ports: [{name: a, port: 1}, {name: b}], args: [x]}"

    assert merged(low, "{a: !replace {z: 1}, l: !append [3]}")["a"] == {"z": 1}
    assert merged(low, "{l: !append [3]}")["l"] == [1, 2, 3]
    assert merged(low, "{l: !prepend [0]}")["l"] == [0, 1, 2]
    assert merged(low, "{args: !replace [z]}")["args"] == ["z"]
    assert merged(low, "{args: !prepend [z]}")["args"] == ["z", "x"]
    assert "a" not in merged(low, "{a: !delete }")
    assert merged(low, "{ports: !merge [!delete {name: a}, !replace {name: b, port: 9}, {name: c}]}")["ports"] == [
        {"name": "b", "port": 9},
        {"name": "c"},
    ]


@pytest.mark.parametrize(
    ("high", "name", "path"),
    [
        ("{z: !delete }", "merge-without-target", ("z",)),
        ("{z: !append [1]}", "merge-without-target", ("z",)),
        ("{a: !append [1]}", "merge-without-target", ("a",)),
        ("{z: !replace 1}", "merge-without-target", ("z",)),
        ("{z: {w: !delete }}", "merge-without-target", ("z", "w")),
        ("{z: [!delete {name: x}]}", "merge-without-target", ("z", 0)),
        ("{ports: [!delete {name: x}]}", "merge-without-target", ("ports", 0)),
        ("{l: !merge [{name: x}]}", "undeclared-merge", ("l",)),
        ("{ports: [{port: 1}]}", "undeclared-merge", ("ports", 0)),
        ("{ports: [{name: c}, {name: c}]}", "undeclared-merge", ("ports", 1)),
    ],
)
def test_what_a_tag_has_nothing_to_work_on_is_reported_at_the_tag(high, name, path):
    low = "{a: 1, l: [1], ports: [{name: a}]}"
    result = merge([layer(low), layer(high)], PLAN)

    assert [(problem.kind.name, problem.path) for problem in result.problems] == [(name, path)]


@pytest.mark.parametrize(
    ("high", "inherited"),
    [
        ("{a: 1}", [("a",)]),
        ("{a: true}", []),
        ("{a: 1.0}", []),
        ("{m: {k: x}}", [("m", "k")]),
        ("{l: [1]}", [("l",)]),
        ("{l: !replace [1]}", [("l",)]),
        ("{ports: [{name: a, port: 2}]}", []),
        ("{ports: [{name: a, port: 1}]}", [("ports", 0, "port")]),
        ("{m: {}}", []),
    ],
)
def test_setting_what_is_inherited_is_noticed(high, inherited):
    result = merge([layer("{a: 1, m: {k: x}, l: [1], ports: [{name: a, port: 1}]}"), layer(high)], PLAN)

    assert inherited == list(result.inherited)


def test_what_a_layer_does_not_touch_stays_the_same_object():
    low = {"a": {"b": {"c": 1}}, "d": {"e": 1}, "l": [1]}
    result = merge_over(low, {"d": {"e": 2}}).value

    assert result["a"] is low["a"]
    assert result["l"] is low["l"]
    assert low["d"] == {"e": 1}
    assert merge_over(low, {"a": {"b": {"c": 1}}}).value is low


def test_a_fold_does_equal_steps_once():
    fold = Fold(None)
    low, high, other = layer("{a: {b: 1}}"), layer("{a: {b: 2}}"), layer("{a: {b: 3}}")

    assert fold.merge([low, high]) is fold.merge([low, high])
    assert fold.merge([low, other]) == {"a": {"b": 3}}


def test_a_value_that_is_needed_somewhere_is_not_called_inherited():
    fold = Fold(None)
    one, two, top = layer("{a: 1, b: 1}"), layer("{a: 2, b: 1}"), layer("{a: 1, b: 1}", "top")
    fold.merge([one, top])
    fold.merge([two, top])

    assert [(where.name, problem.path) for where, problem in fold.inherited()] == [("top", ("b",))]


def origins(result, part="winners"):
    return [(item.layer.name, item.path, item.value) for item in getattr(result, part)]


def test_a_trace_names_the_winner_and_the_losers():
    layers = [layer("{a: {b: 1}}", "low"), layer("{a: {b: 2}}", "mid"), layer("{a: {c: 1}}", "high")]
    result = trace(layers, None, ("a", "b"))

    assert origins(result) == [("mid", ("a", "b"), 2)]
    assert origins(result, "losers") == [("low", ("a", "b"), 1)]
    assert [name for name, _, _ in origins(trace(layers, None, ("a",)))] == ["high", "mid", "low"]
    assert origins(trace(layers, None, ("a", "z"))) == []


def test_an_item_of_a_merged_list_is_traced_to_its_index_in_the_layer():
    layers = [
        layer("{ports: [{name: a, port: 1}, {name: b, port: 2}], args: [x, w]}", "low"),
        layer("{ports: [{name: c, port: 3}, {name: b, port: 4}], args: [z]}", "high"),
    ]

    assert origins(trace(layers, PLAN, ("ports", 1, "port"))) == [("high", ("ports", 1, "port"), 4)]
    assert origins(trace(layers, PLAN, ("ports", 1, "port")), "losers") == [("low", ("ports", 1, "port"), 2)]
    assert origins(trace(layers, PLAN, ("ports", 2, "port"))) == [("high", ("ports", 0, "port"), 3)]
    assert origins(trace(layers, PLAN, ("args", 2))) == [("high", ("args", 0), "z")]
    assert origins(trace(layers, PLAN, ("args", 9))) == []


def test_a_replaced_list_loses_as_a_whole():
    layers = [layer("{l: [1, 2]}", "low"), layer("{l: [3]}", "high")]

    assert origins(trace(layers, None, ("l", 0))) == [("high", ("l", 0), 3)]
    assert origins(trace(layers, None, ("l", 0)), "losers") == [("low", ("l",), [1, 2])]


def test_a_replaced_mapping_loses_where_it_had_the_key():
    layers = [layer("{m: {a: 1, b: 1}}", "low"), layer("{m: !replace {a: 2}}", "high")]

    assert origins(trace(layers, None, ("m", "a")), "losers") == [("low", ("m", "a"), 1)]
    assert origins(trace(layers, None, ("m", "b"))) == []


def test_a_mounted_layer_is_traced_from_the_root_of_the_values():
    layers = [layer("{max: 1}", "component", ("scaling",)), layer("{scaling: {max: 2}}", "high")]

    assert merge(layers).value == {"scaling": {"max": 2}}
    assert origins(trace(layers, None, ("scaling", "max")), "losers") == [("component", ("scaling", "max"), 1)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b-c", ("a", "b-c")),
        ("a[0].b", ("a", 0, "b")),
        ('a."x.y/z".b', ("a", "x.y/z", "b")),
        ('"a.b"[1][2]', ("a.b", 1, 2)),
    ],
)
def test_paths_are_read_and_written(text, path):
    assert parse_path(text) == path
    assert path_text(path) == text


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "a[x]", "a[0]b", 'a"b"', "[", "a.[0]"])
def test_what_is_no_path_is_refused(text):
    assert parse_path(text) is None


def problems(schema: dict[str, Any], value: Any) -> list[tuple[str, tuple[Any, ...], str]]:
    judge = Judge(schema, jsonschema_rs.Draft202012Validator(schema))
    return [(problem.kind.name, problem.path, problem.message) for problem in judge.violations(value)]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "integer"}, "x", '"a" is "x", expected an integer'),
        ({"type": ["integer", "null"]}, [], '"a" is a list, expected null or an integer'),
        ({"enum": ["red", "blue"]}, "rad", '"a" is "rad", expected one of "red", "blue"; did you mean "red"?'),
        ({"const": 1}, 2, '"a" is 2, expected 1'),
        ({"pattern": "^x"}, "y", '"a" is "y", expected text that matches ^x'),
        ({"minimum": 2}, 1, '"a" is 1, expected at least 2'),
        ({"exclusiveMaximum": 2}, 3, '"a" is 3, expected less than 2'),
        ({"maxLength": 1}, "xy", '"a" is "xy", expected at most 1 characters'),
        ({"minItems": 1}, [], '"a" is a list, expected at least 1 items'),
        ({"maxProperties": 0}, {"x": 1}, '"a" is a mapping, expected at most 0 keys'),
        ({"uniqueItems": True}, [1, 1], '"a" is a list, expected items that differ'),
        ({"multipleOf": 2}, 3, '"a" is 3, expected a multiple of 2'),
        ({"not": {"const": "x"}}, "x", '"a" is "x", expected anything but what matches {"const": "x"}'),
        ({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 2}]}, 1, '"a" is 1, expected at least 2'),
        (
            {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
            1,
            '"a" is 1, expected exactly one of the forms that its schema describes',
        ),
        ({"contains": {"type": "string"}}, [1], None),
    ],
)
def test_a_violation_says_what_was_found_and_what_was_expected(schema, value, message):
    (found,) = problems({"properties": {"a": schema}}, {"a": value})

    assert found[:2] == ("invalid-value", ("a",))
    assert message is None or message == found[2]


def test_keys_are_judged_with_a_guess_at_what_was_meant():
    schema = {
        "additionalProperties": False,
        "required": ["need"],
        "properties": {"max": {}, "min": {}, "need": {"description": "Why it is needed."}},
    }
    judge = Judge(schema, jsonschema_rs.Draft202012Validator(schema))
    unknown, missing = sorted(judge.violations({"mx": 1}), key=lambda problem: problem.kind.code)

    assert (unknown.path, unknown.key, unknown.hint) == (("mx",), True, 'did you mean "max"?')
    assert (missing.path, missing.message, missing.hint) == ((), '"need" is required', "why it is needed")
    assert problems({"propertyNames": {"pattern": "^a"}}, {"b": 1}) == [
        ("invalid-value", ("b",), 'key "b" is not allowed, expected text that matches ^a')
    ]


# Properties

scalars = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"])
names = st.sampled_from(["a", "b", "args", "ports", "deep"])
items = st.fixed_dictionaries({"name": st.sampled_from(["p", "q", "r"])}, optional={"port": st.integers(0, 2)})
keyed = st.lists(items, max_size=3, unique_by=lambda item: item["name"])
trees = st.recursive(
    scalars | st.lists(scalars, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=3),
    max_leaves=8,
)
values = st.fixed_dictionaries(
    {}, optional={"a": trees, "b": trees, "args": st.lists(scalars, max_size=2), "ports": keyed}
)


def tagged(tree: Any) -> st.SearchStrategy[Any]:
    """Put operations of lists and of whole values into some places of a layer."""
    if isinstance(tree, dict):
        fields = st.fixed_dictionaries({name: tagged(value) for name, value in tree.items()})
        return fields | fields.map(lambda value: Tagged("replace", value)) if tree else fields
    if isinstance(tree, list):
        return st.just(tree) | st.sampled_from(["append", "prepend", "replace"]).map(lambda op: Tagged(op, tree))
    return st.just(tree) | st.just(Tagged("delete", None))


overlays = values.flatmap(lambda tree: st.fixed_dictionaries({name: tagged(value) for name, value in tree.items()}))


def layers_of(*data: Any) -> list[Layer]:
    return [Layer(str(index), str(index), one) for index, one in enumerate(data)]


@given(values, values, values)
def test_merging_is_associative_without_tags(one, two, three):
    left = merge_over(merge_over(one, two, PLAN).value, three, PLAN).value
    right = merge_over(one, merge_over(two, three, PLAN).value, PLAN).value

    # Where a scalar stands between two mappings, what it hides is lost for good: not associative there.
    assert left == right or _changes_shape(one, two, three)


def _changes_shape(*trees: Any) -> bool:
    if not all(isinstance(tree, dict) for tree in trees):
        return len({type(tree) for tree in trees}) > 1
    shared = {name for tree in trees for name in tree}
    return any(_changes_shape(*[tree[name] for tree in trees if name in tree]) for name in shared)


@given(values)
def test_merging_a_layer_without_appending_lists_over_itself_changes_nothing(tree):
    value = {name: item for name, item in tree.items() if name != "args"}
    result = merge_over(value, value, PLAN)

    assert result.value is value
    assert result.problems == ()


@given(values)
def test_an_empty_layer_changes_nothing(tree):
    assert merge_over(tree, {}, PLAN).value is tree
    assert same(merge_over({}, tree, PLAN).value, tree)


@given(st.lists(overlays, min_size=1, max_size=4))
def test_the_winner_of_every_scalar_has_its_value(data):
    layers = layers_of(*data)
    value = merge(layers, PLAN).value
    for path, leaf in leaves(value):
        winners = trace(layers, PLAN, path).winners

        assert len(winners) == 1
        assert same(bare(winners[0].value), leaf)
        assert same(bare(at(winners[0].layer.data, winners[0].path)), leaf)


@given(st.lists(overlays, min_size=1, max_size=4))
def test_losers_stand_where_they_are_said_to(data):
    layers = layers_of(*data)
    for path, _ in leaves(merge(layers, PLAN).value):
        for loser in trace(layers, PLAN, path).losers:
            assert same(bare(at(loser.layer.data, loser.path)), bare(loser.value))


@given(st.lists(overlays, min_size=1, max_size=4))
def test_merging_leaves_its_layers_as_they_were_and_no_tag_in_the_result(data):
    layers = layers_of(*data)
    before = repr(data)
    value = merge(layers, PLAN).value

    assert before == repr(data)
    assert "Tagged" not in repr(value)


@given(st.lists(values, min_size=1, max_size=3))
def test_editing_a_winner_changes_the_value(data):
    layers = layers_of(*data)
    for path, _ in leaves(merge(layers, PLAN).value):
        if path[-1] == "name":
            continue  # the key by which items merge: editing it makes another item
        winner = trace(layers, PLAN, path).winners[0]
        edited = [
            put(one, winner.path, "edited") if layers[index] is winner.layer else one for index, one in enumerate(data)
        ]

        assert at(merge(layers_of(*edited), PLAN).value, path) == "edited"


def leaves(value: Any, path: tuple[Any, ...] = ()):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def bare(value: Any) -> Any:
    return bare(value.value) if isinstance(value, Tagged) else value


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = bare(value)[step]
    return value


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


def test_a_schema_that_declares_nothing_has_no_plan():
    assert plan_of({"properties": {"a": {"type": "array"}}}) is None
    assert plan_of({"$ref": "#"}) is None
    assert isinstance(PLAN, Plan)


def test_parts_of_a_schema_that_meet_declare_together():
    """A component's schema and a case's bounds on it meet in `allOf`: neither hides how the other's lists merge."""
    one = {"properties": {"args": {"x-gitopsgen-merge": "append"}, "in": {"properties": {"a": {"type": "array"}}}}}
    two = {
        "properties": {"in": {"properties": {"a": {"x-gitopsgen-merge": {"key": "id"}}}}, "more": {"type": "string"}},
        "additionalProperties": {"x-gitopsgen-merge": "append"},
    }
    plan = plan_of({"allOf": [one, two], "anyOf": [{"properties": {"args": {"x-gitopsgen-merge": {"key": "x"}}}}]})

    assert plan.below("args").list_merge == "append"  # the first that declares wins
    assert (plan.below("in").below("a").list_merge, plan.below("in").below("a").key) == ("key", "id")
    assert plan.below("any").list_merge == "append"


def test_a_reference_leads_to_a_part_of_the_schema_or_nowhere():
    schema = {"$defs": {"a/b": {"~c": [1, {"x": 2}]}}}

    assert resolve(schema, "#/$defs/a~1b/~0c/1/x") == 2
    assert resolve(schema, "#") is schema
    for nowhere in ("#/$defs/no", "#/$defs/a~1b/~0c/9", "#/$defs/a~1b/~0c/x", "other.json#/x"):
        assert resolve(schema, nowhere) is None
