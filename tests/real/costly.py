"""Schemas with and without bounds, and rules in CEL made at random that fit them."""

import random
from collections.abc import Callable, Mapping
from typing import Any

Object = dict[str, Any]
Scope = Mapping[str, str]

# By type, what an expression of it may be: `{bool}` is one of that type, `{x:string|bool}` one that may use a variable.
FORMS: dict[str, tuple[str, ...]] = {
    "bool": (
        "{string} == {string}", "{string} != {string}", "{string} < {string}", "{int} > {int}", "{int} == {int}",
        "{string}.startsWith({string})", "{string}.endsWith({string})", "{string}.contains({string})",
        "{string}.matches('^[a-z0-9]+$')", "{string}.matches({string})", "{string} in {strings}",
        "{string} in {map}", "{int} in {ints}", "{strings}.all(x, {x:string|bool})",
        "{strings}.exists(x, {x:string|bool})", "{strings}.exists_one(x, {x:string|bool})",
        "{parts}.all(p, {p:part|bool})", "{parts}.exists(p, {p:part|bool})", "{map}.all(k, {k:string|bool})",
        "{groups}.all(g, {groups}[g].exists(x, {x:string|bool}))", "self.matrix.all(m, m.all(n, {n:string|bool}))",
        "has(self.text)", "has({part}.name)", "({bool} && {bool})", "({bool} || {bool})", "!({bool})",
        "({bool} ? {bool} : {bool})", "{strings}.isSorted()", "{ints}.isSorted()", "sets.contains({strings}, {strings})",
        "sets.intersects({ints}, {ints})", "sets.equivalent({strings}, {strings})", "isURL({string})",
        "url({string}).getHost() == {string}", "url({string}).getQuery().all(q, q == {string})",
        "isQuantity({string})", "quantity({string}).isGreaterThan(quantity({string}))", "quantity({string}).isInteger()",
        "quantity({string}).compareTo(quantity('5Gi')) == 0", "type(self.either) == string", "self.either == 5",
        "type(self.either) == int ? self.either < 5 : self.either.startsWith({string})", "self.either != {string}",
        "self.when < timestamp('2026-01-01T00:00:00Z')", "self.when == self.when", "self.span > duration('1h')",
        "self.day.getFullYear() > {int}", "self.data == b'abc'", "self.data.size() > 3", "{strings} == {strings}",
        "{part} == {part}", "{parts} == {parts}", "self.flag", "self.?text.orValue({string}) == {string}",
        "self.?names.orValue([]).all(x, {x:string|bool})", "self.?text.hasValue()", "self.?number.orValue(1.5) > 1.0",
        "self.?text.optMap(x, {x:string|string}).orValue('') == {string}", "self.parts[?0].?name.hasValue()",
        "{map} == {map}", "self.?flag.orValue(true)", "self.either in [1, 2]", "string(self.either) == {string}",
        "dyn({string}) == {string}", "self.number < double({int})",
    ),
    "string": (
        "self.text", "self.text", "self.mode", "self.short", "'a'", "'abcdefghij'", "{part}.name", "{strings}[0]",
        "{map}['a']", "self.pod.metadata.name", "({string} + {string})", "{string}.lowerAscii()", "{string}.trim()",
        "{string}.upperAscii()", "{string}.substring(1)", "{string}.substring(0, 3)", "{string}.replace('a', 'bb')",
        "{string}.replace('', 'c')", "{string}.replace({string}, {string})", "{string}.charAt(0)",
        "{strings}.join(',')", "{strings}.join()", "({bool} ? {string} : {string})", "string({int})",
        "string(self.data)", "{string}.find('[0-9]+')", "'%s'.format([{string}])", "{groups}['a'][0]",
        "{string}.split(',')[0]", "{strings}.max()",
    ),
    "int": (
        "self.count", "1", "{string}.size()", "size({strings})", "{parts}.size()", "{map}.size()", "({int} + {int})",
        "{ints}.sum()", "{strings}.indexOf({string})", "{string}.indexOf('a')", "{string}.lastIndexOf({string})",
        "int({string})", "{part}.size", "{ints}[0]", "{ints}.max()", "quantity({string}).asInteger()",
    ),
    "strings": (
        "self.names", "self.names", "{part}.tags", "{parts}.map(p, {p:part|string})", "{strings}.filter(x, {x:string|bool})",
        "{strings}.map(x, {x:string|string})", "{strings}.map(x, {x:string|bool}, {x:string|string})",
        "{string}.split(',')", "{string}.split('', 5)", "{string}.findAll('a+')", "['a', {string}]",
        "({strings} + {strings})", "{map}.map(k, {map}[k])", "self.matrix[0]", "{groups}['a']",
        "({bool} ? {strings} : {strings})",
    ),
    "ints": ("self.numbers", "{strings}.map(x, x.size())", "[1, {int}]", "{parts}.map(p, p.size)", "{ints}.filter(i, i > 1)"),
    "parts": ("self.parts", "{parts}.filter(p, {p:part|bool})"),
    "part": ("self.parts[0]",),
    "map": ("self.labels", "{part}.labels", "{pair}"),
    "groups": ("self.groups",),
    "pair": (),
}  # fmt: skip
# The same, for servers that know more.
LATER: dict[str, tuple[str, ...]] = {
    "bool": (
        "isIP({string})", "isCIDR({string})", "ip({string}).family() == 4", "ip.isCanonical({string})",
        "cidr({string}).containsIP({string})", "cidr({string}).containsIP(ip({string}))",
        "cidr({string}).containsCIDR({string})", "cidr({string}).containsCIDR(cidr({string}))",
        "cidr({string}).ip() == ip({string})", "cidr({string}).prefixLength() == 8",
        "format.dns1123Label().validate({string}).hasValue()", "format.named('uuid').hasValue()",
        "semver({string}).isLessThan(semver('1.2.3'))", "isSemver({string})", "quantity({string}) == quantity({string})",
        "url({string}) == url({string})", "{strings}.all(i, x, {x:string|bool} && i < 5)",
        "{map}.all(k, x, {k:string|bool} && {x:string|bool})", "{strings}.exists(i, x, {x:string|bool})",
        "{map}.transformMap(k, x, x + 'a') == {map}", "{map}.transformMapEntry(k, x, {pair}) == {map}",
        "{strings}.existsOne(i, x, {x:string|bool})",
    ),
    "int": ("{strings}.reverse().size()", "semver({string}).major()", "lists.range(5).sum()"),
    "strings": (
        "{strings}.distinct()", "{strings}.sort()", "{strings}.reverse()", "{strings}.slice(1, 3)", "self.matrix.flatten()",
        "{strings}.transformList(i, x, {x:string|string})", "{strings}.sortBy(x, x.size())",
        "{map}.transformList(k, x, {x:string|bool}, k)",
    ),
}  # fmt: skip
BOUND_CHANCE = 0.7


def schema(chance: random.Random) -> Object:
    """Give a schema, each of whose lists, maps and texts has a bound or none."""

    def bound(keyword: str, least: int, most: int) -> Object:
        return {keyword: chance.randint(least, most)} if chance.random() < BOUND_CHANCE else {}

    def text() -> Object:
        return {"type": "string", **bound("maxLength", 1, 300)}

    def several(items: Object) -> Object:
        return {"type": "array", "items": items, **bound("maxItems", 0, 40)}

    def by_name(values: Object) -> Object:
        return {"type": "object", "additionalProperties": values, **bound("maxProperties", 0, 40)}

    part = {
        "type": "object",
        "required": chance.sample(["name", "size", "tags"], 2),
        "properties": {
            "name": {**text(), **({"default": "a"} if chance.random() < 0.3 else {})},
            "size": {"type": "integer"},
            "tags": several(text()),
            "labels": by_name(text()),
        },
    }
    return {
        "type": "object",
        "required": chance.sample(["text", "names", "count", "when"], 2),
        "properties": {
            "text": text(),
            "short": {"type": "string", "maxLength": 5},
            "mode": {"type": "string", "enum": ["Always", "Nevér", "IfNotPresent"]},
            "names": several(text()),
            "numbers": several({"type": "integer"}),
            "matrix": several(several(text())),
            "parts": several(part),
            "labels": by_name(text()),
            "groups": by_name(several(text())),
            "either": {"x-kubernetes-int-or-string": True, **bound("maxLength", 0, 50)},
            "when": {"type": "string", "format": "date-time"},
            "day": {"type": "string", "format": "date"},
            "span": {"type": "string", "format": "duration"},
            "data": {"type": "string", "format": "byte", **bound("maxLength", 0, 300)},
            "count": {"type": "integer"},
            "number": {"type": "number"},
            "flag": {"type": "boolean"},
            "pod": {
                "type": "object",
                "x-kubernetes-embedded-resource": True,
                "x-kubernetes-preserve-unknown-fields": True,
            },
        },
    }


def expression(chance: random.Random, wanted: str, forms: Mapping[str, tuple[str, ...]], depth: int = 3) -> str:
    """Give an expression of a type, made of forms."""
    return _made(chance, wanted, forms, depth, {})


def _made(chance: random.Random, wanted: str, forms: Mapping[str, tuple[str, ...]], depth: int, scope: Scope) -> str:
    if wanted == "pair":
        return f"{{{_made(chance, 'string', forms, depth, scope)}: {_made(chance, 'string', forms, depth, scope)}}}"
    known = [name for name, sort in scope.items() if sort == wanted]
    if known and chance.random() < (0.5 if depth > 0 else 0.9):
        return chance.choice(known)
    able = forms[wanted] if depth > 0 else [form for form in forms[wanted] if "{" not in form]
    form = chance.choice(list(able) or list(forms[wanted]))
    return _filled(form, lambda told: _part(chance, told, forms, depth - 1, scope))


def _part(chance: random.Random, told: str, forms: Mapping[str, tuple[str, ...]], depth: int, scope: Scope) -> str:
    bound, _, wanted = told.rpartition("|")
    name, _, sort = bound.partition(":")
    return _made(chance, wanted, forms, depth, {**scope, **({name: sort} if name else {})})


def _filled(form: str, part: Callable[[str], str]) -> str:
    done = ""
    rest = form
    while "{" in rest:
        before, _, after = rest.partition("{")
        told, _, rest = after.partition("}")
        done += before + part(told)
    return done + rest
