"""A rendered tree as a set of distinct objects, and the state that a server needs to judge them.

Knows the layout of the tree, nothing of how it was rendered.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from . import documents
from .constraints import MATCHING_KIND, TEMPLATE_KIND, constraint_definitions
from .crds import Definition, Kind
from .plane import ClusterError, ControlPlane, Object, Verdict

WORKERS = 4

# What others name, and the server looks up while it judges them.
STATE_KINDS = frozenset(
    {
        ("v1", "Namespace"),
        ("node.k8s.io/v1", "RuntimeClass"),
        ("scheduling.k8s.io/v1", "PriorityClass"),
    }
)


# A Deployment is taken with no more than this warning where none of its pods ever would be.
POD_SECURITY = "would violate PodSecurity"


@dataclass(frozen=True, slots=True)
class Document:
    """One distinct object of the fleet."""

    obj: Object
    text: str
    comment: str
    example: Path
    count: int

    @property
    def kind(self) -> tuple[str, str]:
        """Say the group and version, and the kind."""
        return str(self.obj.get("apiVersion")), str(self.obj.get("kind"))

    @property
    def group_kind(self) -> Kind:
        """Say the group, empty for the core's, and the kind."""
        api_version, kind = self.kind
        return api_version.rpartition("/")[0], kind

    @property
    def name(self) -> str:
        """Say the name of the object."""
        return str(self.obj["metadata"]["name"])


@dataclass(frozen=True, slots=True)
class Judged:
    """A document, and what the server says of it."""

    document: Document
    verdict: Verdict

    @property
    def faults(self) -> tuple[str, ...]:
        """Say what is wrong with it: why it was refused, or why its pods would be."""
        warnings = tuple(each for each in self.verdict.warnings if POD_SECURITY in each)
        return warnings if self.verdict.accepted else (self.verdict.message, *warnings)

    def line(self) -> str:
        """Tell all that is known of it in one line."""
        origin = " ".join(self.document.comment.split())
        others = f" and {self.document.count - 1} more" if self.document.count > 1 else ""
        message = " ".join(" ".join(self.faults).split())
        return f"{self.document.example}{others}: {message or 'accepted'} [{origin}]"


def manifest_files(tree: Path) -> Iterator[Path]:
    """Find the files that Argo CD would apply."""
    for path in sorted(tree.rglob("*.yaml")):
        parts = path.relative_to(tree).parts
        is_hidden = any(part.startswith(".") for part in parts)
        if not is_hidden and "bootstrap" not in parts and path.name != "kustomization.yaml":
            yield path


def objects_below(tree: Path) -> list[dict[str, Any]]:
    """Read all objects that Argo CD would apply."""
    texts = (path.read_text(encoding="utf-8") for path in manifest_files(tree))
    return [documents.parse(body) for text in texts for _, body in documents.split(text)]


def distinct_documents(files: Iterable[Path], root: Path) -> list[Document]:
    """Read files; documents that differ in nothing but their comments are one, named by a path from the root."""
    places: dict[str, list[tuple[Path, str]]] = {}
    for path in files:
        for comment, text in documents.split(path.read_text(encoding="utf-8")):
            places.setdefault(text, []).append((path.relative_to(root), comment))
    return [
        Document(documents.parse(text), text, found[0][1], found[0][0], len(found)) for text, found in places.items()
    ]


def custom_kinds(fleet: Iterable[Document]) -> set[Kind]:
    """Name the kinds of the fleet by group; those that are built in have no definition to be found."""
    kinds = {each.group_kind for each in fleet}
    return kinds | {MATCHING_KIND} if any(kind == TEMPLATE_KIND for _, kind in kinds) else kinds


def judge(plane: ControlPlane, fleet: Sequence[Document], definitions: Sequence[Definition]) -> list[Judged]:
    """Have every document judged, each when what it depends on is there."""
    state = [document for document in fleet if document.kind in STATE_KINDS]
    others = [document for document in fleet if document.kind not in STATE_KINDS]
    # Before they exist, or a second city's namespace of the same name would be refused.
    judged = dry_runs(plane, state)
    prepare(plane, fleet, definitions)
    return judged + dry_runs(plane, others)


def prepare(plane: ControlPlane, fleet: Sequence[Document], definitions: Sequence[Definition]) -> None:
    """Make for real what is looked up by name, and define the kinds, also those that Gatekeeper would."""
    declared = {(*each.kind, each.name): each.obj for each in fleet if each.kind in STATE_KINDS}
    names = {each.obj["metadata"].get("namespace") for each in fleet} - {None}
    for name in names:
        declared.setdefault(("v1", "Namespace", name), _namespace(name))
    for obj in declared.values():
        verdict = plane.create(obj)
        # What the document itself did wrong, its dry run has told.
        if verdict.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ClusterError(verdict.message)
    templates = [each.obj for each in fleet if each.kind[1] == TEMPLATE_KIND]
    plane.apply_crds([*definitions, *constraint_definitions(templates, definitions)])


def dry_runs(plane: ControlPlane, fleet: Sequence[Document]) -> list[Judged]:
    """Have documents judged as their files stand, several at a time."""
    with ThreadPoolExecutor(WORKERS) as pool:
        verdicts = pool.map(lambda each: plane.dry_run(each.obj, each.text), fleet)
        return [Judged(document, verdict) for document, verdict in zip(fleet, verdicts, strict=True)]


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
