"""How alike `check --profile cluster` and a real API server judge objects made wrong: `make parity`.

Both are asked for the same mutants; a verdict is equal where both take the object or both refuse it. Of equal refusals
it is told whether both name the same field.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from gitopsgen.check import Checker
from gitopsgen.check.rule import MESH
from gitopsgen.check.rules import RULES
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from gitopsgen.schemas.bundled import versions_with

from . import documents
from .crds import from_pack
from .fleet import WORKERS, manifest_files
from .plane import ControlPlane, Verdict
from .spoiling import Object, spoilt
from .told import is_named, plain

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
WHOLE = HERE / "whole.yaml"
REASONS = HERE / "disagreements.yaml"
PAGE = CHECKOUT / "docs" / "parity.md"
SEED = 20261126
NEWEST = "1.36.3"  # a server that no version set runs yet
COUNT = 3000  # of mutants, without PARITY
SORTS = ("taken by both", "refused by both", "refused by us alone", "refused by the server alone")

# Not the API server's word: Istio's webhook is not behind it.
_OF_MESH = {module.RULE.code for module in RULES if module.RULE.refused_by == MESH}

_BRACKETED = re.compile(r"\[[^\]]*\]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_NUMBER = re.compile(r"-?\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Compared:
    """One mutant and both verdicts; `ours` are the fields and codes that we refuse it for."""

    kind: str
    is_core: bool
    what: str
    obj: Object
    ours: tuple[tuple[str, str, str], ...]
    message: str

    @property
    def sort(self) -> str:
        """Say who refuses it."""
        return {
            (False, False): "taken by both",
            (True, True): "refused by both",
            (True, False): "refused by us alone",
            (False, True): "refused by the server alone",
        }[bool(self.ours), bool(self.message)]

    @property
    def by_rule_of_kind(self) -> bool:
        """Tell whether the server refuses it for a CEL rule of a custom kind, which has its own engine."""
        return not self.is_core and not self.ours and "failed rule" in self.message

    @property
    def names_same_field(self) -> bool | None:
        """Tell whether both name one field, or one what holds the other's; None where one names none."""
        return is_named((field for field, _, _ in self.ours), self.message)

    @property
    def disagreement(self) -> str:
        """Name the class of a disagreement."""
        if self.ours:
            codes = sorted({f"{code} at {field or 'the object'}" for field, code, _ in self.ours})
            return f"{self.kind}: we refuse: {', '.join(codes)}"
        said = re.sub(r'^\S+ (?:"[^"]*" )?(?:\[[^\]]*\] )?(?:is invalid|in version "[^"]*"[^:]*): ', "", self.message)
        return f"{self.kind}: the server refuses: {_QUOTED.sub('…', _NUMBER.sub('#', _BRACKETED.sub('', said)))[:200]}"


def whole() -> list[Object]:
    """Give one object of every kind that Kubernetes brings."""
    return list(yaml.safe_load_all(WHOLE.read_text("utf-8")))


def richest(tree: Path) -> list[Object]:
    """Give the longest object of each kind of a rendered tree."""
    found: dict[tuple[str, str], str] = {}
    for path in manifest_files(tree):
        for _, text in documents.split(path.read_text("utf-8")):
            head = re.search(r"^apiVersion: (\S+)\nkind: (\S+)", text, re.MULTILINE)
            if head and len(text) > len(found.get((head[1], head[2]), "")):
                found[head[1], head[2]] = text
    return [documents.parse(text) for text in found.values()]


def bases() -> list[Object]:
    """Give what mutants are made of: the whole objects, ours, and those of the file that SKELETONS names."""
    tree, more = CHECKOUT / "generated", os.environ.get("SKELETONS")
    given = list(yaml.safe_load_all(Path(more).read_text("utf-8"))) if more else []
    return [*whole(), *(richest(tree) if tree.is_dir() else ()), *given]


def mutants(objects: Sequence[Object], count: int) -> Iterator[tuple[str, Object]]:
    """Give so many mutants, of large objects more, the same ones each time."""
    chance = random.Random(SEED)  # noqa: S311 - the same ones each time
    weights = [len(json.dumps(obj)) ** 0.5 for obj in objects]
    for obj in chance.choices(objects, weights, k=count):
        yield spoilt(obj, chance)


def prepare(plane: ControlPlane, pack: Path, objects: Sequence[Object]) -> list[Object]:
    """Make the namespaces and kinds that objects need; give those objects that the server takes as they are."""
    kinds = {(one["apiVersion"].rpartition("/")[0], one["kind"]) for one in objects}
    for name in sorted({one["metadata"].get("namespace", "default") for one in objects}):
        plane.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    plane.apply_crds(from_pack(pack, kinds))
    return [obj for obj in objects if plane.dry_run(obj).accepted]


def compare(plane: ControlPlane, judge: Checker, made: Iterable[tuple[str, Object]]) -> list[Compared]:
    """Ask both about each mutant."""
    listed = list(made)
    with ThreadPoolExecutor(WORKERS) as pool:
        theirs = list(pool.map(lambda one: plane.dry_run(one[1]), listed))
    return [
        _compared(plane, _ours(judge, obj), what, obj, verdict)
        for (what, obj), verdict in zip(listed, theirs, strict=True)
    ]


def _compared(
    plane: ControlPlane, ours: tuple[tuple[str, str, str], ...], what: str, obj: Object, verdict: Verdict
) -> Compared:
    if ours and verdict.accepted:
        verdict = plane.made(obj)  # a dry run hands out no ports of nodes, so it takes any
    is_core = bool(versions_with(obj["apiVersion"], obj["kind"]))
    message = "" if verdict.accepted else verdict.message or "refused"
    return Compared(str(obj["kind"]), is_core, what, obj, ours, message)


def _ours(judge: Checker, obj: Object) -> tuple[tuple[str, str, str], ...]:
    manifest = Manifest(VariantId("a", "b", "c"), "a.yaml", "a.j2", 0, obj)
    refused = (one for one in judge.manifest(manifest) if one.refused and one.code not in _OF_MESH)
    return tuple((plain(one.field), one.code, one.message) for one in refused)


def score(found: Sequence[Compared]) -> tuple[float, float, float]:
    """Give which part of the verdicts is equal, of what the server takes, and which part of equal refusals agrees."""
    counted = Counter(one.sort for one in found)
    same = Counter(one.names_same_field for one in found if one.ours and one.message)
    equal = (counted["taken by both"] + counted["refused by both"]) / max(1, len(found))
    false = counted["refused by us alone"] / max(1, len(found))
    return equal, false, same[True] / max(1, same[True] + same[False])


def classes(found: Iterable[Compared]) -> list[tuple[str, int, Compared]]:
    """Give the classes of disagreement, most frequent first, each with an example."""
    unequal = [one for one in found if bool(one.ours) != bool(one.message) and not one.by_rule_of_kind]
    counted = Counter(one.disagreement for one in unequal)
    example = {one.disagreement: one for one in unequal}
    return [(name, count, example[name]) for name, count in counted.most_common()]


def reason_of(name: str) -> str:
    """Give why we judge otherwise, empty where nobody has said."""
    known: dict[str, str] = yaml.safe_load(REASONS.read_text("utf-8")) or {}
    return next((reason for pattern, reason in known.items() if re.search(pattern, name)), "")


def page(found: Mapping[str, Sequence[Compared]]) -> str:
    """Give docs/parity.md: what was counted, by version of the server."""
    lines = [
        "# Parity with the API server",
        "",
        "How alike `gitopsgen check --profile cluster` and a real API server judge single objects made wrong.",
        "Mutants lose a field, or have one renamed, retyped, out of bounds, in another case, doubled or moved.",
        "A verdict is equal where both take the object or both refuse it.",
        "Where we alone refuse, the object is made in truth: a dry run hands out no ports of nodes, so it takes any.",
        "Both name the same field where one path is the other or holds it; where one names none, it is not counted.",
        "A field that a server misspells, or of which it leaves out a step, is read as the object has it.",
        "What CEL rules of custom kinds refuse is counted apart.",
        "Of Istio's kinds the API server alone is asked: [its webhook's refusals](parity-istio.md) have a page.",
        "",
        "Written by `make parity` (`PARITY=10000` for more); the first so many are the same each time.",
        "",
    ]
    for version, ones in found.items():
        lines += [f"## Kubernetes {version}", "", *_table(ones), "", *_disagreements(ones), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(found: Sequence[Compared]) -> Iterator[str]:
    columns = ("Kinds", "Mutants", *SORTS, "equal", "same field")
    yield f"| {' | '.join(columns)} |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, ones in _groups(found):
        counted = Counter(one.sort for one in ones)
        equal, _, same = score(ones)
        numbers = (counted[sort] for sort in SORTS)
        yield f"| {name} | {len(ones)} | {' | '.join(map(str, numbers))} | {equal:.1%} | {same:.1%} |"
    by_rules = sum(one.by_rule_of_kind for one in found)
    yield f"| custom kinds' own CEL rules | {by_rules} | 0 | 0 | 0 | {by_rules} | | |"


def _groups(found: Sequence[Compared]) -> Iterator[tuple[str, list[Compared]]]:
    judged = [one for one in found if not one.by_rule_of_kind]
    yield "**core**", [one for one in judged if one.is_core]
    yield "**custom**", [one for one in judged if not one.is_core]
    for kind in sorted({one.kind for one in judged if one.is_core}):
        yield kind, [one for one in judged if one.is_core and one.kind == kind]


def _disagreements(found: Sequence[Compared]) -> Iterator[str]:
    listed = classes(found)
    if listed:
        yield "| Disagreement | Times | Why |"
        yield "|---|---|---|"
    for name, count, _ in listed:
        told = " ".join(name.split()).replace("|", "\\|")
        yield f"| {told} | {count} | {reason_of(name) or 'not judged yet'} |"


def main() -> None:
    """Ask both servers, and write the page."""
    from .test_apiserver import MODERN, server  # noqa: PLC0415 - a test module, which reads this one
    from .test_apiserver import SEED as OLD  # noqa: PLC0415 - as above

    count = int(os.environ.get("PARITY") or COUNT)
    found = {}
    for version_set in (MODERN, OLD, replace(MODERN, kubernetes=NEWEST)):
        with server(version_set) as plane:
            found[version_set.kubernetes] = ask(plane, version_set.name, version_set.kubernetes, count)
    PAGE.write_text(page(found), "utf-8")
    for version, ones in found.items():
        for line in _table(ones):
            print(f"{version} {line}")  # noqa: T201 - what one runs it for


def ask(plane: ControlPlane, pack: str, kubernetes: str, count: int) -> list[Compared]:
    """Give the verdicts on so many mutants of all bases that the server takes."""
    folder = CHECKOUT / "schemas" / pack
    objects = prepare(plane, folder, bases())
    return compare(plane, Checker(kubernetes.rpartition(".")[0], folder, keep=False), mutants(objects, count))


if __name__ == "__main__":
    main()
