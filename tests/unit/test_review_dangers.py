"""Every danger: its documentation runs, and it fires on the change that brings it and on no other."""

from __future__ import annotations

import importlib
import json
import pkgutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from gitopsgen.check.documentation import HEADINGS, sections
from gitopsgen.check.rules import RULES as CHECKS
from gitopsgen.diff import FilePair, difference
from gitopsgen.review import dangers, find_dangers, updates
from gitopsgen.review.documentation import pages
from gitopsgen.review.rules import CHANGE_RULES, RULES, UPDATE_RULES

from .reviewed import CITIES, RBAC, confining, found, listening, pair, policy, thing

ROOT = Path(__file__).parents[2]


def codes(text):
    old, new = [*yaml.safe_load_all(text), None][:2]
    return {code for code, _ in found(old, new)}


@pytest.mark.parametrize("module", [*CHANGE_RULES, *UPDATE_RULES], ids=lambda module: module.RULE.name)
def test_example_of_the_documentation_triggers_and_its_cure_does_not(module):
    text = sections(module)

    assert module.RULE.code in codes(text["Example"])
    assert module.RULE.code not in codes(text["Instead"])


@pytest.mark.parametrize("module", [*CHANGE_RULES, *UPDATE_RULES], ids=lambda module: module.RULE.name)
def test_a_danger_is_in_the_change_and_not_in_the_state(module):
    """What has been dangerous for long is told by the rules of `check`, or accepted."""
    for heading in ("Example", "Instead"):
        for state in filter(None, yaml.safe_load_all(sections(module)[heading])):
            touched = deepcopy(state)
            touched["metadata"].setdefault("annotations", {})["touched"] = "yes"
            assert found(state, touched) == []


def test_every_module_with_a_danger_is_listed_once_in_the_order_of_codes():
    modules = [
        importlib.import_module(f"{package.__name__}.{info.name}")
        for package in (dangers, updates)
        for info in pkgutil.iter_modules(package.__path__)
    ]
    listed = [module.RULE.code for module in RULES]

    assert {module.__name__ for module in modules} == {module.__name__ for module in RULES}
    assert sorted(set(listed)) == listed
    assert not {(one.RULE.code, one.RULE.name) for one in RULES} & {(one.RULE.code, one.RULE.name) for one in CHECKS}
    assert all(list(sections(module)) == list(HEADINGS) for module in RULES)


def test_pages_of_the_dangers_are_fresh():
    directory = ROOT / "docs/dangers"

    assert pages() == {path.name: path.read_text("utf-8") for path in directory.glob("*.md")}


def fleet(*changing, **waves):
    old, new = thing("v1", "ConfigMap", data={"a": "1"}), thing("v1", "ConfigMap", data={"a": "2"})
    listing = [f"{name}/edge/shop/object.yaml" for name in CITIES]
    told = difference([pair(name, old, new) for name in sorted(changing)], (CITIES, CITIES), listing)
    declared = {name: frozenset(f"{city}/edge" for city in members) for name, members in waves.items()}
    return find_dangers(replace(told, waves={"shop": declared} if waves else {}))


def test_a_change_of_several_whole_waves_is_told_once_a_case():
    (danger,) = fleet("lhasa", "jinan")

    assert danger.rule.code == "GG913"
    assert danger.message == '1 object of "shop" at once in 2 clusters of the waves 0, 1'
    assert sorted(danger.files) == ["jinan/edge", "lhasa/edge"]
    assert fleet("jinan") == ()


def test_the_waves_are_those_in_which_changes_reach_the_case():
    """A case of core cities alone has waves too, though all of its cities are of one."""
    (danger,) = fleet("wuhan", "xian", first=["xian"], then=["wuhan"])

    assert danger.message == '1 object of "shop" at once in 2 clusters of the waves first, then'
    assert fleet("lhasa", "jinan", all=CITIES) == ()


def test_a_city_that_is_spared_in_each_wave_does_not_hide_the_change_of_all():
    assert len(fleet(*CITIES, first=["lhasa", "jinan"], then=["wuhan", "xian"])) == 1
    assert fleet("lhasa", "jinan", "wuhan", first=["lhasa", "jinan"], then=["wuhan", "xian"]) == ()
    (danger,) = fleet("jinan", "lhasa", "xian", canary=["xian"], rest=["lhasa", "jinan", "wuhan"])
    assert danger.message.endswith("3 clusters of the waves canary, rest")


def test_the_same_danger_in_many_cities_is_one_with_all_places():
    pairs = [pair(name, thing("v1", "Service", spec={"type": "LoadBalancer"}), None, "a") for name in sorted(CITIES)]
    turned = [FilePair(one.path, one.new, one.old) for one in pairs]

    (danger,) = find_dangers(difference(turned, (CITIES, CITIES)))

    assert danger.message == "is reachable from outside the cluster (LoadBalancer)"
    assert sorted(danger.files) == [f"{name}/edge" for name in sorted(CITIES)]


def test_what_guarded_a_namespace_may_go_with_it():
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    both = [pair("xian", namespace, None, "a"), pair("xian", policy(), None, "b")]

    told = find_dangers(difference([*both, pair("wuhan", policy(), None, "b")], (CITIES, CITIES)))

    assert [(one.rule.name, sorted(one.files)) for one in told] == [
        ("removed-namespace", ["xian/edge"]),
        ("opened-network", ["wuhan/edge"]),
    ]


def test_what_opens_a_namespace_may_come_with_it():
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    both = [pair("xian", None, namespace, "a"), pair("xian", None, listening(), "b")]

    told = find_dangers(difference([*both, pair("wuhan", None, listening(), "b")], (CITIES, CITIES)))

    assert [(one.rule.name, sorted(one.files)) for one in told] == [("exposed-outside", ["wuhan/edge"])]


def test_a_new_binding_is_told_where_its_account_does_not_come_with_it():
    account = thing("v1", "ServiceAccount")
    subjects = [{"kind": "ServiceAccount", "name": "x", "namespace": "shop"}]
    binding = thing(RBAC, "RoleBinding", roleRef={"name": "reader"}, subjects=subjects)
    both = [pair("xian", None, account, "a"), pair("xian", None, binding, "b")]

    (danger,) = find_dangers(difference([*both, pair("wuhan", None, binding, "b")], (CITIES, CITIES)))

    assert danger.rule.name == "bound-account"
    assert danger.message == (
        'RoleBinding shop/x is new, and gives the rights of "reader" to ServiceAccount shop/x, '
        "which does not come with it"
    )
    assert sorted(danger.files) == ["wuhan/edge"]


def test_a_seccomp_profile_of_nodes_is_looked_into():
    path = "xian/edge/bootstrap/var/lib/kubelet/seccomp/profiles/app.json"
    sides = [json.dumps(one).encode() for one in (confining("read"), confining("read", "ptrace"))]

    (danger,) = find_dangers(difference([FilePair(path, *sides)], (CITIES, CITIES)))

    assert (danger.rule.name, danger.field) == ("weakened-seccomp", ("syscalls", 0))
    assert danger.message == "lets system calls through that it refused: ptrace"
