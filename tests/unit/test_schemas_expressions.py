"""Rules in CEL of a custom kind, where they stand in its schema."""

import pytest

from gitopsgen.schemas.expressions import broken, holds, rules_of
from gitopsgen.schemas.typed import escaped, typed


def said(schema, data, old=None):
    rules = rules_of(schema)
    assert rules is not None
    return [(one.field, one.sort, one.message) for one in broken(rules, "Payment", data, old)]


def fields(schema, data, old=None):
    return [field for field, _, _ in said(schema, data, old)]


def rule(text, **more):
    return {"x-kubernetes-validations": [{"rule": text, **more}]}


def of(**properties):
    return {"type": "object", "properties": properties}


def test_a_rule_is_judged_where_it_stands():
    schema = of(
        spec=of(
            steps={"type": "array", "items": {"$ref": "#/$defs/step"}},
            limits={"type": "object", "additionalProperties": {"type": "integer", **rule("self > 0")}},
        )
        | rule("self.steps.size() < 3")
    ) | {"$defs": {"step": of(name={"type": "string", **rule("self != 'a'")})}}
    data = {"spec": {"steps": [{"name": "a"}, {}, {"name": "b"}], "limits": {"cpu": 0, "pods": 1}}}

    assert said(schema, data) == [
        (("spec",), "broken-rule", '"spec" is against a rule of Payment: self.steps.size() < 3'),
        (
            ("spec", "steps", 0, "name"),
            "broken-rule",
            "\"spec.steps[0].name\" is against a rule of Payment: self != 'a'",
        ),
        (("spec", "limits", "cpu"), "broken-rule", '"spec.limits.cpu" is against a rule of Payment: self > 0'),
    ]


def test_a_rule_that_fails_refuses_and_one_that_is_not_understood_is_told():
    schema = of(spec=of() | rule("self.missing == 1") | {"allOf": [rule("self.all(k, v, v > 0)")]})

    assert [sort for _, sort, _ in said(schema, {"spec": {}})] == ["broken-rule", "unjudged-rule"]
    assert 'fail, no such key "missing": self.missing == 1' in said(schema, {"spec": {}})[0][2]


def test_a_time_that_the_engine_takes_for_a_string_refuses_nothing():
    schema = of(spec=of(wait={"type": "string", "format": "duration"}) | rule("self.wait > duration('1s')"))

    assert [sort for _, sort, _ in said(schema, {"spec": {"wait": "2s"}})] == ["unjudged-rule"]


def test_a_rule_says_at_which_field():
    schema = of(spec=of() | rule("false", fieldPath=".a['b.c'].d"))

    assert fields(schema, {"spec": {}}) == [("spec", "a", "b.c", "d")]


def test_defaults_are_filled_in_and_nulls_left_out_first():
    mode = {"type": "string", "default": "fast"}
    deep = of(mode=mode) | {"default": {}}
    schema = of(spec=of(mode=mode, deep=deep) | rule("self.mode == 'fast' && self.deep.mode == 'fast' && !has(self.x)"))

    assert fields(schema, {"spec": {"mode": None, "x": None}}) == []
    assert fields(schema, {"spec": {"mode": "slow"}}) == [("spec",)]


def test_values_have_the_types_of_the_schema():
    schema = of(spec=of(share={"type": "number"}, key={"type": "string", "format": "byte"}))

    assert typed(schema, schema, {"spec": {"share": 1, "key": "aGk="}}) == {"spec": {"share": 1.0, "key": b"hi"}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("namespace", "__namespace__"),
        ("a-b.c/d", "a__dash__b__dot__c__slash__d"),
        ("a__b", "a__underscores__b"),
        ("$ref", "$ref"),
        ("plain_1", "plain_1"),
    ],
)
def test_names_of_fields_are_escaped_but_no_keys_of_maps(name, expected):
    schema = {"type": "object", "properties": {name: {"type": "object", "additionalProperties": {"type": "string"}}}}

    assert escaped(name) == expected
    assert typed(schema, schema, {name: {name: "a"}}) == {expected: {name: "a"}}


def test_rules_about_a_change_are_judged_only_with_what_was_there_before():
    entry = of(name={"type": "string"}, size={"type": "integer", **rule("self >= oldSelf")})
    volumes = {
        "type": "array", "items": entry, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
    }  # fmt: skip
    schema = of(
        volumes=volumes,
        list={"type": "array", "items": {"type": "integer", **rule("self == oldSelf")}},
        once={
            "type": "string",
            **rule("oldSelf.hasValue() ? oldSelf.value() == self : self != ''", optionalOldSelf=True),
        },
    )
    old = {"volumes": [{"name": "b", "size": 5}, {"name": "a", "size": 1}], "list": [1], "once": "a"}
    new = {"volumes": [{"name": "a", "size": 2}, {"name": "b", "size": 3}], "list": [2], "once": "b"}

    assert fields(schema, new) == []
    assert fields(schema, {"once": ""}) == [("once",)]
    assert fields(schema, new, old) == [("volumes", 1, "size"), ("once",)]


def test_a_schema_without_rules_costs_nothing():
    assert rules_of(of(spec=of())) is None


@pytest.mark.parametrize("rules", [None, "self > 0", [1, {"message": "no rule"}, {"rule": 1}]])
def test_what_is_no_rule_in_a_schema_of_others_is_none(rules):
    assert rules_of({"x-kubernetes-validations": rules}) is None


def test_one_value_can_be_asked_for():
    assert holds({"rule": "duration(self) >= duration('1ms')"}, "1s")
    assert not holds({"rule": "duration(self) >= duration('1ms')"}, "1")
