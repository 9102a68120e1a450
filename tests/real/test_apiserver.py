"""Every object of the fleet is given to real API servers, which must take it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from . import documents
from .builds import UnavailableError
from .cluster import control_plane
from .constraints import constraint_definitions
from .crds import Definition, Release, Served, definitions_of, from_originals, from_pack, kind_of, without_rules
from .fleet import Document, Judged, custom_kinds, distinct_documents, dry_runs, judge, manifest_files, prepare
from .mutants import mutants
from .needs import without
from .plane import ControlPlane, Verdict

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
MUTANTS_PER_KIND = 80
REFUSED = "refused: "


@dataclass(frozen=True, slots=True)
class VersionSet:
    """What a version set means for a control plane."""

    name: str
    kubernetes: str
    release: Release


MODERN = VersionSet("modern", "1.35.4", Release.NEWEST)
SEED = VersionSet("seed", "1.30.14", Release.OLDEST)


# Written as the schema pack is: closed objects, and null among the types.
WIDGET = Served(
    group="test.example",
    kind="Widget",
    version="v1",
    plural="widgets",
    scope="Namespaced",
    schema={
        "type": "object",
        "required": ["spec"],
        "properties": {
            "spec": {
                "type": "object",
                "additionalProperties": False,
                "required": ["color"],
                "properties": {
                    "color": {"type": "string", "enum": ["red", "green"]},
                    "size": {"type": ["integer", "null"], "nullable": True, "minimum": 1},
                    "port": {"type": ["integer", "string"], "x-kubernetes-int-or-string": True},
                },
                "x-kubernetes-validations": [{"rule": "self.color != 'red' || !has(self.size)"}],
            }
        },
    },
)

TEMPLATE = documents.parse("""
spec:
  crd:
    spec:
      names: {kind: RequiredLabels}
      validation:
        openAPIV3Schema:
          type: object
          properties: {labels: {type: array, items: {type: string}}}
""")


@dataclass(frozen=True, slots=True)
class Trial:
    """A running server, and what it said of a fleet."""

    plane: ControlPlane
    fleet: list[Document]
    judged: list[Judged]


def originals_folder() -> Path | None:
    chosen = os.environ.get("CRDS")
    folder = Path(chosen) if chosen else CHECKOUT.parent / "shared" / "crds"
    if chosen and not folder.is_dir():
        pytest.fail(f"CRDS names no folder: {chosen}")
    return folder if folder.is_dir() else None


def pack_folder(version_set: VersionSet) -> Path | None:
    folder = CHECKOUT / "schemas" / version_set.name
    return folder if folder.is_dir() else None


def fleet_definitions(fleet: Sequence[Document], version_set: VersionSet) -> list[Definition]:
    kinds = custom_kinds(fleet)
    originals, pack = originals_folder(), pack_folder(version_set)
    if originals is not None:
        return from_originals(originals, version_set.release, kinds)
    if pack is None:
        without("neither CRDS nor a schema pack says what the custom kinds are")
    return from_pack(pack, kinds)


@contextmanager
def trial(tree: Path, version_set: VersionSet) -> Iterator[Trial]:
    fleet = distinct_documents(manifest_files(tree), tree.parent)
    assert fleet, f"no manifest in {tree}"
    definitions = fleet_definitions(fleet, version_set)
    with server(version_set) as plane:
        yield Trial(plane, fleet, judge(plane, fleet, definitions))


@contextmanager
def server(version_set: VersionSet) -> Iterator[ControlPlane]:
    with ExitStack() as stack:
        try:
            plane = stack.enter_context(control_plane(version_set.kubernetes))
        except UnavailableError as missing:
            without(str(missing))
        yield plane


@pytest.fixture(scope="module")
def modern() -> Iterator[Trial]:
    tree = CHECKOUT / "generated"
    if not tree.is_dir():
        without("the fleet is not rendered: no folder `generated`")
    with trial(tree, MODERN) as result:
        yield result


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    tree = tmp_path_factory.mktemp("seed") / "generated"
    command = [sys.executable, "-m", "gitopsgen", "render", "--version-set", SEED.name, "--output-dir", str(tree)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with trial(tree, SEED) as result:
        yield result


@pytest.mark.parametrize("version_set", ["modern", "seed"])
def test_every_object_of_the_fleet_is_accepted(version_set: str, request: pytest.FixtureRequest) -> None:
    result: Trial = request.getfixturevalue(version_set)
    refused = [judged.line() for judged in result.judged if judged.faults]

    assert not refused, report(f"of {len(result.judged)} distinct objects the server refuses {len(refused)}", refused)


def test_both_sources_of_definitions_give_the_same_verdicts(modern: Trial) -> None:
    originals, pack = originals_folder(), pack_folder(MODERN)
    if originals is None or pack is None:
        without("needs the originals of the definitions (CRDS) and the schema pack")
    wanted = custom_kinds(modern.fleet)
    sources = [from_originals(originals, MODERN.release, wanted), from_pack(pack, wanted)]
    defined = {kind_of(definition) for source in sources for definition in source}
    fleet = [each for each in modern.fleet if each.group_kind in defined]
    samples = [*fleet, *wrong_samples(fleet)]
    by_originals, by_pack = (verdicts_of(samples, modern.fleet, source) for source in sources)
    differing = [
        f"{theirs.line()} | by the pack: {ours.verdict.message or 'accepted'}"
        for theirs, ours in zip(by_originals, by_pack, strict=True)
        if theirs.verdict.accepted != ours.verdict.accepted
    ]

    assert any(not each.verdict.accepted for each in by_pack), "nothing was refused, so nothing was compared"
    assert not differing, report(f"{len(differing)} of {len(samples)} verdicts differ", differing)


def verdicts_of(
    samples: Sequence[Document], fleet: Sequence[Document], definitions: Iterable[Definition]
) -> list[Judged]:
    with server(MODERN) as plane:
        prepare(plane, fleet, [without_rules(each) for each in definitions])
        return dry_runs(plane, samples)


def wrong_samples(fleet: Sequence[Document]) -> list[Document]:
    """Make one object of each kind wrong in many ways: where all is well, both sources only say yes."""
    # The longest says most of its schema.
    longest = {each.kind: each for each in sorted(fleet, key=lambda each: len(each.text))}
    return [
        replace(sample, obj=obj, text=json.dumps(obj), comment=what)
        for sample in longest.values()
        for what, obj in mutants(sample.obj, MUTANTS_PER_KIND)
    ]


def test_what_is_wrong_is_refused() -> None:
    expected = {
        text: comment.removeprefix("#").strip()
        for comment, text in documents.split((HERE / "verdicts.yaml").read_text(encoding="utf-8"))
    }
    with server(MODERN) as plane:
        plane.apply_crds([*definitions_of([WIDGET]), *constraint_definitions([TEMPLATE], [])])
        verdicts = {text: plane.dry_run(documents.parse(text), text) for text in expected}
    surprising = [
        f"expected {expected[text]}, the server says {verdict.message or 'accepted'}:\n{text}"
        for text, verdict in verdicts.items()
        if not agrees(expected[text], verdict)
    ]

    assert not surprising, report(f"{len(surprising)} of {len(expected)} verdicts are not as expected", surprising)


def agrees(expected: str, verdict: Verdict) -> bool:
    if verdict.accepted:
        return expected == "accepted"
    return expected.startswith(REFUSED) and expected.removeprefix(REFUSED) in verdict.message


def report(headline: str, lines: Iterable[str]) -> str:
    return "\n".join((headline, *lines))
