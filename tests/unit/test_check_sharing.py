"""Which strings differ alike: the sorts of their parts, and what is never taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.check import sharing
from gitopsgen.check.sharing import (
    Naming,
    Vocabulary,
    is_name,
    is_numeric,
    parts_of,
    sort_of,
    words_in,
    words_of_rules,
)


def alike(one, other, words=()):
    return Naming(Vocabulary(words)).of(one) == Naming(Vocabulary(words)).of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["shanghai"], ["lhasa"]),
        (["shanghai", "shanghai.example.com"], ["lhasa", "lhasa.example.com"]),
        (["a-shanghai-1"], ["b-lhasa-1"]),
        (["10.1.2.0/24"], ["10.250.0.0/24"]),
        (["10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/24"], ["10.7.0.0/16", "10.7.9.0/24", "10.8.0.0/24"]),
        (["上海"], ["拉萨市"]),
        (["f" * 63 + "1"], ["a1" * 32]),
    ],
)
def test_names_that_differ_alike(one, other):
    assert alike(one, other, words={"example", "com", "a", "b"} - {"a", "b"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["shanghai", "shanghai"], ["lhasa", "wuhan"]),  # equal ones stay equal
        (["shanghai", "wuhan"], ["lhasa", "lhasa"]),  # and others stay others
        (["shanghai"], ["Lhasa"]),
        (["shanghai"], ["lhasa1"]),
        (["shanghai"], ["1lhasa"]),
        (["a.b"], ["a-b"]),
        (["port-80"], ["port-81"]),
        (["10.1.2.0/24"], ["10.1.2.0/25"]),
        (["10.1.2.0/24"], ["10.1.2.1/24"]),  # bits beyond the prefix
        (["10.1.2.0"], ["10.1.2.300"]),
        (["10.1.0.0/16", "10.1.2.0/24"], ["10.1.0.0/16", "10.2.2.0/24"]),  # one lies in the other, or does not
        (["10.1.0.0/16", "10.2.0.0/16", "10.2.2.0/24"], ["10.1.0.0/16", "10.2.0.0/16", "10.1.2.0/24"]),
        (["0" * 64], ["f" * 64]),  # the digest that nobody has resolved
        (["x" * 40], ["x" * 41]),
    ],
)
def test_names_that_do_not(one, other):
    assert not alike(one, other)


def test_words_are_no_names():
    assert not alike(["default"], ["payment"], words={"default"})
    assert not alike(["default"], ["default", ""], words={"default"})


def test_no_digit_counts_in_texts():
    def of(text):
        return Naming(Vocabulary(())).of_texts([text])

    assert of("at 31.23 in shanghai") == of("at 29.65 in lhasa")
    assert of("at 31.23 in shanghai") != of("at 31 in shanghai")


def test_a_number_that_is_only_compared():
    naming, other = Naming(Vocabulary(())), Naming(Vocabulary(()))

    assert (naming.number("1"), naming.number("2"), naming.number("1")) == (
        other.number("7"),
        other.number("8"),
        other.number("7"),
    )
    assert {"1", "2"} <= set(naming.replaced)


@pytest.mark.parametrize(
    "string",
    [
        "a" * 53,
        "a/" + "b" * 62,
        "https://user:secret@example.com",
        "AKIAIOSFODNN7EXAMPLE",
        "password: hunter2",
        "x " * 5000,
    ],
)
def test_what_is_compared_as_it_is(string):
    assert not is_name(string)


@pytest.mark.parametrize(
    "string",
    ["", "a" * 52, "a/" + "b" * 61, "sum(rate(x{city='shanghai'}[5m])) > 0.1 and something more to say", "a b"],
)
def test_what_may_differ(string):
    assert is_name(string)


@pytest.mark.parametrize(
    ("string", "numeric"),
    [("80", True), ("250m", True), ("1.5Gi", True), ("10%", True), ("1m30s", True), ("a1", False), ("", False)],
)
def test_what_a_rule_may_reckon_with(string, numeric):
    assert is_numeric(string) is numeric


@pytest.mark.parametrize(
    ("part", "sort"),
    [
        ("Ab", ""),
        ("a_b", ""),
        ("8080", ""),
        ("SHA", "upper"),
        ("node9", "lower and digits"),
        ("v1", ""),
        ("v1beta1", ""),
    ],
)
def test_sorts(part, sort):
    assert sort_of(part) == sort


def test_rules_know_their_words():
    assert {"default", "kube", "istio", "AKIA"} <= words_of_rules()
    rules = Path(sharing.__file__).parent.rglob("*.py")
    codes = (one.read_text("utf-8").partition("\nfrom __future__ import annotations\n")[2] for one in rules)
    assert {part for code in codes for part in parts_of(code)} <= words_of_rules()


def test_words_in_data():
    assert set(words_in({"a-b": ["c", {"d": "e.f"}], "n": 1})) == {"a", "b", "c", "d", "e", "f", "n"}


def test_blocks_of_ipv6_are_no_names():
    assert not is_name("2001:db8::/32")
    assert not is_name("fd00::")
    assert is_name("registry.example.com:5000")
