"""How `check --profile cluster` and a real API server judge manifests that others published.

`python -m tests.real.samples FOLDER CRDS` reads FOLDER/PROJECT/*.yaml, one document a file, and the definitions of
custom kinds below CRDS. It prints, by project, how many documents both take or refuse, then each that they judge
otherwise. The manifests are no part of this repository.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gitopsgen.check.rule import MESH
from gitopsgen.check.rules import RULES
from gitopsgen.diagnostics import Severity
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests

from . import documents
from .fleet import WORKERS
from .plane import ControlPlane, Verdict
from .test_apiserver import CHECKOUT, MODERN, server

Object = dict[str, Any]

# Not the API server's word: Istio's webhook is not behind it.
_OF_MESH = {module.RULE.code for module in RULES if module.RULE.refused_by == MESH}
_UNKNOWN = "the server does not know the kind"


@dataclass(frozen=True, slots=True)
class Sample:
    """One published document; `ours` is what we call an error in it, `told` all codes of what we say."""

    project: str
    file: str
    ours: tuple[str, ...]
    told: frozenset[str]
    verdict: Verdict

    @property
    def sort(self) -> str:
        """Say who refuses it."""
        if self.verdict.message.startswith(_UNKNOWN):
            return "unknown to both" if self.ours else "unknown to the server alone"
        ours = "refused" if self.ours else "taken"
        theirs = "taken" if self.verdict.accepted else "refused"
        return f"{ours} by both" if ours == theirs else f"{ours} by us, {theirs} by the server"


def read(folder: Path) -> Iterator[tuple[str, Path, Object]]:
    """Give the documents that are one object with a name, of every project."""
    for path in sorted(folder.glob("*/*")):
        try:
            data = documents.parse(path.read_text("utf-8"))
        except Exception as unread:  # noqa: BLE001 - whatever a foreign file holds, it is told and left out
            print(f"not read: {path.parent.name}/{path.name}: {unread!r:.150}")  # noqa: T201 - what one runs it for
            continue
        if _is_object(data):
            yield path.parent.name, path, data


def _is_object(data: Mapping[str, Any]) -> bool:
    metadata = data.get("metadata")
    is_named = isinstance(metadata, dict) and isinstance(metadata.get("namespace", ""), str)
    return is_named and all(isinstance(data.get(key), str) for key in ("apiVersion", "kind"))


def compare(plane: ControlPlane, folder: Path, pack: Path) -> list[Sample]:
    """Ask both about each document, by itself."""
    known = list(read(folder))
    for name in sorted({one["metadata"].get("namespace") or "default" for _, _, one in known}):
        plane.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    with ThreadPoolExecutor(WORKERS) as pool:
        verdicts = list(pool.map(lambda one: plane.dry_run(one[2], one[1].read_text("utf-8")), known))
    options = ForeignOptions(MODERN.kubernetes.rpartition(".")[0], CHECKOUT / "schemas" / MODERN.name, (str(pack),))
    found = []
    for (project, path, _), verdict in zip(known, verdicts, strict=True):
        said = judge_manifests([(path.name, path.read_bytes())], options).findings
        errors = [one for one in said if one.severity is Severity.ERROR and one.code not in _OF_MESH]
        told = frozenset(f"{one.severity.value} {one.code} {one.name}" for one in said)
        ours = tuple(f"{one.location.line}: {one.code} {one.message}" for one in errors)
        found.append(Sample(project, path.name, ours, told, verdict))
    return found


def table(found: Sequence[Sample]) -> Iterator[str]:
    """Give a line for each project."""
    sorts = sorted({one.sort for one in found})
    yield " | ".join(("project", "documents", *sorts))
    for project in sorted({one.project for one in found}):
        counted = Counter(one.sort for one in found if one.project == project)
        yield " | ".join((project, str(counted.total()), *(str(counted[sort]) for sort in sorts)))


def unequal(found: Sequence[Sample]) -> Iterator[str]:
    """Give each document that is judged otherwise, with what was said."""
    for one in sorted(found, key=lambda one: (one.sort, one.project)):
        if "by the server" in one.sort:
            said = "; ".join(one.ours) or one.verdict.message or "taken"
            yield f"{one.sort}: {one.project}/{one.file}: {said[:600]}"


def loudest(found: Sequence[Sample]) -> Iterator[str]:
    """Give which rules speak of documents that the server takes, most frequent first."""
    sound = [one for one in found if one.verdict.accepted]
    for rule, count in Counter(rule for one in sound for rule in one.told).most_common():
        yield f"{count} of {len(sound)}: {rule}"


def main() -> None:
    """Compare, and print."""
    folder, crds = map(Path, sys.argv[1:3])
    with TemporaryDirectory() as pack, server(MODERN) as plane:
        command = [sys.executable, "-m", "gitopsgen", "schemas", "import", str(crds), "--output", pack, "-q"]
        subprocess.run(command, check=True)
        plane.apply_crds(_definitions(crds))
        found = compare(plane, folder, Path(pack))
    print(*table(found), "", *unequal(found), "", *loudest(found), sep="\n")  # noqa: T201 - what one runs it for


def _definitions(crds: Path) -> Iterator[Object]:
    for path in sorted(crds.rglob("*.yaml")):
        for _, text in documents.split(path.read_text("utf-8")):
            definition = documents.parse(text)
            if definition.get("kind") == "CustomResourceDefinition":
                # A stored version may differ from the asked one; the webhook that converts is not here.
                definition["spec"]["conversion"] = {"strategy": "None"}
                yield definition


if __name__ == "__main__":
    main()
