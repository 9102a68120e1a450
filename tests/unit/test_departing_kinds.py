"""An API that goes is told ahead: what the next version lacks is a warning, what a later one lacks is information."""

from __future__ import annotations

import pytest

from gitopsgen.check import Checker
from gitopsgen.diagnostics import Severity
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from tests.unit.test_unknown_kinds import ROOT

NEXT = '"FlowSchema" of "flowcontrol.apiserver.k8s.io/v1beta3" is not in Kubernetes 1.32'
CURE = 'write "flowcontrol.apiserver.k8s.io/v1" before the upgrade'


def told(kubernetes, api_version, kind):
    checker = Checker(kubernetes, ROOT / "schemas/modern", keep=False)
    data = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": {}}
    found = checker.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.yaml", 0, data))
    return [(one.severity, one.message, one.hint) for one in found if one.code in {"GG401", "GG485"}]


@pytest.mark.parametrize(("kubernetes", "severity"), [("1.31", Severity.WARNING), ("1.29", Severity.INFO)])
def test_what_the_next_version_lacks_is_a_warning(kubernetes, severity):
    assert told(kubernetes, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema") == [(severity, NEXT, CURE)]


def test_what_stays_is_not_told():
    assert told("1.31", "flowcontrol.apiserver.k8s.io/v1", "FlowSchema") == []


def test_what_is_deprecated_is_told_since_it_is():
    found = '"Endpoints" of "v1" is deprecated since Kubernetes 1.33'

    assert told("1.35", "v1", "Endpoints") == [
        (Severity.WARNING, found, "expected in its place is EndpointSlice of discovery.k8s.io/v1")
    ]
    assert told("1.32", "v1", "Endpoints") == []


@pytest.mark.parametrize(
    ("kubernetes", "hint"), [("1.25", "new in Kubernetes 1.26"), ("1.35", "removed in Kubernetes 1.32")]
)
def test_what_is_not_there_came_later_or_is_gone(kubernetes, hint):
    assert [said for _, _, said in told(kubernetes, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema")] == [hint]
