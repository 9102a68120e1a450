"""Random templates over random values: as unmodified Jinja with safely quoted values, and as a fresh run, gives them.

Jinja's own text is made safe by printing every value as JSON, which is YAML too.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from jinja2.exceptions import TemplateError as JinjaError

from gitopsgen.template.errors import TemplateErrors
from tests.engines import context_of, engine_over, wrap

JINJA = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=json.dumps)  # noqa: S701

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

    def both(self, text):
        self.ours.append(text)
        self.theirs.append(text)


@st.composite
def templates(draw):
    lines = Lines()
    lines.both("  fixed: 1")  # a key without a value is refused
    _body(draw, lines, indent=2, depth=0)
    return "\n".join(lines.ours) + "\n", "\n".join(lines.theirs) + "\n"


def _body(draw, lines, indent, depth):
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(["typed", "text", "if", "for", "items", "set", "list"] if depth < 2 else ["typed", "text"])
        )
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


BUILDERS = {"typed": _typed, "text": _text, "if": _if, "for": _for, "items": _items, "set": _set, "list": _list}


def jinja(source, values):
    rendered = JINJA.from_string(source).render(values=values)
    return yaml.load(rendered, Loader=yaml.CSafeLoader)["spec"]


def render(engine, instance, values):
    made = engine.render(instance, context_of(values))
    return made[0].content, made[0].data["spec"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=templates(), variants=st.lists(VALUES, min_size=2, max_size=6))
def test_a_template_gives_what_jinja_gives_and_reuse_gives_what_a_fresh_run_gives(sources, variants):
    ours, theirs = sources
    with tempfile.TemporaryDirectory() as folder:
        engine, instances = engine_over(Path(folder), {"t.yaml.j2": wrap(ours)})
        for values in variants:
            try:
                wanted = jinja(wrap(theirs), values)
            except (UndefinedError, JinjaError, TypeError, ZeroDivisionError):
                assume(False)
            fresh, fresh_instances = engine_over(Path(folder), {"t.yaml.j2": wrap(ours)})
            try:
                content, data = render(engine, instances["t.yaml.j2"], values)
            except TemplateErrors as errors:
                raise AssertionError([(one.message, one.spot) for one in errors.errors]) from None
            again, _ = render(fresh, fresh_instances["t.yaml.j2"], values)

            assert wanted == data
            assert wanted == yaml.load(content, Loader=yaml.CSafeLoader)["spec"]
            assert again == content
