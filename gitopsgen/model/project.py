"""A project as loaded: blueprints, regions, clusters, version sets and the layers of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import Location
from gitopsgen.model.rollout import Releases, Rollouts

Plain = Any  # None, bool, int, float, str, list or dict of Plain: what YAML and JSON can carry


@dataclass(frozen=True, slots=True)
class Settings:
    """The contents of `gitopsgen.yaml`."""

    root: Path
    repository_url: str
    revision: str
    registry: str
    requires: str
    blueprints: str = "blueprints"
    overlays: str = "overlays"
    generated: str = "generated"
    schemas: str = "schemas"
    policies: str = "policies"
    rules: str = ""  # a folder with rules in Python, which are run: only where the project names it
    raw: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def judging(self) -> tuple[str, ...]:
        """The folders that say what is judged and how, but for blueprints and overlays."""
        return self.schemas, self.policies, *((self.rules,) if self.rules else ())


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of values: where it comes from, and its data with merge tags kept.

    `name` is what people call it (`tier edge-small`); `file` is relative to the project root;
    `prefix` is the path inside the file under which `data` stood (`("cases", "payment-gateway")`);
    `at` is the path in the case's values where `data` goes (`("autoscaling",)` for a mounted component).
    """

    name: str
    file: str
    data: Mapping[str, Plain]
    prefix: tuple[str | int, ...] = ()
    at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of one rendered object: a strategic merge, or a JSON patch; `path` is its place in `file`."""

    target: Mapping[str, str]  # kind, name, and namespace where it is given
    strategic_merge: Mapping[str, Plain] | None
    json_patch: tuple[Mapping[str, Plain], ...]
    file: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay file: facts of its regions, layers of values for cases, patches of rendered objects.

    `facts` tells of clusters only which there are: what is true of them stands in `clusters` and `classes`.
    """

    name: str
    file: str
    facts: Layer
    cases: Mapping[str, Layer] = field(default_factory=dict)
    patches: tuple[Patch, ...] = ()
    clusters: Mapping[str, Layer] = field(default_factory=dict)  # facts of a cluster, by its name
    classes: Mapping[str, Layer] = field(default_factory=dict)  # facts of the clusters of a class
    class_cases: Mapping[str, Mapping[str, Layer]] = field(default_factory=dict)  # values: class, then case


@dataclass(frozen=True, slots=True)
class ComponentUse:
    """A component that a blueprint takes, and where its values stand (`()` for the root)."""

    component: str
    at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A value that is computed: what falls to a variant, by its weight, of a total of the whole fleet.

    All three are paths in the values of the case; `index` is the place in the blueprint's list of shares.
    """

    index: int
    value: tuple[str, ...]
    total: tuple[str, ...]
    weight: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One template file: what it renders, and where the values that it sees begin.

    `path` is relative to the project root; `kind` is `manifest` (YAML for the cluster),
    `node` (a file for the node, written under `bootstrap/`) or `fleet` (rendered once);
    `output` is the path under `bootstrap/` for a node file, else empty.
    `at` is the prefix of the values that the template sees as `values`.
    """

    path: str
    kind: str
    at: tuple[str, ...] = ()
    output: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One case: its templates, native files, value schema and default values."""

    name: str
    directory: str
    title: str
    namespace: str
    minimum_kubernetes: str
    templates: tuple[Template, ...]
    files: Mapping[str, str]  # path relative to the project root -> text, of files/ and copied node files
    schema: Mapping[str, Plain]  # closed JSON Schema of the merged values
    defaults: tuple[Layer, ...]  # components' defaults, then the blueprint's own
    uses: tuple[ComponentUse, ...] = ()
    facts: Mapping[str, Plain] = field(default_factory=dict)  # what templates see as `case`
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Kubernetes cluster of a region; `facts` is what templates see as `cluster`.

    `layers` are those of its facts, lowest first: those of its class, then its own.
    """

    name: str
    region: str
    version_set: str
    kubernetes: str  # "1.35"
    cases: tuple[str, ...]
    facts: Mapping[str, Plain]
    class_name: str = ""
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A city; `facts` is what templates see as `region`.

    `layers` are the overlay files that hold for it, lowest first, its own `region.yaml` last;
    `is_complete` is false where a fact is missing: its values can be judged, but not rendered.
    """

    name: str
    tier: str
    area: str
    environment: str
    wave: int
    clusters: tuple[Cluster, ...]
    facts: Mapping[str, Plain]
    directory: str = ""
    layers: tuple[str, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class VersionSet:
    """The pinned versions that a cluster runs; `data` is what templates see as `versions`."""

    name: str
    kubernetes: str  # "1.35"
    data: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Project:
    """All inputs, read and checked one by one; nothing is merged for a case yet.

    `texts` holds every YAML and JSON input, so that a field's line can be found when someone asks.
    `known_regions` names all regions, also those that were not asked for; `others` are those of the latter
    that were read because a total is shared with them.
    """

    settings: Settings
    blueprints: Mapping[str, Blueprint]
    regions: Mapping[str, Region]
    version_sets: Mapping[str, VersionSet]
    images: Mapping[str, Plain]  # the image lock: "repository:tag" -> {digest, …}
    digests: Mapping[str, str]  # every input file, relative path -> sha256 of its bytes
    overlays: Mapping[str, Overlay] = field(default_factory=dict)  # by file, relative to the root
    texts: Mapping[str, str] = field(default_factory=dict)
    known_regions: tuple[str, ...] = ()
    others: Mapping[str, Region] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()  # files that could not be read: what they would say is unknown
    unclear: frozenset[Location] = frozenset()  # places with an error already: what else they break is no news
    rollouts: Rollouts = field(default_factory=lambda: Rollouts(""))
    releases: Mapping[str, Releases] = field(default_factory=dict)  # the release lock, by case
    instead: Mapping[str, bytes] = field(default_factory=dict)  # what was read in the place of some files
