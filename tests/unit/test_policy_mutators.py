"""Which mutators Gatekeeper does not take, and why."""

from __future__ import annotations

from typing import Any

import pytest

from gitopsgen.policy.mutation import Mutation

from .test_policy_mutation import PODS, assign, mutator


def with_tests(*conditions: tuple[str, str]) -> dict[str, Any]:
    return assign("spec.x", 1, tests=[{"subPath": path, "condition": condition} for path, condition in conditions])


VALUE, PATH_TESTS = "spec.parameters.assign.value", "spec.parameters.pathTests"
TWICE = with_tests(("spec", "MustExist"), ("spec", "MustNotExist"))
TWICE_AROUND = with_tests(("spec.x", "MustNotExist"), ("spec", "MustExist"))
NO_LABEL = "the location is not of a label or an annotation: metadata.labels.… or metadata.annotations.…"
NO_SOURCE = "found none of them, expected one of value, fromMetadata and externalData"
NO_OPERATION = "operations are DELETE, expected CREATE and UPDATE, once each, or *"
ORDER = "a MustExist stands behind a MustNotExist, which Gatekeeper takes for a contradiction"
USER = "labels and annotations take external data only for the data source Username"


@pytest.mark.parametrize(
    ("broken", "field", "problem"),
    [
        (assign("a.", 1), "spec.location", 'the location "a." cannot be read: the name of a field is missing'),
        (assign("", 1), "spec.location", "the location is empty"),
        (assign("metadata.name", 1), "spec.location", "only AssignMetadata may change metadata"),
        (assign("c[name: x].name", 1), "spec.location", '"name" is the key of the list, and may not be changed'),
        (assign("c[name: *]", {}), "spec.location", "the location ends with all items, and has to end with one"),
        (assign("c[name: x]", {"name": "y"}), VALUE, 'the value is no object whose "name" is "x"'),
        (assign("c[port: 1]", {"port": 1}), VALUE, 'the value is no object whose "port" is "1"'),
        (assign("a", 1, applyTo=[]), "spec", "applyTo is missing: it says which kinds are changed"),
        (assign("a", 1, applyTo=[{"kinds": ["Pod"]}]), "spec.applyTo.0", "groups, versions and kinds are all needed"),
        (assign("a", 1, applyTo=[{**PODS, "operations": ["DELETE"]}]), "spec.applyTo.0", NO_OPERATION),
        (assign("a", 1, "n" * 64), "metadata.name", "the name has 64 characters, at most 63 are allowed"),
        (assign("a", None), "spec.parameters.assign", NO_SOURCE),
        (with_tests(("spec.y", "MustExist")), f"{PATH_TESTS}.0", "the subPath is no start of the location"),
        (TWICE, f"{PATH_TESTS}.1", "the subPath is told to exist and not to exist"),
        (TWICE_AROUND, f"{PATH_TESTS}.1", ORDER),
        (mutator("AssignMetadata", "metadata.name", {"assign": {"value": "x"}}), "spec.location", NO_LABEL),
        (mutator("AssignMetadata", "metadata.labels.x", {"assign": {"value": 1}}), VALUE, "the value is no text"),
        (
            mutator("AssignMetadata", "metadata.labels.x", {"assign": {"externalData": {"provider": "p"}}}),
            "spec.parameters.assign.externalData",
            USER,
        ),
        (
            mutator("ModifySet", "c[name: x]", {}),
            "spec.location",
            "the location ends with an item, and has to end with a list",
        ),
        (
            mutator("AssignImage", "a", {}),
            "spec.parameters",
            "none of assignDomain, assignPath and assignTag is set",
        ),
        (
            mutator("AssignImage", "a", {"assignTag": "1"}),
            "spec.parameters",
            'assignTag is "1", expected ":" and a tag, or "@" and a digest',
        ),
        (
            mutator("AssignImage", "a", {"assignPath": "hub.io/x"}),
            "spec.parameters",
            'assignPath "hub.io/x" begins as a domain does, and assignDomain is not set',
        ),
    ],
)
def test_a_mutator_that_gatekeeper_does_not_take_says_why(broken: dict[str, Any], field: str, problem: str):
    [fault] = Mutation([broken]).faults

    assert (fault.message, ".".join(map(str, fault.field)), fault.is_refused) == (problem, field, True)
