"""A name that the server refuses comes with one that it takes, where that is near."""

from __future__ import annotations

import pytest

from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from tests.unit.test_unknown_kinds import ROOT


@pytest.mark.parametrize(
    ("kind", "name", "hint"),
    [("ConfigMap", "My_App", 'such as "my-app"'), ("ConfigMap", "___", ""), ("Namespace", "a.b", "")],
)
def test_a_near_name_is_proposed(kind, name, hint):
    checker = Checker("1.35", ROOT / "schemas/modern", keep=False)
    data = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}
    found = checker.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.yaml", 0, data))

    assert [one.hint for one in found if one.code == "GG410"] == [hint]
