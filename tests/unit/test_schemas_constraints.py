"""Constraints get their kind from their template, with what Gatekeeper adds to every constraint."""

from __future__ import annotations

import pytest

from gitopsgen.schemas.constraints import constraint_kind
from gitopsgen.schemas.validator import compile_kind


def template(**validation):
    return {"spec": {"crd": {"spec": {"names": {"kind": "K8sRequireLabels"}, **validation}}}}


PARAMETERS = {"type": "object", "properties": {"labels": {"type": "array", "items": {"type": "string"}}}}
SCHEMA = {"validation": {"openAPIV3Schema": PARAMETERS}}


def violated(made, **spec):
    document = {
        "apiVersion": "constraints.gatekeeper.sh/v1beta1",
        "kind": "K8sRequireLabels",
        "metadata": {"name": "require-owner"},
        "spec": spec,
    }
    return [(".".join(map(str, found.field)), found.sort) for found in compile_kind(made).violations(document)]


def test_kind_is_cluster_scoped_and_named_by_the_template():
    made = constraint_kind(template(**SCHEMA))

    assert (made.name, made.plural, made.namespaced) == ("K8sRequireLabels", "k8srequirelabels", False)


@pytest.mark.parametrize("broken", [{}, {"spec": {}}, {"spec": {"crd": {"spec": {"names": {"kind": ""}}}}}])
def test_template_that_names_no_kind_makes_none(broken):
    assert constraint_kind(broken) is None


def test_parameters_are_closed():
    made = constraint_kind(template(**SCHEMA))

    assert violated(made, parameters={"labels": ["owner"]}) == []
    assert violated(made, parameters={"label": ["owner"]}) == [("spec.parameters.label", "unknown-field")]


def test_legacy_schema_leaves_parameters_open():
    made = constraint_kind(template(validation={"legacySchema": True, "openAPIV3Schema": {"properties": {}}}))

    assert violated(made, parameters={"anything": 1}) == []


def test_template_without_schema_allows_no_parameters():
    assert violated(constraint_kind(template()), parameters={"labels": []}) == [("spec.parameters", "unknown-field")]


@pytest.mark.parametrize("action", ["deny", "dryrun", "warn", "scoped"])
def test_known_actions_are_allowed(action):
    assert violated(constraint_kind(template()), enforcementAction=action) == []


def test_match_is_that_of_gatekeeper():
    made = constraint_kind(template())
    match = {"kinds": [{"apiGroups": ["apps"], "kinds": ["Deployment"]}], "namespaces": ["payment*"], "source": "All"}

    assert violated(made, match=match) == []
    assert violated(made, match={**match, "namespaces": ["pay*ment"], "kind": []}) == [
        ("spec.match.kind", "unknown-field"),
        ("spec.match.namespaces.0", "malformed-value"),
    ]
