"""Rules of one's own, read from folders: policies for Gatekeeper, Rego, and Python where the project says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, Final, NamedTuple

from gitopsgen.check import claim_of
from gitopsgen.check.own import Function, OwnRules, bounded, line_in
from gitopsgen.check.policy.unevaluated_policy import RULE
from gitopsgen.diagnostics import Diagnostic, Location, Severity, UsageError
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.project import Project
from gitopsgen.model.variant import VariantId
from gitopsgen.schemas.constraints import made_kind
from gitopsgen.source import Chunk, FindingKind, decoded, objects_of, read_bytes, read_chunk, split, walk

_UNREADABLE: Final = FindingKind(RULE.code, RULE.name, RULE.severity)
_DOUBTFUL: Final = FindingKind(RULE.code, RULE.name, Severity.WARNING)
_GROUPS: Final = frozenset(
    {
        "config.gatekeeper.sh", "constraints.gatekeeper.sh", "expansion.gatekeeper.sh", "mutations.gatekeeper.sh",
        "syncset.gatekeeper.sh", "templates.gatekeeper.sh",
    }
)  # fmt: skip
_CONSTRAINTS: Final = "constraints.gatekeeper.sh/"
_DOCUMENTS: Final = (".yaml", ".yml", ".json")
_REGO: Final = ".rego"
DATA: Final = ("data.json", "data.yaml", "data.yml")  # what Rego finds under `data`, as in a bundle of OPA
_NOBODY: Final = VariantId("", "", "")


class _Folder(NamedTuple):
    """The policies in Rego that stand in one folder, and the data beside them."""

    texts: list[tuple[str, str]]
    data: list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class ReadRules:
    """Rules of one's own, and what is wrong with them."""

    rules: OwnRules = field(default_factory=OwnRules)
    findings: tuple[Diagnostic, ...] = ()


def read_folders(folders: Sequence[str]) -> ReadRules:
    """Read the policies below some folders; raises `UsageError` for what is none."""
    missing = next((folder for folder in folders if not File(folder).is_dir()), None)
    if missing is not None:
        raise UsageError(f'no folder "{missing}"')
    files = [file for folder in folders for file in _below(File(folder))]
    return read_rules(File(), files)


def own_rules(project: Project, folders: Sequence[str] = ()) -> ReadRules:
    """Read the rules of a project, and those below some more folders."""
    settings = project.settings
    own = [file for file in project.digests if file.startswith(f"{settings.policies}/")]
    python = [file for file in project.digests if settings.rules and file.startswith(f"{settings.rules}/")]
    read = read_rules(settings.root, own, [file for file in python if file.endswith(".py")])
    more = read_folders(folders)
    return ReadRules(read.rules.joined(more.rules), (*read.findings, *more.findings))


def _below(folder: File) -> list[str]:
    return [(folder / name.removeprefix("./")).as_posix() for name in walk(folder, ".").value]


def read_rules(root: File, files: Sequence[str], python: Sequence[str] = ()) -> ReadRules:
    """Read policies from some files, relative to the root, and functions from files of Python, which are run."""
    if not files and not python:
        return ReadRules()
    found: list[Diagnostic] = []
    objects: list[tuple[Manifest, Chunk]] = []
    folders: dict[str, _Folder] = {}
    for file in dict.fromkeys(files):
        folder = str(File(file).parent)
        if file.endswith(_REGO):
            before, text = len(found), _text(root, file, found)
            if len(found) == before:
                folders.setdefault(folder, _Folder([], [])).texts.append((file, text))
        elif file.endswith(_DOCUMENTS):
            chunks = list(_chunks(file, _text(root, file, found), found))
            objects += _objects(file, chunks)
            found += _left_alone(chunks)
            if File(file).name in DATA:
                folders.setdefault(folder, _Folder([], [])).data.extend((file, data) for _, data in chunks)
        elif file.endswith(".py") and file not in python:
            found += _unread_python(root, file)
    found += _template_problems(objects)
    found += _unpaired(objects)
    policies = tuple(_policies(folders, found))
    functions = tuple(one for file in python for one in _functions(root, file, found))
    return ReadRules(OwnRules(tuple(one for one, _ in objects), policies, functions), tuple(found))


def _text(root: File, file: str, found: list[Diagnostic]) -> str:
    read = read_bytes(root, file)
    found += read.diagnostics
    text = decoded(file, read.value or b"")
    found += text.diagnostics
    return text.value


def _chunks(file: str, text: str, found: list[Diagnostic]) -> Iterator[tuple[Chunk, Any]]:
    for chunk in split(file, text):
        outcome = read_chunk(chunk)
        found += outcome.diagnostics
        yield from ((chunk, data) for data in outcome.value)


def _objects(file: str, chunks: Sequence[tuple[Chunk, Any]]) -> Iterator[tuple[Manifest, Chunk]]:
    for chunk, data in chunks:
        for _, each in objects_of(data):
            if claim_of(each)[0].rpartition("/")[0] in _GROUPS:
                yield Manifest(_NOBODY, file, file, 0, each), chunk


def _left_alone(chunks: Sequence[tuple[Chunk, Any]]) -> Iterator[Diagnostic]:
    """Tell of policies that only the manifests of a cluster may hold."""
    for chunk, data in chunks:
        for path, each in objects_of(data):
            if claim_of(each)[1] == "ValidatingAdmissionPolicy":
                message = "not evaluated: a ValidatingAdmissionPolicy is judged where it stands among the manifests"
                yield _DOUBTFUL.at(chunk.locate((*path, "kind"))[0], message, "give its file as a manifest, too")


def _unread_python(root: File, file: str) -> Iterator[Diagnostic]:
    """Tell of a rule in Python that stands where none is run."""
    if "def check(" in (read_bytes(root, file).value or b"").decode("utf-8", "replace"):
        message = "not evaluated: a rule in Python runs only from the folder that gitopsgen.yaml names"
        yield _DOUBTFUL.at(Location(file), message, "paths: {rules: <folder>}")


def _template_problems(objects: Sequence[tuple[Manifest, Chunk]]) -> Iterator[Diagnostic]:
    """Give what keeps templates from being asked, at their lines: whatever is judged, it is the same."""
    if not objects:
        return
    from gitopsgen.policy.gatekeeper import Gatekeeper  # noqa: PLC0415 - large, and few projects have own templates
    from gitopsgen.policy.verdicts import Memory  # noqa: PLC0415 - as above

    for one in Gatekeeper([manifest.data for manifest, _ in objects], Memory()).verdicts(()):
        place = objects[one.policy][1].locate(one.field)[0]
        yield _UNREADABLE.at(place, f"not evaluated: {one.message}")


def _unpaired(objects: Sequence[tuple[Manifest, Chunk]]) -> Iterator[Diagnostic]:
    """Tell of templates that nothing asks, and of constraints that nothing judges: neither says a word."""
    made = {kind for one, _ in objects if (kind := _made(one.data))}
    asked = {claim_of(one.data)[1] for one, _ in objects if claim_of(one.data)[0].startswith(_CONSTRAINTS)}
    for one, chunk in objects:
        kind = _made(one.data)
        if kind and kind not in asked:
            message = f'no constraint of the kind "{kind}" is among the policies, so the template judges nothing'
            yield _DOUBTFUL.at(chunk.locate(("metadata", "name"))[0], message)
    for one, chunk in objects:
        group, kind = claim_of(one.data)
        if group.startswith(_CONSTRAINTS) and kind not in made:
            message = f'no ConstraintTemplate among the policies makes the kind "{kind}", so it judges nothing'
            yield _DOUBTFUL.at(chunk.locate(("kind",))[0], message)


def _made(data: Any) -> str:
    """Give the kind that a ConstraintTemplate makes, empty for what is none."""
    return made_kind(data) if claim_of(data)[1] == "ConstraintTemplate" else ""


def _policies(folders: Mapping[str, _Folder], found: list[Diagnostic]) -> Iterator[Any]:
    if not any(folder.texts for folder in folders.values()):
        return
    from gitopsgen.policy.errors import PolicyError  # noqa: PLC0415 - as above
    from gitopsgen.policy.own import Own  # noqa: PLC0415 - as above
    from gitopsgen.policy.units import joined_data  # noqa: PLC0415 - as above

    for name, folder in folders.items():
        if not folder.texts:
            continue
        try:
            own = Own(folder.texts, joined_data(folder.data))
        except PolicyError as error:
            place = Location(error.module or name, error.line or None, error.column or None)
            found.append(_UNREADABLE.at(place, f"not evaluated: {error.message}"))
        else:
            found += [_DOUBTFUL.at(Location(file, line), message) for file, line, message in own.doubts()]
            yield own


def _functions(root: File, file: str, found: list[Diagnostic]) -> Iterator[Function]:
    """Run a file of Python and give its rule, the function `check`."""
    names: dict[str, Any] = {"__name__": File(file).stem, "__file__": str(root / file)}
    before, program = len(found), _text(root, file, found)
    if len(found) > before:
        return
    try:
        with bounded():
            exec(compile(program, file, "exec"), names)  # noqa: S102 - the project asks for it by name
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is the rule's
        place, said = Location(file, line_in(error, file)), str(error)
        if isinstance(error, SyntaxError):
            place, said = Location(file, error.lineno, error.offset), error.msg
        found.append(_UNREADABLE.at(place, f"not evaluated: {type(error).__name__}: {said}"))
        return
    if callable(names.get("check")):
        yield Function(file, names["check"])
    else:
        message = 'not evaluated: the file has no function "check"'
        found.append(_UNREADABLE.at(Location(file), message, "def check(manifest): yield what is wrong with it"))
