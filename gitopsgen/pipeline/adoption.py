"""`import`: the manifests of many cities become a blueprint and overlays, once these are proven to render the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gitopsgen.adopt import Adopted, City, Order, adopt, city_of
from gitopsgen.check import Checker
from gitopsgen.diagnostics import Diagnostic, Location, Severity, UsageError
from gitopsgen.model.project import Cluster, Project
from gitopsgen.pipeline import adoptable
from gitopsgen.pipeline.adoptable import Found, Origin
from gitopsgen.pipeline.adoption_proof import Proof, list_types, prove
from gitopsgen.pipeline.charts import Release
from gitopsgen.pipeline.foreign import ForeignOptions
from gitopsgen.pipeline.installing import installed
from gitopsgen.pipeline.manifest_files import Content
from gitopsgen.scaffold import check_name
from gitopsgen.scaffold.blueprint import place_in
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.project import cluster_of, folders_of
from gitopsgen.scaffold.service import place
from gitopsgen.scaffold.writing import apply
from gitopsgen.source import FindingKind
from gitopsgen.values import did_you_mean

UNKNOWN_CITY: Final = FindingKind("GG950", "unknown-city")
OTHER_FILE: Final = FindingKind("GG952", "other-file-there")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What to import, and what it is to be called.

    `cities` says which region, or `region/cluster`, a city of the source is; `cluster` names the cluster of all others,
    the first one of the region where it is empty. `values` are files of a chart's values, one a city.
    """

    sources: tuple[str, ...]
    case: str
    namespace: str = ""
    cities: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    values: tuple[str, ...] = ()
    release: str = ""
    leave_out_secrets: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was found and written; `refused` counts, by rule, what a render will not accept of it."""

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...] = ()
    adopted: Adopted | None = None
    objects: int = 0
    cities: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


Variants = list[tuple[Origin, City, Cluster]]


def import_manifests(project: Project, options: ImportOptions) -> ImportReport:
    """Adopt manifests into a project that was loaded without errors.

    Nothing is written unless the blueprint renders, for each city, objects that are equal to those imported.
    Raises UsageError for what cannot be asked.
    """
    check_name("blueprint", options.case)
    names = {*project.known_regions, *options.cities}
    found = adoptable.origins(options.sources, options.values, names)
    told: list[Diagnostic] = []
    variants = _variants(project, found, options, told)
    if told:
        return ImportReport(tuple(told))
    objects = _objects(project, variants, options, told)
    if any(one.severity is Severity.ERROR for one in told):
        return ImportReport(tuple(told))
    cities = {city.place: city for _, city, _ in variants}
    order = _order(project, options, cities, objects)
    adopted = adopt(order, list_types(project, variants[0][2]))
    draft = Draft(project.settings.root)
    told += _drafted(draft, adopted, project, order)
    if any(one.severity is Severity.ERROR for one in told):
        return ImportReport(tuple(told))
    proof = prove(project, draft.changes, options.case, objects)
    told += proof.diagnostics
    return _finished(
        project.settings.root, draft, ImportReport(tuple(told), (), adopted, 0, len(cities)), proof, options
    )


def _finished(root: Path, draft: Draft, report: ImportReport, proof: Proof, options: ImportOptions) -> ImportReport:
    is_equal = all(one.severity is not Severity.ERROR for one in report.diagnostics)
    if is_equal and not options.dry_run:
        apply(root, draft.changes)
    files = draft.written if is_equal else ()
    return ImportReport(report.diagnostics, files, report.adopted, proof.objects, report.cities, proof.refused)


def _variants(project: Project, found: list[Origin], options: ImportOptions, told: list[Diagnostic]) -> Variants:
    """Give the cluster that each city of the source is; one that is none of the project is told."""
    variants: Variants = []
    taken: dict[str, Origin] = {}
    for origin in found:
        name, _, cluster_name = options.cities.get(origin.name, origin.name).partition("/")
        region = project.regions.get(name)
        if region is None:
            told.append(_unknown(project, origin, name))
            continue
        cluster = cluster_of(region, cluster_name or options.cluster)
        city = city_of(region, cluster)
        other = taken.setdefault(city.place, origin)
        if other is not origin:
            raise UsageError(f"{origin.path} and {other.path} are both {city.place}: name one of them with --city")
        variants.append((origin, city, cluster))
    unused = sorted(set(options.cities) - {one.name for one in found})
    if unused:
        raise UsageError(f'--city names "{unused[0]}", which no source has{_proposal(unused[0], found)}')
    return variants


def _proposal(name: str, found: list[Origin]) -> str:
    """Give a proposal for a city of the source that is not there."""
    hint = did_you_mean(name, [one.name for one in found])
    return f": {hint}" if hint else ""


def _unknown(project: Project, origin: Origin, name: str) -> Diagnostic:
    where = str(origin.values or origin.path)
    message = f'found the city "{name}", expected one of the {len(project.known_regions)} regions of the project'
    guess = did_you_mean(name, project.known_regions)
    cure = f"make it first with 'gitopsgen new region {name}', or say with --city {origin.name}=REGION which one it is"
    return UNKNOWN_CITY.at(Location(where), message, f"{guess}{' ' if guess.endswith('?') else '; '}otherwise {cure}")


def _objects(
    project: Project, variants: Variants, options: ImportOptions, told: list[Diagnostic]
) -> dict[str, list[Found]]:
    """Read the objects of each place; what holds a secret is told."""
    objects: dict[str, list[Found]] = {}
    everything: list[Content] = []
    namespace, settings = options.namespace or options.case, project.settings
    schemas = settings.root / settings.schemas
    for origin, city, cluster in variants:
        read = adoptable.contents(origin, Release(options.release or options.case, namespace, cluster.kubernetes))
        some = adoptable.objects(read.value, city)
        told += (*read.diagnostics, *some.diagnostics)
        everything += read.value
        found = [one for one in some.value if not (options.leave_out_secrets and adoptable.is_secret(one.data))]
        is_placed = options.namespace or origin.values  # else nobody says where they are installed
        checker = Checker(cluster.kubernetes, schemas / cluster.version_set)
        objects[city.place] = list(installed(found, namespace, checker)) if is_placed else found
    cluster = variants[0][2]
    how = ForeignOptions(cluster.kubernetes, schemas / cluster.version_set)
    told += adoptable.secrets(everything, how, leave_out=options.leave_out_secrets)
    return objects


def _order(
    project: Project, options: ImportOptions, cities: Mapping[str, City], objects: Mapping[str, list[Found]]
) -> Order:
    folders = folders_of(project)
    data = {place: [one.data for one in some] for place, some in objects.items()}
    return Order(
        options.case,
        options.namespace or _namespace(objects) or options.case,
        cities,
        data,
        folders.blueprints,
        folders.overlays,
    )


def _namespace(objects: Mapping[str, list[Found]]) -> str:
    """Give the namespace of most objects, empty where they name none."""
    counts = Counter(one.identity[2] for some in objects.values() for one in some if one.identity[2])
    return max(sorted(counts), key=counts.__getitem__, default="")


def _drafted(draft: Draft, adopted: Adopted, project: Project, order: Order) -> Iterator[Diagnostic]:
    """Draft all files; one that is there already with other contents is told, and stays as it is."""
    for name, text in adopted.files.items():
        if draft.has(name) and draft.text(name) != text:
            message = "this file is there already, and the import would make another one of it"
            yield OTHER_FILE.at(Location(name), message, "remove it, or give the case another name with --case")
        else:
            draft.write(name, text)
    for name, fragment in adopted.fragments.items():
        draft.merge(name, fragment)
    _placed(draft, project, order)


def _placed(draft: Draft, project: Project, order: Order) -> None:
    """Let the clusters run the case: as a class where all clusters of it do, else each by itself."""
    fleet = f"{order.overlays}/fleet.yaml"
    members: dict[str, set[str]] = {}
    running: set[str] = set()
    for region in project.regions.values():
        for cluster in region.clusters:
            members.setdefault(cluster.class_name, set()).add(f"{region.name}/{cluster.name}")
            if order.case in cluster.cases:
                running.add(f"{region.name}/{cluster.name}")
    known = project.overlays[fleet].classes if fleet in project.overlays else {}
    left = set(order.cities) - running
    for name, places in sorted(members.items()):
        if places <= left and isinstance(_cases(known, name), list):
            place(draft, fleet, ("facts", "classes", name), order.case)
            left -= places
    for one in sorted(left):
        place_in(draft, project, (order.cities[one].region,), order.cities[one].cluster, order.case)


def _cases(classes: Mapping[str, object], name: str) -> object:
    layer = classes.get(name)
    data = getattr(layer, "data", {})
    return data.get("cases")
