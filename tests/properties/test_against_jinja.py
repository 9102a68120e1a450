"""Random templates over random values: as unmodified Jinja with safely quoted values, and as a fresh run, gives them.

Jinja's own text is made safe by printing every value as JSON, which is YAML too.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from jinja2.exceptions import TemplateError as JinjaError

from gitopsgen.template.errors import TemplateErrors
from tests.engines import context_of, engine_over, wrap


class Raw(str):
    """Text that a macro or block wrote."""

    __slots__ = ()


def quoted(value):
    return str(value) if isinstance(value, Raw) else json.dumps(value)


# `RAW` is nothing to us, and the filter `raw` to Jinja.
MACROS = """\
{% macro pair(p, q=values.c) %}
xx: {{ p }}
zz: {{ q }}
{% endmacro %}
{% macro many(items) %}
{% for one in items %}
i{{ loop.index }}: {{ one }}
{% else %}
none: true
{% endfor %}
{% endmacro %}
{% macro boxed(p) %}
outer: {{ p }}
inner:
  {{ caller(p)RAW | indent(2)RAW }}
{% endmacro %}
{% macro deep(p) %}
deep:
  {{ pair(p, q=1)RAW | indent(2)RAW }}
  {{ pair(q=2, p=p)RAW | replace("xx", "x2")RAW | indent(2)RAW if false else many([p])RAW | indent(2)RAW }}
{% endmacro %}
{% macro word(p) %}w{{ p }}{% endmacro %}
"""
LIBRARY = MACROS.replace("q=values.c", "q=5") + "{% set answer = 42 %}\n"
PART = "  {{ key }}: {{ values.a }}\n  {{ key ~ 'b' }}: [{{ values.names }}, {{ one | default('none') }}]\n"


def others(*, raw):
    """Give the templates that can be included and imported."""
    return {"lib.j2": LIBRARY.replace("RAW", raw), "part.j2": PART}


def jinja_environment():
    environment = Environment(  # noqa: S701 - YAML, no HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=quoted,
        loader=DictLoader(others(raw=" | raw")),
    )
    environment.filters["raw"] = Raw
    return environment


JINJA = jinja_environment()

NAMES = ("a", "b", "c", "flag", "names", "ports", "labels")
VALUES = st.fixed_dictionaries(
    {
        "a": st.integers(-5, 20),
        "b": st.text(alphabet="xyz-: #\"'\n", max_size=6),
        "c": st.sampled_from([0, 1, 2, 3]),
        "flag": st.booleans(),
        "names": st.lists(st.sampled_from(["n1", "n2", "on", "0755", ""]), max_size=3),
        "ports": st.lists(
            st.fixed_dictionaries({"port": st.integers(1, 9), "name": st.text("pq", max_size=2)}), max_size=3
        ),
        "labels": st.dictionaries(st.sampled_from(["k1", "k2", "k3"]), st.sampled_from(["v", "1", "true"]), max_size=3),
    }
)
NUMBERS = st.sampled_from(
    ["values.a", "values.c", "(values.a + 1)", "(values.names | length)", "2", "values.a * 3 // 2"]
)
TEXTS = st.sampled_from(
    [
        "values.b",
        "(values.b | upper)",
        '"lit"',
        "(values.b ~ values.a)",
        '(values.names | join(","))',
        "values.b | trim",
        "(values.a | string)",
        'values.b | replace("x", "yy")',
    ]
)
CONDITIONS = st.sampled_from(
    [
        "values.flag",
        "values.c > 1",
        "values.names",
        "not values.flag",
        "values.c == 2 and values.flag",
        "values.a is odd",
        '"n1" in values.names',
        "values.nothing is defined",
        "values.b",
        "values.c in [1, 2]",
        "values.flag or values.c < 1",
    ]
)
ANY = st.one_of(
    NUMBERS,
    TEXTS,
    st.sampled_from(
        [
            "values.names",
            "values.labels",
            "values.ports",
            "values.flag",
            "values.names | sort",
            "values.names | unique | list",
            'values.ports | map(attribute="port") | list',
            "values.nothing | default(7)",
            "values.names | first | default('none')",
            "[values.a, values.b]",
            '{"x": values.a}',
            "values.labels | dictsort",
            'values.ports | selectattr("port", "gt", 3) | list',
            "values.names[1:]",
            "values.labels.get('k1', 'no')",
            "values.ports | sum(attribute='port')",
        ]
    ),
    st.builds("({} if {} else {})".format, NUMBERS, CONDITIONS, TEXTS),
)


class Lines:
    """Builds one template twice: with our typed and interpolated holes, and for Jinja with JSON."""

    def __init__(self):
        self.ours, self.theirs, self.key = [], [], 0

    def fresh(self):
        self.key += 1
        return f"k{self.key}"

    def raw(self, text):
        """Take text with `RAW` behind each expression that gives written text."""
        self.ours.append(text.replace("RAW", ""))
        self.theirs.append(text.replace("RAW", " | raw"))

    def both(self, text):
        self.ours.append(text)
        self.theirs.append(text)


@st.composite
def templates(draw):
    lines = Lines()
    lines.both("  fixed: 1")  # a key without a value is refused
    lines.raw("{% import 'lib.j2' as lib %}\n{% from 'lib.j2' import pair as other, answer %}")
    _body(draw, lines, indent=2, depth=0)
    body = "\n".join(lines.ours) + "\n", "\n".join(lines.theirs) + "\n"
    return MACROS.replace("RAW", "") + wrap(body[0]), MACROS.replace("RAW", " | raw") + wrap(body[1])


def _body(draw, lines, indent, depth):
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(list(BUILDERS) if depth < 2 else ["typed", "text", "macro"]))
        BUILDERS[kind](draw, lines, indent, depth)


def _typed(draw, lines, indent, _depth):
    lines.both(f"{' ' * indent}{lines.fresh()}: {{{{ {draw(ANY)} }}}}")


def _text(draw, lines, indent, _depth):
    key, expression, quote = lines.fresh(), draw(st.one_of(TEXTS, NUMBERS)), draw(st.sampled_from(["", '"', "'"]))
    lines.ours.append(f"{' ' * indent}{key}: {quote}pre-{{{{ {expression} }}}}-post{quote}")
    lines.theirs.append(f'{" " * indent}{key}: {{{{ "pre-" ~ ({expression}) ~ "-post" }}}}')


def _if(draw, lines, indent, depth):
    lines.both(f"{{% if {draw(CONDITIONS)} %}}")
    _body(draw, lines, indent, depth + 1)
    if draw(st.booleans()):
        lines.both(f"{{% elif {draw(CONDITIONS)} %}}")
        _body(draw, lines, indent, depth + 1)
    if draw(st.booleans()):
        lines.both("{% else %}")
        _body(draw, lines, indent, depth + 1)
    lines.both("{% endif %}")


def _for(draw, lines, indent, _depth):
    key = lines.fresh()
    condition = draw(st.sampled_from(["", " if port.port > 4"]))
    lines.both(f"{' ' * indent}{key}:")
    lines.both(f"{' ' * indent}  fixed: 1")
    lines.both(f"{{% for port in values.ports{condition} %}}")
    lines.both(f"{' ' * indent}  p{{{{ loop.index }}}}: {{{{ port }}}}")
    lines.both(f"{' ' * indent}  n{{{{ loop.index }}}}: {{{{ loop.last }}}}")
    lines.both("{% else %}")
    lines.both(f"{' ' * indent}  none: true")
    lines.both("{% endfor %}")


def _items(draw, lines, indent, _depth):
    way = draw(st.sampled_from(["values.labels.items()", "values.labels | dictsort"]))
    lines.both(f"{' ' * indent}{lines.fresh()}:")
    lines.both(f"{' ' * indent}  fixed: 1")
    lines.both(f"{{% for key, one in {way} %}}")
    lines.both(f"{' ' * indent}  x{{{{ loop.index0 }}}}: {{{{ one }}}}")
    lines.both(f"{' ' * indent}  y{{{{ loop.index0 }}}}: {{{{ key }}}}")
    lines.both("{% endfor %}")


def _set(draw, lines, indent, _depth):
    lines.both(f"{{% set s = {draw(ANY)} %}}")
    lines.both(f"{' ' * indent}{lines.fresh()}: {{{{ s }}}}")


def _list(draw, lines, indent, _depth):
    lines.both(f"{' ' * indent}{lines.fresh()}:")
    for _ in range(draw(st.integers(1, 3))):
        lines.both(f"{' ' * indent}  - {{{{ {draw(ANY)} }}}}")
    if draw(st.booleans()):
        lines.both(f"{' ' * indent}  - in: {{{{ {draw(ANY)} }}}}")


MACRO_CALLS = st.one_of(
    st.builds("pair({})".format, ANY),
    st.builds("pair({}, {})".format, ANY, ANY),
    st.builds("pair(q={}, p={})".format, ANY, ANY),
    st.builds("lib.pair({}, q=answer)".format, ANY),
    st.builds("other({})".format, ANY),
    st.builds("many([{}, {}])".format, ANY, ANY),
    st.just("many(values.names)"),
    st.just("lib.many(values.ports | selectattr('port', 'gt', 4) | list)"),
    st.builds("deep({})".format, ANY),
)


def _macro(draw, lines, indent, _depth):
    margin = " " * (indent + 2)
    lines.both(f"{' ' * indent}{lines.fresh()}:")
    lines.raw(f"{margin}{{{{ {draw(MACRO_CALLS)}RAW | indent({indent + 2})RAW }}}}")


def _call(draw, lines, indent, _depth):
    margin = " " * (indent + 2)
    lines.both(f"{' ' * indent}{lines.fresh()}:")
    lines.both(f"{{% set text %}}\n{{% call(got) {draw(st.sampled_from(['boxed', 'lib.boxed']))}({draw(ANY)}) %}}")
    lines.both(f"in1: {{{{ got }}}}\nin2: {{{{ {draw(ANY)} }}}}")
    if draw(st.booleans()):
        lines.raw(f"in3:\n  {{{{ {draw(MACRO_CALLS)}RAW | indent(2)RAW }}}}")
    lines.both("{% endcall %}\n{% endset %}")
    lines.raw(f"{margin}{{{{ textRAW | indent({indent + 2})RAW }}}}")


def _set_block(draw, lines, indent, _depth):
    margin = " " * (indent + 2)
    lines.both(f"{{% set block %}}\nxx: {{{{ {draw(ANY)} }}}}\nzz:\n  - {{{{ {draw(ANY)} }}}}\n{{% endset %}}")
    lines.both(f"{' ' * indent}{lines.fresh()}:")
    lines.raw(f"{margin}{{{{ blockRAW | {draw(st.sampled_from(['', 'trim | ']))}indent({indent + 2})RAW }}}}")


def _with(draw, lines, indent, depth):
    lines.both(f"{{% with one = {draw(ANY)}, two = {draw(ANY)} %}}")
    lines.both(f"{' ' * indent}{lines.fresh()}: {{{{ one }}}}\n{' ' * indent}{lines.fresh()}: [{{{{ two }}}}]")
    _body(draw, lines, indent, depth + 1)
    lines.both("{% endwith %}")


def _filter_block(draw, lines, indent, _depth):
    lines.both(f"{' ' * indent}{lines.fresh()}:")
    lines.both(f"{{% filter indent({indent + 2}, true) %}}\nxx: {{{{ {draw(ANY)} }}}}\nzz: 1\n{{% endfilter %}}")


def _nested(draw, lines, indent, _depth):
    margin, names = " " * (indent + 2), draw(st.sampled_from(["values.names", "values.names | sort", "[1, port.port]"]))
    lines.both(f"{' ' * indent}{lines.fresh()}:\n{margin}fixed: 1")
    lines.both(
        f"{{% for port in values.ports | {draw(st.sampled_from(['list', 'reverse', 'sort(attribute=`port`)']))} %}}"
    )
    lines.ours[-1] = lines.theirs[-1] = lines.ours[-1].replace("`", "'")
    lines.both("{% set row = loop.index %}")
    lines.both(
        f"{{% for name in {names} %}}\n{margin}r{{{{ row }}}}c{{{{ loop.index }}}}: [{{{{ name }}}}, {{{{ port }}}}]"
    )
    lines.both(f"{{% endfor %}}\n{margin}row{{{{ row }}}}: {{{{ port.name ~ loop.length }}}}\n{{% endfor %}}")


def _include(draw, lines, indent, _depth):
    if indent != 2:
        return
    context = draw(st.sampled_from(["", " with context"]))
    lines.both(f"{{% set key = '{lines.fresh()}' %}}\n{{% include 'part.j2'{context} %}}")


def _word(draw, lines, indent, _depth):
    lines.both(f"{' ' * indent}{lines.fresh()}: {{{{ word({draw(NUMBERS)}) ~ '!' }}}}")
    lines.both(f"{' ' * indent}{lines.fresh()}: {{{{ word({draw(NUMBERS)}) | upper | length }}}}")


BUILDERS = {
    "typed": _typed, "text": _text, "if": _if, "for": _for, "items": _items, "set": _set, "list": _list,
    "macro": _macro, "call": _call, "set block": _set_block, "with": _with, "filter block": _filter_block,
    "nested": _nested, "include": _include, "word": _word,
}  # fmt: skip


def jinja(source, values):
    rendered = JINJA.from_string(source).render(values=values)
    return yaml.load(rendered, Loader=yaml.CSafeLoader)["spec"]


def render(engine, instance, values):
    made = engine.render(instance, context_of(values))
    return made[0].content, made[0].data["spec"]


DEEP = os.environ.get("GITOPSGEN_DEEP")
pytestmark = [pytest.mark.deep] if DEEP else []
LIKE = st.sampled_from(
    [1, 1.0, True, "1", 0, 0.0, -0.0, False, "0", "", None, "true", "None", [], {}, [1], [True], ["1"], [1.0]]
)


@settings(max_examples=15 if not DEEP else 1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=templates(), variants=st.lists(VALUES, min_size=10, max_size=25))
def test_many_variants_share_a_tree_and_get_what_a_fresh_run_gives(sources, variants):
    with tempfile.TemporaryDirectory() as folder:
        templates_of = {"t.yaml.j2": sources[0], **others(raw="")}
        engine, instances = engine_over(Path(folder), templates_of)
        for values in (*variants, *variants):
            fresh, fresh_instances = engine_over(Path(folder), templates_of)

            assert outcome(engine, instances, values) == outcome(fresh, fresh_instances, values)


def outcome(engine, instances, values):
    """Give all that a render makes, or all that it complains of."""
    try:
        made = engine.render(instances["t.yaml.j2"], context_of(values))
    except TemplateErrors as errors:
        return [(one.rule, one.message, one.spot) for one in errors.errors]
    return [(one.name, one.content, json.dumps(one.data), one.trace, one.inputs) for one in made]


TYPED = """\
  fixed: 1
  hole: {{ values.x }}
  listed: [{{ values.x }}, {{ [values.x] }}]
  inside: {{ {"a": values.x} }}
  chosen: {{ values.x if values.x else [values.x] }}
  tested: {{ [values.x == 1, values.x is number, values.x in [1, "1"], values.x is none] }}
{% if values.x %}
  true: {{ values.x }}
{% else %}
  false: {{ values.x }}
{% endif %}
""".replace("  true:", "  holds:").replace("  false:", "  fails:")


@settings(max_examples=60, deadline=None)
@given(variants=st.lists(LIKE, min_size=2, max_size=12))
def test_values_that_differ_only_in_type_never_share_text(variants):
    with tempfile.TemporaryDirectory() as folder:
        engine, instances = engine_over(Path(folder), {"t.yaml.j2": wrap(TYPED)})
        for one in variants:
            (made,) = engine.render(instances["t.yaml.j2"], context_of({"x": one}))
            spec = yaml.load(made.content, Loader=yaml.CSafeLoader)["spec"]

            for found in (spec, made.data["spec"]):
                assert repr(one) == repr(found["hole"])
                assert repr([one, [one]]) == repr(found["listed"])
                assert repr({"a": one}) == repr(found["inside"])
                assert repr(one or [one]) == repr(found["chosen"])
                assert repr(one) == repr(found.get("holds", found.get("fails")))


@settings(max_examples=50 if not DEEP else 3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=templates(), variants=st.lists(VALUES, min_size=2, max_size=6))
def test_a_template_gives_what_jinja_gives_and_reuse_gives_what_a_fresh_run_gives(sources, variants):
    ours, theirs = sources
    with tempfile.TemporaryDirectory() as folder:
        engine, instances = engine_over(Path(folder), {"t.yaml.j2": ours, **others(raw="")})
        for values in variants:
            try:
                wanted = jinja(theirs, values)
            except (UndefinedError, JinjaError, TypeError, ZeroDivisionError):
                assume(False)
            fresh, fresh_instances = engine_over(Path(folder), {"t.yaml.j2": ours, **others(raw="")})
            try:
                content, data = render(engine, instances["t.yaml.j2"], values)
            except TemplateErrors as errors:
                raise AssertionError([(one.message, one.spot) for one in errors.errors]) from None
            again, _ = render(fresh, fresh_instances["t.yaml.j2"], values)

            assert wanted == data
            assert wanted == yaml.load(content, Loader=yaml.CSafeLoader)["spec"]
            assert again == content
