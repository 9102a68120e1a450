"""Hostile templates end with one clear error, soon and within little memory, and reach nothing but data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import wrap

DRIVER = Path(__file__).with_name("hostile_driver.py")
WORK = "too-much-work"
VALUES = {
    "name": "x",
    "text": "ab" * 500,
    "numbers": list(range(5000)),
    "words": [f"word {number}" for number in range(5000)],
    "lists": [[number, [number]] for number in range(3000)],
    "flags": {"a": True},
}


def render(templates, values=VALUES, files=None):
    if isinstance(templates, str):
        templates = {"t.yaml.j2": templates}
    asked = json.dumps({"templates": templates, "values": values, "files": files or {}})
    done = subprocess.run(
        [sys.executable, str(DRIVER)], input=asked, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def value(expression):
    return wrap(f"  fixed: 1\n  a: {{{{ {expression} }}}}\n")


def doubled(start, step, times=60):
    return f"{{% set a = {start} %}}\n" + f"{{% set a = {step} %}}\n" * times + value("a")


REACHING = {
    "class of a string": (value("''.__class__"), "undefined-variable"),
    "class of values": (value("values.__class__"), "undefined-variable"),
    "item syntax": (value("values['__class__']"), "undefined-variable"),
    "mro": (value("''.__class__.__mro__[1].__subclasses__()"), "forbidden-construct"),
    "method of a string": (value("values.name.format(1)"), "forbidden-construct"),
    "encode": (value("values.name.encode()"), "forbidden-construct"),
    "loop internals": (
        wrap("  fixed: 1\n{% for n in values.numbers[:2] %}\n  a{{ n }}: {{ loop.__init__ }}\n{% endfor %}\n"),
        "undefined-variable",
    ),
    "macro internals": ("{% macro m() %}x{% endmacro %}\n" + value("m.__globals__"), "undefined-variable"),
    "macro as a value": ("{% macro m() %}x{% endmacro %}\n" + value("m"), "wrong-operand"),
    "self": (value("self"), "undefined-variable"),
    "_self": (value("_self"), "undefined-variable"),
    "caller outside": (value("caller()"), "wrong-operand"),
    "cycler": (value("cycler('a').next()"), None),
    "joiner": (value("joiner(',')"), "wrong-operand"),
    "namespace": ("{% set ns = namespace(a=1) %}\n" + value("ns.a"), "wrong-operand"),
    "namespace change": ("{% set ns.a = 1 %}\n" + value("1"), "forbidden-construct"),
    "lipsum": (value("lipsum()"), "wrong-operand"),
    "attr": (value("values | attr('name')"), "forbidden-construct"),
    "map attr": (value("values.words | map('attr', '__class__')"), "unknown-filter"),
    "map attribute": (value("values.words | map(attribute='__class__')"), "undefined-variable"),
    "safe": (value("values.name | safe"), "forbidden-construct"),
    "random": (value("values.words | random"), "forbidden-construct"),
    "format": (value("'%s' | format(values)"), "forbidden-construct"),
    "percent": (value("'%s' % values.name"), "wrong-operand"),
    "do": ("{% do values.update(a=1) %}\n" + value("1"), "invalid-template"),
    "mutation": (value("values.words.append(1)"), "forbidden-construct"),
    "extends": ("{% extends 'x' %}\n", "forbidden-construct"),
    "block": ("{% block x %}{% endblock %}\n", "forbidden-construct"),
    "autoescape": ("{% autoescape true %}{% endautoescape %}\n", "forbidden-construct"),
    "star": (value("range(*values.numbers)"), "forbidden-construct"),
    "recursive loop": ("{% for a in values.numbers recursive %}{{ loop(a) }}{% endfor %}\n", "forbidden-construct"),
    "file above": (value('file("../../etc/passwd")'), "missing-file"),
    "absolute file": (value('file("/etc/passwd")'), "missing-file"),
    "files above": (value('files("../../*")'), "missing-file"),
    "include above": ("{% include '../../../../etc/passwd' %}\n", "missing-template"),
    "include absolute": ("{% include '/etc/passwd' %}\n", "missing-template"),
    "include of a list": ("{% include ['a', 'b'] %}\n", "wrong-operand"),
    "ignore missing": ("{% include 'a' ignore missing %}\n", "forbidden-construct"),
    "import above": ("{% import '../../setup.py' as x %}\n", "missing-template"),
    "include by value": ("{% include values.name %}\n", "missing-template"),
    "private characters": ("a: \ue0000\ue001\n", "forbidden-construct"),
}


@pytest.mark.parametrize("name", REACHING)
def test_nothing_but_data_can_be_reached(name):
    template, rule = REACHING[name]

    found = render(template, files={"blueprints/case/files/ok.txt": "fine"})["errors"]

    assert found
    assert rule in (None, found[0][0]), found


def in_loops(depth, body="  a: 1\n"):
    return "".join(f"{{% for n{one} in range(1000) %}}\n" for one in range(depth)) + body + "{% endfor %}\n" * depth


ENDLESS = {
    "large range": value("range(10**9)"),
    "huge range": value("range(10**1000)"),
    "long loop": "{% for n in range(10**9) %}\n{% endfor %}\n",
    "nested loops": wrap(in_loops(5)),
    "nested empty loops": in_loops(6, ""),
    "loops of expressions": wrap(in_loops(2, "  a: {{ " + " ~ ".join(["values.text"] * 400) + " }}\n")),
    "filtered loops": "{% for a in range(50000) if range(50000) | select('gt', a) | list %}\n{% endfor %}\n",
    "recursive macro": "{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}\n",
    "mutual macros": "{% macro a() %}{{ b() }}{{ b() }}{% endmacro %}"
    "{% macro b() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}",
    "doubling macros": "".join(
        f"{{% macro m{n}() %}}{{{{ m{n + 1}() }}}}{{{{ m{n + 1}() }}}}{{% endmacro %}}\n" for n in range(35)
    )
    + "{% macro m35() %}{% endmacro %}\n{{ m0() }}\n",
    "doubling calls": "".join(
        f"{{% macro m{n}() %}}{{% set x = m{n + 1}() ~ m{n + 1}() %}}{{% endmacro %}}\n" for n in range(35)
    )
    + "{% macro m35() %}{% endmacro %}\n{{ m0() }}\n",
    "repeated text": value("'a' * 10**9"),
    "repeated list": value("[1] * 10**9"),
    "list of lists": value("([[values.numbers] * 100000] * 100000) | to_json"),
    "list of lists as a value": value("[[values.numbers] * 100000] * 100000"),
    "list of lists summed up": value("([[values.numbers] * 100000] * 100000) | sha256"),
    "lists compared": value("([values.numbers] * 100000) == ([values.numbers] * 100000)"),
    "power of a power": value("10**(10**10)"),
    "power chain": value("2**2000**2 * 1.0"),
    "float power": value("1e308 ** 2"),
    "product": doubled("10**300", "a * a"),
    "indent": value("values.text | indent(10**9)"),
    "indent by text": value("values.text | indent('a' * 100000)"),
    "replace": doubled("values.text", "a | replace('a', 'aaaaaaaaaaaa')"),
    "replace everything": value("('a' * 100000) | replace('', 'b' * 100000)"),
    "doubled text": doubled("values.text", "a ~ a"),
    "doubled sum of text": doubled("'x'", "a + a"),
    "doubled list": doubled("values.numbers", "a + a"),
    "doubled nesting": doubled("values.numbers", "[a, a]"),
    "doubled mapping": doubled("values.flags", "{'a': a, 'b': a}"),
    "doubled condition": doubled("values.name", "(a if values.flags.a else a)"),
    "deepening list": doubled("values.numbers", "[a]", 3000),
    "deepening sum": doubled("1", "a + 1", 3000),
    "doubled captured text": "{% set a %}xxxxxxxxxxxxxxxxx{% endset %}\n"
    + "{% set a %}{{ a }}{{ a }}{% endset %}\n" * 60
    + value("a"),
    "doubled with": "{% with a = values.text %}" + "{% with a = a ~ a %}" * 60 + "{{ a }}" + "{% endwith %}" * 61,
    "doubled arguments": "{% macro m(a, n) %}{% if n %}{{ m([a, a], n - 1) }}{% else %}"
    "{{ a }}{% endif %}{% endmacro %}\n" + value("m(values.numbers, 39)"),
    "join": value("(values.words * 20) | join('x' * 100000)"),
    "split and join": doubled("'a,a'", "a.split(',') | join(a)"),
    "batch": value("values.numbers | batch(10**9, 'x')"),
    "json indentation": value("values | to_json(indent=10**9)"),
    "round": value("1.5 | round(10**9, 'ceil')"),
    "every item against every item": value("values.lists | map('sort') | select('in', values.lists * 30) | list"),
    "words in words": value("(values.words * 20) | select('in', values.words * 20) | list"),
    "unique lists": value("(values.lists * 30) | unique | length"),
    "map of map": value("values.numbers | map('string') | map('replace', '1', 'a' * 100000) | list"),
    "map to json": value("([values.words] * 100000) | map('to_json') | list"),
    "many parts": value(" ~ ".join(["(values.words | sort | join)"] * 3000)),
    "deep expression": value("(" * 20000 + "1" + ")" * 20000),
    "deep list": value("[" * 20000 + "1" + "]" * 20000),
    "long sum": value("1" + " + 1" * 20000),
    "long negation": value("not " * 20000 + "true"),
    "long path": value("values" + ".a" * 20000),
    "deep blocks": "{% if true %}" * 5000 + "{% endif %}" * 5000,
    "deep flow YAML": "a: " + "[" * 50000 + "]" * 50000 + "\n",
    "deep block YAML": "".join(f"{' ' * one}a:\n" for one in range(600)),
    "many YAML keys": "".join(f"k{one}: [{'1,' * 200}]\n" for one in range(500)) * 4,
    "one megabyte": "# " + "x" * 1024 * 1024 + "\n",
    "a hundred thousand holes": "".join(f"k{one}: {{{{ values.name }}}}\n" for one in range(100000)),
    "ten thousand large holes": wrap("".join(f"  k{one}: {{{{ values.words }}}}\n" for one in range(6000))),
    "ten thousand texts": wrap("".join(f'  k{one}: "{{{{ values.big }}}}"\n' for one in range(5000))),
    "a number of many digits": value("9" * 5000),
    "long name": value("x" * 100000),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_template_that_does_not_end_is_stopped(name):
    values = {**VALUES, "big": "x" * 1_000_000} if "big" in ENDLESS[name] else VALUES

    done = render(ENDLESS[name], values)

    assert done["errors"], f"rendered {done['size']} bytes in {done['seconds']:.1f} s"
    assert done["errors"][0][0] in {WORK, "invalid-template", "wrong-operand", "undefined-variable", "duplicate-key"}
    assert all(len(message) < 400 for _, message, *_ in done["errors"])
    assert len(done["errors"]) <= 50


@pytest.mark.parametrize("times", [1, 39, 45])
def test_templates_that_include_each_other_are_stopped(times):
    templates = {
        "t.yaml.j2": wrap("  a: 1\n") + "{% include 'i0.j2' %}\n",
        **{f"i{one}.j2": f"{{% include 'i{one + 1}.j2' %}}\n" for one in range(times)},
        f"i{times}.j2": "{% include 'i0.j2' %}\n",
    }

    found = render(templates)["errors"]

    assert found[0][0] == WORK


@pytest.mark.parametrize(
    "expression",
    [
        "(values.lists * 30) | sort | length",
        "[" + ", ".join(["(values.words | map('upper') | list)"] * 1500) + "] | length",
        "values.words | sort | map('upper') | unique | join(',') | sha256",
        "files('**')",
    ],
)
def test_much_work_that_ends_soon_is_allowed(expression):
    done = render(value(expression), files={"blueprints/case/files/ok.txt": "fine", "blueprints/other/x": "no"})

    assert done["errors"] is None
    assert done["size"] < 1000


def test_an_honest_large_template_is_rendered():
    body = "".join(f"  k{one}: {{{{ values.words[{one}] }}}}\n" for one in range(2000))

    done = render(wrap(body))

    assert done["errors"] is None
    assert done["seconds"] < 5


def test_an_honest_long_loop_over_a_sorted_list_is_rendered():
    body = "{% for word in values.words | sort %}\n  {{ word | replace(' ', '-') }}: {{ loop.index }}\n{% endfor %}\n"

    done = render(wrap(body))

    assert done["errors"] is None
