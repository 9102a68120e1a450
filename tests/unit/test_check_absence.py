"""Which findings about a cluster stand although some of its objects could not be rendered."""

from __future__ import annotations

from gitopsgen.check import Finding, certain
from gitopsgen.check.absence import _SOUGHT
from gitopsgen.check.rules import CLUSTER_RULES
from gitopsgen.diagnostics import Severity
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

MANIFEST = Manifest(VariantId("a", "b", "c"), "a/b/c/d.yaml", "d.yaml.j2", 0, {})


def found(*names):
    return [Finding("GG500", name, Severity.ERROR, "", "", MANIFEST, ()) for name in names]


def names(findings):
    return [one.name for one in findings]


def test_a_rule_is_silent_where_what_it_misses_may_be_among_the_unknown():
    all_found = found("missing-config-map", "missing-secret", "duplicate-object")

    assert names(certain(all_found, frozenset({"ConfigMap"}))) == ["missing-secret", "duplicate-object"]
    assert names(certain(all_found, frozenset())) == names(all_found)


def test_only_contradictions_stand_where_anything_may_be_missing():
    assert names(certain(found("missing-secret", "autoscaled-replicas"), None)) == ["autoscaled-replicas"]


def test_a_rule_that_nobody_has_judged_is_silent():
    assert certain(found("brand-new"), frozenset({"ConfigMap"})) == ()


def test_every_rule_about_a_cluster_is_judged():
    assert {rule.RULE.name for rule in CLUSTER_RULES} == set(_SOUGHT)
