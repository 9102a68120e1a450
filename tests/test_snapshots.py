"""What one city of each tier gets, as readable files: a template's change is reviewed here as a manifest's change.

`tests/snapshots/<region>-<cluster>-<case>.yaml` holds all manifests of a variant,
`<region>-<cluster>-bootstrap.txt` the files of its nodes. To accept what has changed:
`.venv/bin/pytest tests/test_snapshots.py --snapshot-update`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from gitopsgen.compose import Selection
from gitopsgen.diagnostics import Severity
from gitopsgen.pipeline import RenderOptions, render

ROOT = Path(__file__).parent.parent
# A file is named after what it holds, not after the test that compares it: that is meant.
pytestmark = pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot name")
CITIES = {"wuhu": "edge-small", "suzhou": "edge-large", "shanghai": "core"}


class Plain(SingleFileSnapshotExtension):
    """One file a snapshot, named as the test names it."""

    _write_mode = WriteMode.TEXT
    snapshot_dirname = "snapshots"

    @classmethod
    def get_snapshot_name(cls, *, test_location, index=0):  # noqa: ARG003 - as the base class has it
        return str(index)

    @classmethod
    def dirname(cls, *, test_location):
        return str(Path(test_location.filepath).parent / cls.snapshot_dirname)

    @classmethod
    def matches_test_location(cls, *, test_location, snapshot_location):
        city = Path(snapshot_location).name.partition("-")[0]
        return test_location.snapshot_name.endswith(f"[{city}]")


class Manifests(Plain):
    file_extension = "yaml"


class Texts(Plain):
    file_extension = "txt"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    output = tmp_path_factory.mktemp("rendered")
    report = render(ROOT, RenderOptions(Selection(regions=tuple(CITIES)), output=output))
    assert [str(one) for one in report.diagnostics if one.severity is Severity.ERROR] == []
    return output, report.variants


def manifests(folder):
    files = sorted(file for file in folder.glob("*.yaml") if file.name != "kustomization.yaml")
    return "".join(f"---\n{file.read_text('utf-8')}" for file in files)


def node_files(folder):
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return "\n".join(f"==> {file.relative_to(folder).as_posix()} <==\n{file.read_text('utf-8')}" for file in files)


@pytest.mark.parametrize("city", CITIES)
def test_manifests(city, rendered, snapshot):
    output, variants = rendered
    mine = [one for one in variants if one.region == city]

    assert mine
    for one in mine:
        found = manifests(output / one.region / one.cluster / one.case)
        assert found == snapshot(name=f"{city}-{one.cluster}-{one.case}", extension_class=Manifests)


@pytest.mark.parametrize("city", CITIES)
def test_node_files(city, rendered, snapshot):
    output, variants = rendered
    for cluster in sorted({one.cluster for one in variants if one.region == city}):
        found = node_files(output / city / cluster / "bootstrap")

        assert found == snapshot(name=f"{city}-{cluster}-bootstrap", extension_class=Texts)


def test_every_snapshot_is_of_something(rendered):
    variants = {f"{one.region}-{one.cluster}-{one.case}.yaml" for one in rendered[1]}
    nodes = {f"{one.region}-{one.cluster}-bootstrap.txt" for one in rendered[1]}

    assert variants | nodes == {file.name for file in (Path(__file__).parent / "snapshots").iterdir()}


def test_the_cities_are_one_of_each_tier():
    found = {city: (ROOT / f"overlays/regions/{city}/region.yaml").read_text("utf-8") for city in CITIES}

    assert all(f"tier: {tier}\n" in found[city] for city, tier in CITIES.items())
    assert sorted(CITIES.values()) == sorted(file.stem for file in (ROOT / "overlays/tiers").glob("*.yaml"))
