"""Rego as OPA reads it; what the real one says of these and many more: tests/real/test_rego_policies.py."""

from __future__ import annotations

import json
import re

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


@pytest.mark.parametrize(
    "body", ["not f(input.l[_], 1); x := 1", "not input.l[_] == 1; x := 1", "not input.l[_]; x := 1"]
)
def test_a_negation_over_every_member_is_unsafe_as_with_opa(body: str):
    with pytest.raises(PolicyError, match="unsafe"):
        value(body)


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


@pytest.mark.parametrize(
    "rules",
    [
        "v := f(1)\nf(x) := f(x)",
        "v := f(1)\nf(x) := g(x)\ng(x) := y if { y := data.p.f(x) }",
        "v := " + "[" * 5000 + "]" * 5000,
    ],
)
def test_what_would_never_come_back_is_refused(rules: str):
    """The engine has no bound of its own for functions: it would take the whole program down."""
    with pytest.raises(PolicyError):
        Policy([Module("p.rego", f"package p\n{rules}\n")])


def test_a_function_may_have_the_name_of_a_librarys():
    modules = [
        Module("p.rego", "package p\nimport data.lib.p as other\nv := f(1)\nf(x) := y if { y := other.f(x) }\n"),
        Module("lib.rego", "package lib.p\nf(x) := x + 1\n"),
    ]

    assert Policy(modules).ask("data.p.v", "{}") == 2


def test_names_for_operands_never_meet():
    """Two operands with one name would have to be equal: a rule would be silent."""
    nested = "not f(1, [y | y := input.l[_]; not f(y, [z | z := input.l[_]; not f(z, input.s)])])"
    policy = normalised(f"package p\nf(a, b) {{ a == b }}\nv[x] {{ {nested}; not f(gg_30, input.o); x := 1 }}\n")
    named = re.findall(r"(gg_\d+_*) =", policy)

    assert len(named) == len(set(named)) == 4
    assert value(nested + "; x := 1") == [1]
