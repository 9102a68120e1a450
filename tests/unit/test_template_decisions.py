"""Ways through a template are shared by those who steer it alike, and by nobody else."""

from __future__ import annotations

import pytest

from gitopsgen.template.decisions import Decisions
from gitopsgen.template.expressions import Expressions, reference
from gitopsgen.template.leaf import Leaf
from gitopsgen.template.observe import Observation
from tests.engines import context_of, engine_over, wrap


def runs(tmp_path, template, variants):
    engine, instances = engine_over(tmp_path, {"t.yaml.j2": template})
    instance = instances["t.yaml.j2"]
    for values in variants:
        engine.render(instance, context_of(values))
    return instance.decisions.runs


@pytest.mark.parametrize(
    ("body", "variants", "wanted"),
    [
        ("  a: {{ values.a }}\n", [{"a": 1}, {"a": "x"}, {"a": [1]}, {"a": None}], 1),
        ("  a: {{ values.a + 1 }}\n  b: {{ values.a ~ 'x' }}\n", [{"a": 1}, {"a": 2}], 1),
        ("  a: {{ 1 if values.a > 2 else 0 }}\n", [{"a": 1}, {"a": 3}], 1),
        ("{% if values.a > 2 %}\n  a: 1\n{% endif %}\n  b: 1\n", [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 9}], 2),
        (
            "  a:\n{% for x in values.a %}\n    - {{ x }}\n{% endfor %}\n    - end\n",
            [{"a": [1]}, {"a": [2]}, {"a": [1, 2]}],
            2,
        ),
        (
            "  b: 1\n{% for k, v in values.a | dictsort %}\n  {{ k }}: {{ v }}\n{% endfor %}\n",
            [{"a": {"x": 1}}, {"a": {"z": 2}}],
            1,
        ),
        ("  b: 1\n{% for x in values.a | sort %}\n  k{{ x }}: 1\n{% endfor %}\n", [{"a": [2, 1]}, {"a": [5, 4]}], 1),
        ("  a: {{ values.a | default(1) }}\n", [{"a": 1}, {}], 1),
        ("{% if values.a is defined %}\n  a: 1\n{% endif %}\n  b: 1\n", [{"a": 1}, {}, {"a": 0}], 2),
    ],
)
def test_only_what_steers_asks_for_a_run_of_its_own(tmp_path, body, variants, wanted):
    assert runs(tmp_path, wrap(body), variants) == wanted


def test_a_value_that_is_observed_keeps_its_type_apart(tmp_path):
    template = wrap("{% include values.name %}\n")

    engine, instances = engine_over(tmp_path, {"t.yaml.j2": template, "1": "  a: 1\n", "x.j2": "  a: x\n"})
    found = [
        engine.render(instances["t.yaml.j2"], context_of({"name": name}))[0].data["spec"]["a"]
        for name in ("1", "x.j2", "1")
    ]

    assert found == [1, "x", 1]
    assert instances["t.yaml.j2"].decisions.runs == 2


def test_a_run_that_is_no_function_of_its_observations_is_a_bug():
    decisions = Decisions(Expressions())

    def leaf(name):
        return Leaf("t", (), (), (), (), (Observation("truth", reference(name), True),), (), ())

    decisions.add(leaf("a"))

    with pytest.raises(RuntimeError, match="at the same place"):
        decisions.add(leaf("b"))


def test_a_template_without_questions_has_one_way():
    decisions = Decisions(Expressions())
    leaf = Leaf("t", (), (), (), (), (), (), ())
    decisions.add(leaf)

    assert decisions.find({}) is leaf
