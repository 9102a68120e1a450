"""All overlay files that a run needs: the common ones, and those of the regions asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.load.findings import INVALID_FACT, MISSING_FILE, STRAY_FILE
from gitopsgen.load.overlays import OverlayReader
from gitopsgen.load.rollouts import RELEASES, ROLLOUTS, RolloutReader
from gitopsgen.model.project import Overlay, VersionSet
from gitopsgen.model.rollout import Releases, Rollouts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gitopsgen.load.inputs import Inputs

_FOLDERS: Final = {"environments": "environment", "tiers": "tier", "areas": "area"}
_VERSION_SETS: Final = "version-sets"
REGION_FILE: Final = "region.yaml"


@dataclass(slots=True)
class Layers:
    """Overlay files by their meaning; `case_files` holds (region, cluster or empty, case) of each case file."""

    folder: str
    overlays: dict[str, Overlay] = field(default_factory=dict)
    version_sets: dict[str, VersionSet] = field(default_factory=dict)
    images: dict[str, Any] = field(default_factory=dict)
    rollouts: Rollouts = field(default_factory=lambda: Rollouts(""))
    releases: dict[str, Releases] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in _FOLDERS.values()})
    known_regions: tuple[str, ...] = ()
    read_regions: list[str] = field(default_factory=list)
    case_files: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def file(self, kind: str, name: str) -> str:
        """Give the file of a common layer."""
        if kind == "fleet":
            return f"{self.folder}/fleet.yaml"
        return f"{self.folder}/{kind}s/{name}.yaml"

    def common(self, region: str = "") -> list[Overlay]:
        """Give the overlays of all common layers, and a region's own where it is named."""
        own = self.region_file(region)
        regions = f"{self.folder}/regions/"
        return [overlay for file, overlay in self.overlays.items() if file == own or not file.startswith(regions)]

    def region_directory(self, region: str) -> str:
        """Give the folder of a region."""
        return f"{self.folder}/regions/{region}"

    def region_file(self, region: str) -> str:
        """Give the file of a region's own layer."""
        return f"{self.folder}/regions/{region}/{REGION_FILE}"


def read_layers(inputs: Inputs, folder: str, cases: Collection[str], globs: tuple[str, ...]) -> Layers:
    """Read the overlays of a project; of regions only those that match a glob, where any is given."""
    layers = Layers(folder, rollouts=Rollouts(f"{folder}/{ROLLOUTS}"))
    reader = OverlayReader(inputs, cases)
    regions = f"{folder}/regions"
    for file in inputs.walk(folder, skip=regions):
        _read_common(layers, reader, file)
    names = inputs.directories(regions)
    layers.known_regions = tuple(name for name in names if inputs.has(layers.region_file(name)))
    for name in names:
        if not globs or any(fnmatchcase(name, glob) for glob in globs):
            _read_region(layers, reader, name)
    if layers.file("fleet", "") not in layers.overlays and layers.file("fleet", "") not in inputs.unread:
        inputs.report_file(MISSING_FILE, layers.file("fleet", ""), f'"{folder}/fleet.yaml" is missing')
    return layers


def read_neighbours(inputs: Inputs, layers: Layers, cases: Collection[str], names: Iterable[str]) -> None:
    """Read the facts of regions that others name: their distance is computed from both ends."""
    reader = OverlayReader(inputs, cases)
    for name in sorted(set(names)):
        file = layers.region_file(name)
        if name in layers.known_regions and file not in layers.overlays and file not in inputs.unread:
            _keep(layers, file, reader.layer("region", name, file))


def read_others(inputs: Inputs, layers: Layers, cases: Collection[str], shared: Collection[str]) -> tuple[str, ...]:
    """Read what the regions that were not asked for say of some cases; give those regions."""
    others = tuple(sorted(set(layers.known_regions) - set(layers.read_regions)))
    read_neighbours(inputs, layers, cases, others)
    reader = OverlayReader(inputs, cases)
    for region in others:
        for file in inputs.walk(layers.region_directory(region)):
            case = file.rpartition("/")[2].removesuffix(".yaml")
            if case in shared:
                _keep(layers, file, reader.case(_title(layers, region, file), case, file))
    return others


def _read_common(layers: Layers, reader: OverlayReader, file: str) -> None:
    path = file[len(layers.folder) + 1 :]
    directory, _, name = path.rpartition("/")
    name = name.removesuffix(".yaml")
    if path == "fleet.yaml":
        _keep(layers, file, reader.layer("fleet", "", file))
    elif path == "images.lock.yaml":
        locked = reader.plain("image-lock", file).get("images")
        layers.images = locked if isinstance(locked, dict) else {}
    elif path == ROLLOUTS:
        layers.rollouts = RolloutReader(reader.inputs, reader.cases).rollouts(file)
    elif path == RELEASES:
        layers.releases = RolloutReader(reader.inputs, reader.cases).releases(file)
    elif directory in _FOLDERS and file.endswith(".yaml"):
        layers.names[_FOLDERS[directory]].append(name)
        _keep(layers, file, reader.layer(_FOLDERS[directory], name, file))
    elif directory == _VERSION_SETS and file.endswith(".yaml"):
        data = reader.plain("version-set", file)
        layers.version_sets[name] = VersionSet(name, str(data.get("kubernetes", "")), data)
    elif not path.endswith("README.md"):
        reader.inputs.report_file(
            STRAY_FILE, file, f'"{file}" is no overlay', "see the folders that overlays/ may have"
        )


def _read_region(layers: Layers, reader: OverlayReader, region: str) -> None:
    directory = layers.region_directory(region)
    files = reader.inputs.walk(directory)
    region_file = layers.region_file(region)
    if region_file not in files:
        reader.inputs.report_file(MISSING_FILE, region_file, f'region "{region}" has no "{REGION_FILE}"')
        return
    _check_name(reader.inputs, region, region_file)
    layers.read_regions.append(region)
    for file in files:
        if file == region_file:
            _keep(layers, file, reader.layer("region", region, file))
        elif not file.endswith("README.md"):
            _read_case_file(layers, reader, region, file)


def _read_case_file(layers: Layers, reader: OverlayReader, region: str, file: str) -> None:
    steps = file[len(layers.region_directory(region)) + 1 :].split("/")
    if not file.endswith(".yaml") or len(steps) > 2:  # noqa: PLR2004 - cluster and case
        reader.inputs.report_file(
            STRAY_FILE, file, f'"{file}" is no overlay', "name it <case>.yaml or <cluster>/<case>.yaml"
        )
        return
    cluster = steps[0] if len(steps) > 1 else ""
    case = steps[-1].removesuffix(".yaml")
    layers.case_files[file] = (region, cluster, case)
    _keep(layers, file, reader.case(_title(layers, region, file), case, file))


def _title(layers: Layers, region: str, file: str) -> str:
    """Give what people call the file of a case in a region or on one of its clusters."""
    return f"case {region}/{file[len(layers.region_directory(region)) + 1 :].removesuffix('.yaml')}"


def _keep(layers: Layers, file: str, overlay: Overlay | None) -> None:
    if overlay is not None:
        layers.overlays[file] = overlay


def _check_name(inputs: Inputs, region: str, file: str) -> None:
    is_label = region.isascii() and region.replace("-", "").isalnum() and region == region.lower()
    if not is_label or region.startswith("-") or region.endswith("-") or len(region) > 63:  # noqa: PLR2004 - RFC 1123
        inputs.report_file(INVALID_FACT, file, f'name of region "{region}" is no DNS label')
