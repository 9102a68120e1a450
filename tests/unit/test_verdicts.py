"""What was found in one cluster holds for another that is alike, unless it speaks of names that are others there."""

from __future__ import annotations

import pytest

from gitopsgen.check import Finding
from gitopsgen.check.sharing import Naming, Vocabulary
from gitopsgen.diagnostics import Severity
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from gitopsgen.pipeline.together import Told
from gitopsgen.pipeline.verdicts import Key, Verdicts

VOCABULARY = Vocabulary(())
MANIFEST = Manifest(VariantId("wuhu", "edge", "orders"), "deployment.yaml", "deployment.yaml.j2", 0, {})


def key(*strings):
    naming = Naming(VOCABULARY)
    return Key(naming.of(strings), naming, (), VOCABULARY)


def told(message, hint="", field=()):
    return (Told(0, 0, Finding("GG423", "unresolved-digest", Severity.WARNING, message, hint, MANIFEST, field)),)


def verdict(kept_for, asked_for, found):
    verdicts = Verdicts()
    verdicts.keep(key(*kept_for), found)
    return verdicts.get(key(*asked_for))


@pytest.mark.parametrize("found", [(), told("no probe"), told("the image of orders has no digest")])
def test_what_speaks_of_no_other_name_is_shared(found):
    assert verdict(["wuhu", "orders.wuhu"], ["lhasa", "orders.lhasa"], found) == found


@pytest.mark.parametrize("found", [told("orders in wuhu"), told("no probe", "as in wuhu"), told("", field=("a-wuhu",))])
def test_what_speaks_of_a_name_that_is_another_there_is_not(found):
    assert verdict(["wuhu", "orders.wuhu"], ["lhasa", "orders.lhasa"], found) is None
    assert verdict(["wuhu", "orders.wuhu"], ["wuhu", "orders.wuhu"], found) == found


def test_a_number_that_stands_there_twice_is_looked_at_twice():
    def numbered(number, text):
        one = key(text)
        one.naming.number(number)
        return one

    verdicts = Verdicts()
    verdicts.keep(numbered("wuhu", "wuhu"), told("wuhu"))

    assert verdicts.get(numbered("lhasa", "wuhu")) is None
    assert verdicts.get(numbered("wuhu", "wuhu")) == told("wuhu")


def test_verdicts_on_those_that_are_alike_stand_beside_each_other():
    verdicts = Verdicts()
    for name in ("wuhu", "lhasa"):
        verdicts.keep(key(name), told(f"of {name}"))

    assert [verdicts.get(key(name)) for name in ("wuhu", "lhasa", "yantai")] == [
        told("of wuhu"),
        told("of lhasa"),
        None,
    ]
