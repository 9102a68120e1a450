"""Rego as OPA reads it; what the real one says of these and many more: tests/real/test_rego_policies.py."""

from __future__ import annotations

import json

import pytest

from gitopsgen.policy.dialect import normalised
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.own import Own
from gitopsgen.policy.rego import Policy

INPUT = json.dumps({"s": "abc", "l": [1, 2], "o": {"k": "v"}})


def value(body: str, *, is_old: bool = True):
    head = "package p\nf(a, b) { a == b }\nv[x] {" if is_old else "package p\nf(a, b) if a == b\nv contains x if {"
    return Policy([Module("p.rego", f"{head} {body} }}\n", is_old)]).ask("data.p.v", INPUT)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("not f(1, input.zz); x := 1", []),
        ("not f(1, 2); x := 1", [1]),
        ("not input.zz > 1; x := 1", []),
        ("not input.zz == 1; x := 1", [1]),
        ("not count(input.zz) == 0; x := 1", []),
        ("not input.o[input.zz]; x := 1", []),
        ("x := [y | y := input.l[_]; not f(y, input.zz)]", [[]]),
        ("y := 1\n  (y > 0)\n  x := y", [1]),
        (
            'x := sprintf("%v %d|%3d|%-3s|%v", [input.o, "a", 1, "b"])',
            ['{"k": "v"} %!d(string=a)|  1|b  |%!v(MISSING)'],
        ),
        ('re_match("^a", input.s); any([true]); x := 1', [1]),
        ("x := 1 } { x := 2", [1, 2]),
    ],
)
def test_expressions_mean_what_they_mean_to_opa(body: str, expected: list[object]):
    assert value(body) == expected


def test_the_new_form_is_read_alike():
    assert value("not f(1, input.zz); x := 1", is_old=False) == []
    with pytest.raises(PolicyError):
        Policy([Module("p.rego", "package p\nv[x] { x := 1 }")])


def test_lines_stay_where_they_are():
    policy = "package p\n\nv[x] { not f(input.a,\n  input.b); x := 1 }\n{\n  x := count(1) }\nf(a, b) { a == b }\n"

    assert normalised(policy).count("\n") == policy.count("\n")
    with pytest.raises(PolicyError) as raised:
        Policy([Module("p.rego", policy, is_old=True)]).ask("data.p.v", '{"a": 1, "b": 2}')
    assert raised.value.line == 6


@pytest.mark.parametrize("call", ['http.send({"url": "x"})', "time.now_ns()", 'external_data({"provider": "p"})'])
def test_what_asks_the_world_is_refused_before_it_runs(call: str):
    with pytest.raises(PolicyError, match="which no check does"):
        value(f"x := {call}")


def test_a_call_in_a_text_or_a_comment_is_none():
    assert value('x := "http.send(1)" # http.send(2)\n') == ["http.send(1)"]


def test_a_type_error_is_no_answer():
    with pytest.raises(PolicyError, match="could not parse"):
        value("to_number(input.s); x := 1")


def test_rules_of_ones_own_say_texts_or_objects():
    own = Own(
        [
            ("a.rego", 'package main\nimport rego.v1\ndeny contains "bad" if input.a\nwarn_b contains "odd" if true\n'),
            ("b.rego", 'package other\nviolation contains {"msg": "x", "path": "spec.0.y"} if input.a\n'),
            ("b_test.rego", "package other_test\nnonsense"),
        ]
    )

    said = [(one.rule, one.weight, one.message, one.field) for one in own.complaints({"a": 1})]

    assert said == [
        ("deny, a.rego:3", 3, "bad", ()),
        ("warn_b, a.rego:4", 2, "odd", ()),
        ("violation, b.rego:2", 3, "x", ("spec", 0, "y")),
    ]
