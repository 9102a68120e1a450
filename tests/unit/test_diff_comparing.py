from __future__ import annotations

import pytest

from gitopsgen.diff import ListTypes, applied, compared
from gitopsgen.report.difference.lines import path_text
from gitopsgen.schemas import Bundled


@pytest.fixture(scope="module")
def plan():
    return ListTypes((Bundled("1.35"),)).of("apps/v1", "Deployment")


def deployment(**container):
    return {"spec": {"template": {"spec": {"containers": [{"name": "app", **container}]}}}}


def told(changes):
    prefix = "spec.template.spec.containers[app]."
    return [(path_text(one.path).removeprefix(prefix), one.old, one.new) for one in changes]


def test_items_are_matched_by_the_keys_that_the_kind_has(plan):
    """Ports merge by number and protocol, so another name is a change and no other port."""
    old = deployment(ports=[{"containerPort": 80, "name": "a"}, {"containerPort": 80, "protocol": "UDP"}])
    new = deployment(ports=[{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80, "name": "b"}])

    changes = compared(old, new, plan)

    assert told(changes) == [
        ("ports[80].name", '"a"', '"b"'),
        (
            "ports",
            '[[["containerPort","80"],["protocol",""]],[["containerPort","80"],["protocol","\\"UDP\\""]]]',
            '[[["containerPort","80"],["protocol","\\"UDP\\""]],[["containerPort","80"],["protocol",""]]]',
        ),
    ]
    assert applied(old, changes) == new


def test_an_item_between_others_moves_nothing():
    old = [{"name": "a", "value": "1"}, {"name": "c", "value": "3"}]
    new = [{"name": "a", "value": "1"}, {"name": "c", "value": "3"}, {"name": "d", "value": "4"}]

    assert [path_text(one.path) for one in compared(old, new)] == ["[d].name", "[d].value"]


def test_lists_without_keys_and_texts_are_aligned():
    old = {"args": ["a", "b", "c"], "text": "one\ntwo\nthree\nfour\n"}
    new = {"args": ["a", "x", "y", "c"], "text": "one\n2\nthree\nfour\n"}

    changes = compared(old, new)

    assert [(str(one.sort), one.at, one.old, one.new) for one in changes] == [
        ("items", 1, '["b"]', '["x","y"]'),
        ("lines", 1, '["two"]', '["2"]'),
    ]
    assert applied(old, changes) == new


def test_values_of_different_types_differ():
    assert told(compared({"a": 1, "b": True, "c": "1"}, {"a": 1.0, "b": 1, "c": "1"})) == [
        ("a", "1", "1.0"),
        ("b", "true", "1"),
    ]
