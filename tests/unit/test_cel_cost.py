"""What expressions cost: numbers that real API servers print (`tests/real/test_costs.py` asks them for many more)."""

import pytest
import yaml

from gitopsgen.cel.cost import reckon
from gitopsgen.cel.tree import UnreadableError, tree
from gitopsgen.schemas.costs import costs, factor_of_all, shape_of

ENDLESS = 2**64 - 1
SCHEMA = yaml.safe_load("""
type: object
properties:
  text: {type: string, maxLength: 10}
  names: {type: array, maxItems: 5, items: {type: string, maxLength: 20}}
  hosts: {type: array, items: {type: string}}
  labels: {type: object, maxProperties: 4, additionalProperties: {type: string, maxLength: 30}}
  either: {x-kubernetes-int-or-string: true, maxLength: 25}
  mode: {type: string, enum: [a, bcd]}
  data: {type: string, format: byte, maxLength: 40}
  when: {type: string, format: date-time}
  size: {type: integer}
  parts:
    type: array
    maxItems: 3
    items:
      type: object
      properties:
        name: {type: string, maxLength: 7}
        tags: {type: array, maxItems: 6, items: {type: string, maxLength: 8}}
""")


# An expression, and its cost for servers of 1.30 and of 1.35.
@pytest.mark.parametrize(
    ("expression", "before", "now"),
    [
        ("true", 0, 0),
        ("has(self.text)", 1, 1),
        ("self.size == 5", 2, 2),
        ("self.text == 'abc'", 3, 3),
        ("self.text == self.mode", 5, 5),
        ("self.text.startsWith('abc')", 3, 3),
        ("self.text.contains(self.mode)", 8, 8),
        ("self.text.matches('^[a-z]+$')", 12, 12),
        ("self.text in self.names", 9, 9),
        ("'a' in self.labels", 3, 3),
        ("self.names.all(n, n == 'a')", 28, 28),
        ("self.names.exists_one(n, n == 'a')", 24, 24),
        ("self.names.map(n, n.size()) == [1, 2]", 94, 94),
        ("self.names.filter(n, n != '').all(n, n.startsWith('abcdefghijkl'))", 114, 114),
        ("self.labels.all(k, self.labels[k] == k)", 35, 35),
        ("self.names.isSorted()", 47, 47),
        ("self.names.join(',').size() > 1", 45, 45),
        ("self.text.split(',').all(t, t == 'a')", 171, 171),
        ("self.text.split(',', 2).all(t, t == 'a')", 19, 19),
        ("self.text.replace('a', 'bcd') == self.text", 16, 16),
        ("self.text + self.mode == ''", 9, 9),
        ("self.text.find('a+') == ''", 7, 7),
        ("type(self.either) == string", 4, 4),
        ("self.either == 'a'", 3, 3),
        ("string(self.data) == 'abc'", 7, 7),
        ("self.when < timestamp('2026-01-01T00:00:00Z')", 4, 4),
        ("self.?names.orValue([]).all(n, n == 'a')", ENDLESS, ENDLESS),
        ("self.?text.optMap(t, t + 'a').orValue('') == ''", 20, 1844674407370955283),
        ("sets.contains(self.names, ['a', 'b'])", 23, 23),
        ("sets.equivalent(self.names, ['a', 'b'])", 33, 33),
        ("self.parts.all(p, p.tags.all(t, t == p.name))", 183, 777),
        ("self.parts.all(p, p.name.startsWith(p.tags[0]))", 39, 39),
        ("self.names.distinct().size() > 1", 65, 65),
        ("self.names.sort() == self.names", 69, 69),
        ("self.names.sortBy(n, n.size()) == self.names", 38, 159),
        ("self.names.all(i, n, n == 'a' && i < 5)", None, 38),
        ("self.labels.transformMap(k, v, v + 'a') == self.labels", None, 104),
        ("{'a': self.text}.size() == 1", 34, 34),
        ("url(self.text) == url(self.text)", 1844674407370955276, 16),
        ("url(self.text).getHost() == 'a'", 8, 8),
        ("quantity(self.text) == quantity(self.text)", 1844674407370955276, 13),
        ("quantity(self.text) != quantity(self.text)", 1844674407370955276, 1844674407370955276),
        ("isIP(self.text)", 6, 6),
        ("cidr(self.text).containsIP(self.text)", 16, 16),
        ("cidr(self.text).containsCIDR(cidr(self.text))", 19, 19),
        ("format.dns1123Label().validate(self.text).hasValue()", 132, 132),
        ("dyn(self.text) == 'a'", 4, 4),
        ("self.hosts.all(h, h.startsWith('a'))", 5242878, 5242878),
        ("self.text.indexOf('a') == 1", 7, 7),
        ("self.names.indexOf('a') == 1", 48, 48),
        ("self.parts.map(p, p.tags.size()).sum() > 1", 62, 62),
        ("self.text.replace('', 'bcd') == self.text", 16, 16),
        ("self.text.replace('abc', 'd') == self.text", 16, 16),
        ("self.text.replace(self.mode, self.text) == ''", 14, 14),
        ("'%s'.format([self.text]) == 'a'", 14, 14),
        ("strings.quote(self.text) == 'a'", 7, 7),
        ("bytes(self.text) == self.data", 12, 12),
        ("self.names.slice(1, 3).size() == 2", 17, 17),
        ("self.parts.map(p, p.tags).flatten().size() == 2", 71, 71),
        ("[self.names].flatten(2).size() == 2", 27, 27),
        ("lists.range(7).size() == 7", 20, 20),
        ("self.names.reverse().first().hasValue()", 20, 20),
        ("format.uuid() == format.uuid()", 1844674407370955266, 9),
        ("ip(self.text) == ip(self.text)", 1844674407370955276, 13),
        ("cidr(self.text).ip().family() == 4", 9, 9),
        ("ip.isCanonical(self.text)", 10, 10),
        ("self.names.exists(i, n, n == 'a')", None, 33),
        ("self.names.existsOne(i, n, n == 'a')", None, 24),
        ("self.names.transformList(i, n, n != '', n + 'a').all(n, n == 'a')", None, 149),
        ("self.labels.transformMapEntry(k, v, {v: k}).all(k, k == 'a')", None, 186),
        ("url(self.text).getQuery().all(k, k == 'a')", ENDLESS, ENDLESS),
        ("(self.size > 1 ? self.names : []).all(n, n == 'a')", 34, 34),
        ("[['ab']].all(l, l.all(n, n == 'abc'))", 26, 26),
        ("dyn(self.names).all(n, n == 'a')", ENDLESS, 24),
        ("self.either in [1, 2]", 14, 14),
        ("self.parts[0] == null", 3, 3),
        ("int(self.text) == 5 || self.data.size() > 1", 8, 8),
        ("matches(self.text, 'a+')", 3, 3),
        ("{'a': 1}.all(k, k == 'a')", 35, 35),
        ("type(self.when) == type(self.when)", 1844674407370955270, 1844674407370955270),
        ("self.labels['a'] in {'a': 1}", 34, 34),
        ("self.parts[?0].?tags[?0].hasValue()", 6, 6),
    ],
)
def test_an_expression_costs_what_the_server_says(expression, before, now):
    found = [reckon(expression, shape_of(SCHEMA, minor), minor) for minor in (30, 35)]

    assert [one and one.cost for one in found] == [before, now]


@pytest.mark.parametrize(
    "expression",
    [
        "self.text ==",
        "self.nothing == 1",
        "nothing(self.text)",
        "self.text.size('a')",
        "self.text + 1 == 2",
        "other == 1",
    ],
)
def test_a_wrong_expression_has_no_cost(expression):
    assert reckon(expression, shape_of(SCHEMA, 35), 35) is None


@pytest.mark.parametrize(
    "expression", ["self.[", "(" * 300 + "1" + ")" * 300, "[?self.a]", "{?'a': self.b}", "A{b: 1}"]
)
def test_what_has_no_tree_is_told_apart(expression):
    with pytest.raises(UnreadableError):
        tree(expression)


@pytest.mark.parametrize(
    ("schema", "cost", "least"),
    [
        ("{type: array, items: {type: string}}", 1048575, 2),
        ("{type: array, items: {type: boolean}}", 629145, 2),
        ("{type: array, maxItems: -1, items: {type: string}}", 0, 2),
        ("{type: object, additionalProperties: {type: string}}", 393215, 2),
        ("{type: object, maxProperties: 7, additionalProperties: {type: string}}", 7, 2),
        ("{type: string}", 3145726, 2),
        ("{type: string, maxLength: 5, enum: [a]}", 20, 2),
        ("{type: string, enum: [ab, één]}", 5, 2),
        ("{type: string, format: byte, maxLength: 5}", 5, 2),
        ("{type: string, format: duration, maxLength: 5}", 32, 3),
        ("{type: string, format: date}", 12, 12),
        ("{type: integer}", 0, 1),
        ("{x-kubernetes-int-or-string: true}", 3145726, 1),
        ("{x-kubernetes-int-or-string: true, maxLength: 5}", 20, 1),
        ("{type: object, required: [a, b, c], properties: {a: {type: boolean}, b: {type: string, default: x}}}", 0, 11),
    ],
)
def test_sizes_follow_from_the_schema(schema, cost, least):
    shape = shape_of(yaml.safe_load(schema), 35)

    assert (shape.most, shape.least) == (cost, least)


@pytest.mark.parametrize(
    "schema", ["{}", "{type: array}", "{type: array, items: {}}", "{type: object, additionalProperties: {}}"]
)
def test_what_expressions_do_not_see_has_no_size(schema):
    assert shape_of(yaml.safe_load(schema), 35) is None


def asked(schema, minor=35):
    return [(one.cost, one.times, one.endless) for one in costs(yaml.safe_load(schema), minor)]


def test_a_rule_is_asked_for_each_item():
    rules = "x-kubernetes-validations: [{rule: self > 1}]"

    assert asked(f"{{type: array, maxItems: 50, items: {{type: integer, {rules}}}}}") == [(100, 50, ())]
    assert asked(f"{{type: array, items: {{type: integer, {rules}}}}}") == [(3145728, 1572864, ("maxItems at .",))]


def test_a_message_is_made_once():
    rules = "x-kubernetes-validations: [{rule: self != '', messageExpression: self}]"
    found = asked(f"{{type: array, maxItems: 50, items: {{type: string, maxLength: 9, {rules}}}}}")

    assert [times for _, times, _ in found] == [50, 1]


def test_the_bound_that_helps_most_is_named_first():
    schema = """
        type: object
        properties:
          texts: {type: array, items: {type: string}}
          short: {type: string}
        x-kubernetes-validations: [{rule: "self.short == '' || self.texts.all(a, self.texts.exists(b, b == a))"}]
    """

    ((cost, _, endless),) = asked(schema)

    assert cost > 10_000_000
    assert endless == ("maxItems at .texts", "maxLength at .texts[]")


def test_no_bound_is_named_where_none_helps():
    """What `orValue` gives may be of any size to the server, whatever the schema says of the field."""
    schema = """
        type: object
        properties: {texts: {type: array, items: {type: string}}}
        x-kubernetes-validations: [{rule: "self.?texts.orValue([]).all(a, a == '')"}]
    """

    assert [endless for *_, endless in asked(schema)] == [()]


def test_names_of_the_object_itself_have_no_bound():
    schema = """{type: object, x-kubernetes-validations: [{rule: "self.metadata.name.matches('^[a-z]{1,5}$')"}]}"""

    assert asked(schema) == [(943722, 1, ())]


def test_the_factors_are_those_of_the_server():
    schema = "{type: object, properties: {a: {type: array, items: {type: string}}}, x-kubernetes-validations: [%s]}"
    found = costs(yaml.safe_load(schema % ", ".join(["{rule: \"self.a.all(b, b.matches('a'))\"}"] * 2)), 35)

    assert [one.factor for one in found] == [32985.7577778, 32985.7577778]
    assert factor_of_all(found) == 6597.15155556
    assert factor_of_all([found[0]._replace(cost=ENDLESS)] * 2) == ENDLESS / 100_000_000


def test_what_was_there_before_may_be_optional():
    """The server finds sizes by the way that leads somewhere; from what a call gives, none leads back to `self`."""
    value = shape_of(SCHEMA, 35)

    assert reckon("oldSelf.text == 'abc'", value, 35).cost == 3
    assert reckon("oldSelf.hasValue()", value, 35) is None
    assert reckon("oldSelf.hasValue()", value, 35, has_optional_old=True).cost == 2
    assert reckon("oldSelf.?text.orValue('') == 'abc'", value, 35, has_optional_old=True).cost == 4


def test_a_schema_that_is_none_costs_nothing():
    schema = {
        "type": "object",
        "required": [[1], {}, "a"],
        "properties": {
            1: {"type": "string", "maxLength": 10**400},
            "a": {"type": ["x"], "format": []},
            "b": 5,
            "c": None,
        },
        "x-kubernetes-validations": [
            5,
            {"rule": None},
            {"rule": "self.a"},
            {"rule": "!" * 5000 + "true"},
            {"rule": ""},
        ],
    }

    # a negation of a negation is none, which costs nothing
    assert [(one.path[1], one.cost) for one in costs(schema, 35)] == [(3, 0)]
    assert costs({**schema, "x-kubernetes-validations": {}}, 35) == []
