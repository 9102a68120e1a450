from __future__ import annotations

import pytest

from gitopsgen.compose import Selection, compose
from gitopsgen.load import load
from tests.projects import FILES, edited, write

MODERN = "overlays/version-sets/modern.yaml"
SEED = "overlays/version-sets/seed.yaml"
OPERATOR = """\
operators:
  mesh:
    repository: https://charts.example.com
    chart: mesh
    version: 1.2.3
    worksWith: "1.30-1.34"
    source: its table
"""


def found(root, changes, selection=None) -> list[str]:
    outcome = compose(load(write(root, changes)).value, selection or Selection())
    return [f"{finding.location} {finding.name} {finding.severity.value}" for finding in outcome.diagnostics]


def added(name, text):
    return {name: FILES[name] + text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('mesh: {version: "1.2", worksWith: "1.33-1.36"}\n', []),
        ('mesh: {version: "1.2", worksWith: "1.30-1.34"}\n', [f"{MODERN}:3:35 untested-version warning"]),
        ('mesh: {version: "1.2", worksWith: "1.36-1.37"}\n', [f"{MODERN}:3:35 untested-version warning"]),
        ('mesh: {version: "1.2", worksWith: "1.30-1.34", accepted: we tested it}\n', []),
        ('checked: "2026-01-02"\nmesh: {endOfLife: "2026-01-02"}\n', []),
        ('checked: "2026-01-02"\nmesh: {endOfLife: "2026-01-01"}\n', [f"{MODERN}:4:19 past-end-of-life warning"]),
        (OPERATOR, [f"{MODERN}:8:16 untested-version warning"]),
    ],
)
def test_a_pin_that_its_makers_do_not_vouch_for_is_told(tmp_path, text, expected):
    assert found(tmp_path, added(MODERN, text)) == expected


def test_a_version_set_that_no_cluster_runs_is_not_judged(tmp_path):
    changes = added(SEED, 'checked: "2026-01-02"\nkubernetesRelease: {endOfLife: "2025-07-15"}\n')

    assert found(tmp_path, changes) == []
    assert found(tmp_path, changes, Selection(version_set="seed", cases=("shop",))) == [
        f"{SEED}:4:32 past-end-of-life warning"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    chart: mesh\n", ""),
        ("    chart: mesh\n", "    chart: mesh\n    path: mesh\n"),
        ("    version: 1.2.3\n", ""),
        ('"1.30-1.34"', '"1.30"'),
    ],
)
def test_an_operator_has_one_source_and_one_version(tmp_path, old, new):
    outcome = load(write(tmp_path, added(MODERN, OPERATOR.replace(old, new))))

    assert [finding.location.file for finding in outcome.diagnostics] == [MODERN]


def test_servers_of_a_control_plane_are_odd(tmp_path):
    region = "overlays/regions/shanghai/region.yaml"
    changes = edited(region, "distribution: kubeadm,", "distribution: kubeadm, controlPlane: 4,")

    assert [finding.name for finding in load(write(tmp_path, changes)).diagnostics] == ["even-servers"]
