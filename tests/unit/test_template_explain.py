"""From a field back to its template lines, the values that it was made of, and those that chose the way to it."""

from __future__ import annotations

import pytest

from gitopsgen.template.explain import explain
from tests.engines import context_of, engine_over, wrap

MACRO = "{% macro name(suffix) %}\n{{ values.name }}-{{ suffix }}\n{% endmacro %}\n"
VALUES = {"name": "gate", "other": "else", "a": True, "b": False, "ports": [80, 443]}


def source_of(tmp_path, body, *path, values=None, kind="fleet"):
    text = MACRO + wrap(body) if kind == "fleet" else body
    engine, instances = engine_over(tmp_path, {"t.yaml.j2" if kind == "fleet" else "t.txt.j2": text}, kind=kind)
    (instance,) = instances.values()
    return explain(engine, instance, context_of(VALUES | (values or {})), 0, ("spec", *path) if kind == "fleet" else ())


def names(paths):
    return [".".join(map(str, path[1:])) for path in paths]


@pytest.mark.parametrize(
    ("expression", "made_of", "chosen_by"),
    [
        ("name('x') if values.a else values.other", "name", "a"),
        ("name('x') if values.b else values.other", "other", "b"),
        ("values.other if values.b or name('x') == 'y' else name(values.other)", "name other", "b name"),
        ("values.b or name('x')", "name", "b"),
        ("values.a and name('x')", "name", "a"),
        ("name('x') and values.other", "other", "name"),
        ("(name('x') if values.a else '') ~ values.other", "name other", "a"),
        ("values.other if values.a else values.name", "other", "a"),
    ],
)
def test_an_inline_condition_is_named_whatever_it_chooses_from(tmp_path, expression, made_of, chosen_by):
    source = source_of(tmp_path, f"  field: {{{{ {expression} }}}}\n", "field")

    assert names(source.paths) == made_of.split()
    assert names(source.steering) == chosen_by.split()


def test_an_inline_condition_is_named_where_its_value_has_a_name(tmp_path):
    body = "{% set chosen = name('x') if values.b else values.other %}\n"
    body += "  field: {{ chosen }}\n  plain: {{ values.name }}\n"
    source = source_of(tmp_path, body, "field")

    assert (names(source.paths), names(source.steering)) == (["other"], ["b"])
    assert source_of(tmp_path / "2", body, "plain").steering == ()


def test_a_condition_around_lines_chooses_them_and_nothing_behind_them(tmp_path):
    body = "{% if values.a %}\n  field: 1\n{% endif %}\n  behind: 2\n"

    assert names(source_of(tmp_path, body, "field").steering) == ["a"]
    assert source_of(tmp_path / "2", body, "behind").steering == ()


def test_a_literal_is_led_to_its_line(tmp_path):
    source = source_of(tmp_path, "  deep:\n    field: word\n", "deep", "field")

    assert [spot.line for spot in source.literals] == [10]
    assert (source.paths, source.keys, source.expressions) == ((), (), ())


def test_text_around_a_hole_is_literal_and_the_hole_is_not(tmp_path):
    source = source_of(tmp_path, "  field: app-{{ values.name }}\n", "field")

    assert names(source.paths) == ["name"]
    assert [spot.line for spot in source.literals] == [9]
    assert source.expressions == ("values.name",)


def test_text_that_a_filter_takes_is_led_to_its_lines_and_to_what_chose_them(tmp_path):
    macro = "{% macro two() %}\none\n{% if values.a %}\ntwo\n{% endif %}\n{{ values.name }}\n{% endmacro %}\n"
    source = source_of(tmp_path, macro + "  field: {{ two() | replace('o', '0') | string }}\n", "field")

    assert (names(source.paths), names(source.steering)) == (["name"], ["a"])
    assert [spot.line for spot in source.literals] == [10, 12, 16]


def test_an_item_that_a_loop_wrote_is_led_to_its_own_value(tmp_path):
    body = "  ports:\n{% for port in values.ports %}\n    - {{ port }}\n{% endfor %}\n"

    assert names(source_of(tmp_path, body, "ports", 1).paths) == ["ports.1"]


def test_a_field_that_is_not_there_has_no_source(tmp_path):
    assert source_of(tmp_path, "  field: 1\n", "other") is None
    assert source_of(tmp_path / "2", "  ports: []\n", "ports", 0) is None


def test_native_text_is_one_value_of_all_its_lines(tmp_path):
    source = source_of(tmp_path, "first\n\nname={{ values.name }}\n", kind="node")

    assert names(source.paths) == ["name"]
    assert [spot.line for spot in source.literals] == [1, 3]


VALUES_OF_ORIGINS = {
    "m": {"b": 2, "a": 1},
    "n": {"a": 3, "c": 4},
    "list": [{"n": "x", "on": True}, {"n": "y", "on": False}, {"n": "z", "on": True}],
    "two": ["p", "q"],
    "key": "a",
    "i": 1,
}


@pytest.mark.parametrize(
    ("expression", "path", "made_of", "chosen_by"),
    [
        # a member by a computed key, which only chose
        ("values.m[values.key]", (), "m.a", "key"),
        ("values.two[values.i]", (), "two.1", "i"),
        # a list and a mapping that are written out
        ("[values.i, values.key]", (1,), "key", ""),
        ("[values.i, values.key]", (0,), "i", ""),
        ("{'a': values.i, 'b': values.key}", ("b",), "key", ""),
        ("dict(a=values.i, b=values.key)", ("a",), "i", ""),
        ("[{'a': values.i}, values.m]", (1, "b"), "m.b", ""),
        # the last mapping that has the key
        ("values.m | combine(values.n)", ("a",), "n.a", ""),
        ("values.m | combine(values.n)", ("b",), "m.b", ""),
        ("values.m | combine({'d': values.i})", ("d",), "i", ""),
        # pairs
        ("values.m | dictsort", (0, 1), "m.a", ""),
        ("values.m | items | list", (0, 1), "m.b", ""),
        # joined lists
        ("values.two + [values.key]", (1,), "two.1", ""),
        ("values.two + [values.key]", (2,), "key", ""),
        # filters that put members at other places, or leave some out
        ("values.two | reverse", (0,), "two.1", ""),
        ("values.two | list", (1,), "two.1", ""),
        ("values.two | sort(reverse=true)", (0,), "two.1", "two"),
        ("values.list | selectattr('on')", (1, "n"), "list.2.n", "list"),
        ("values.list | rejectattr('on')", (0, "n"), "list.1.n", "list"),
        ("values.two | last", (), "two.1", ""),
        ("(values.list | selectattr('on') | first).n", (), "list.0.n", "list"),
        # one member of each item, or what a filter makes of it
        ("values.list | map(attribute='n')", (1,), "list.1.n", ""),
        ("values.list | map(attribute='no', default=values.i)", (1,), "i", ""),
        ("[values.two, values.two] | map(attribute='1') | list", (1,), "two.1", ""),
        ("values.list | selectattr('on') | map(attribute='n') | list", (1,), "list.2.n", "list"),
        ("values.two | map('replace', 'q', values.key)", (1,), "key two.1", ""),
        # what is counted is the list, not what stands in it
        ("(values.two | length) - 1", (), "two", ""),
        ("values.list | selectattr('on') | count", (), "list", ""),
        # what has no telling form is made of all that it reads
        ("values.two | join('-')", (), "two.0 two.1", ""),
        ("values.i + 1", (), "i", ""),
        ("values.no | default(values.key)", (), "key", ""),
        ("values.key | default(values.i)", (), "key", ""),
        ("'' | default(values.key, true)", (), "key", ""),
        ("values.two[0:1]", (0,), "two.0 two.1", ""),
    ],
)
def test_a_part_of_a_computed_value_is_led_to_what_it_came_from(tmp_path, expression, path, made_of, chosen_by):
    source = source_of(tmp_path, f"  field: {{{{ {expression} }}}}\n", "field", *path, values=VALUES_OF_ORIGINS)

    assert names(source.paths) == made_of.split()
    assert names(source.steering) == chosen_by.split()


@pytest.mark.parametrize("pairs", ["values.m | dictsort", "values.m.items()"])
def test_a_key_that_a_loop_prints_is_led_to_the_key_itself(tmp_path, pairs):
    body = f"{{% for key, value in {pairs} %}}\n  f-{{{{ key }}}}: {{{{ key }}}}={{{{ value }}}}\n{{% endfor %}}\n"
    source = source_of(tmp_path, body, "f-a", values=VALUES_OF_ORIGINS)

    assert (names(source.paths), names(source.keys)) == (["m.a"], ["m.a"])


@pytest.mark.parametrize("keys", ["values.m", "values.m | list", "values.m.keys()"])
def test_a_key_of_a_list_of_keys_is_led_to_the_key_itself(tmp_path, keys):
    body = f"  list:\n{{% for key in {keys} %}}\n    - {{{{ key }}}}\n{{% endfor %}}\n"

    assert "m.b" in names(source_of(tmp_path, body, "list", 0, values=VALUES_OF_ORIGINS).keys) + names(
        source_of(tmp_path / "2", body, "list", 0, values=VALUES_OF_ORIGINS).paths
    )


def test_an_image_is_made_of_its_name_its_tag_the_registry_and_the_lock(tmp_path):
    engine, instances = engine_over(tmp_path, {"t.yaml.j2": wrap("  field: {{ image(values.image) }}\n")})
    context = context_of({"image": {"repository": "a/b", "tag": "1"}})
    context["images"] = {"a/b:1": {"digest": "unresolved"}}
    (instance,) = instances.values()

    source = explain(engine, instance, context, 0, ("spec", "field"))

    assert source.paths == (
        ("values", "image", "repository"),
        ("values", "image", "tag"),
        ("project", "registry"),
        ("images", "a/b:1", "digest"),
    )


def test_native_files_are_led_to_by_their_names(tmp_path):
    text = wrap("  field: {{ files('x/*.rego') }}\n  one: {{ file('x/a.rego') }}\n")
    engine, instances = engine_over(tmp_path, {"case/manifests/t.yaml.j2": text})
    names_of_files = ("blueprints/case/files/x/a.rego", "blueprints/case/files/x/b.rego")
    context = context_of({}, dict.fromkeys(names_of_files, "package a\n"))
    (instance,) = instances.values()

    def paths(*field):
        return explain(engine, instance, context, 0, ("spec", *field)).paths

    assert paths("field") == tuple(("files", name) for name in names_of_files)
    assert paths("field", "b.rego") == (("files", names_of_files[1]),)
    assert paths("one") == (("files", names_of_files[0]),)
