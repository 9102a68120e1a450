"""Which expressions look into strings: those that do not hold for all strings of a sort keep clusters apart."""

import pytest

from gitopsgen.cel.sight import is_blind, names

TYPES = {"self.list": "array", "self.list[0].map": "object", "self.number": "integer", "self": "object"}


def blind(expression):
    return is_blind(expression, lambda path: TYPES.get(path, ""))


@pytest.mark.parametrize(
    "expression",
    [
        "has(self.a) && self.a == 'STRICT' || self.b in ['a', 'b']",
        "self.list.all(x, self.list.exists_one(y, x.name == y.name))",
        "self.list.size() <= 16 && size(self.list[0].map) > 1",
        "self.filter(f, f.type == 'CORS').size() <= 1",
        "(has(self.a) ? self.a : []).size() <= 1",
        "self.anything.size() == 0",
        "(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1",
        "self.number < self.other && (has(self.c) ? self.c : 1) >= self.number",
        "!self.a.contains('*') && !self.a.contains('/') && self.a.startsWith('unix://') && self.a.endsWith('/.')",
        "self.a == '1 < 2 + size(x)' // size(self.a) < 3",
    ],
)
def test_expressions_that_only_compare_strings(expression):
    assert blind(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "self.a.matches('^a')",
        "self.a.size() <= 3",
        "size(self.a) < 63",
        "self.a < self.b",
        "self.a + self.b == 'ab'",
        "self.a.contains('a')",
        "self.a.contains('*a')",
        "self.a.startsWith('a')",
        "self.a.endsWith('a')",
        "self.a.startsWith(self.b)",
        "duration(self.a) > duration('1s')",
        "int(self.a) == 1",
        "self.a.split('/')[0] == 'a'",
        "url(self.a).getHost() == 'a'",
    ],
)
def test_expressions_that_look_into_strings(expression):
    assert not blind(expression)


def test_names_do_not_stand_in_texts_and_comments():
    assert names("self.a == 'oldSelf' // oldSelf\n && b") == {"self", "a", "b"}
