"""Rules of one's own, read from folders: policies for Gatekeeper, Rego, and Python where the project says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, Final

from gitopsgen.check import claim_of
from gitopsgen.check.own import Function, OwnRules, line_in
from gitopsgen.check.policy.unevaluated_policy import RULE
from gitopsgen.diagnostics import Diagnostic, Location, UsageError
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.project import Project
from gitopsgen.model.variant import VariantId
from gitopsgen.source import Chunk, FindingKind, decoded, objects_of, read_bytes, read_chunk, split, walk

_UNREADABLE: Final = FindingKind(RULE.code, RULE.name, RULE.severity)
_GROUPS: Final = frozenset(
    {
        "config.gatekeeper.sh", "constraints.gatekeeper.sh", "expansion.gatekeeper.sh", "mutations.gatekeeper.sh",
        "syncset.gatekeeper.sh", "templates.gatekeeper.sh",
    }
)  # fmt: skip
_DOCUMENTS: Final = (".yaml", ".yml", ".json")
_REGO: Final = ".rego"
_NOBODY: Final = VariantId("", "", "")


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
    folders: dict[str, list[tuple[str, str]]] = {}
    for file in dict.fromkeys(files):
        if file.endswith((*_DOCUMENTS, _REGO)):
            text = _text(root, file, found)
            if file.endswith(_REGO):
                folders.setdefault(str(File(file).parent), []).append((file, text))
            else:
                objects += _objects(file, text, found)
    found += _template_problems(objects)
    policies = tuple(_policies(folders, found))
    functions = tuple(one for file in python for one in _functions(root, file, found))
    return ReadRules(OwnRules(tuple(one for one, _ in objects), policies, functions), tuple(found))


def _text(root: File, file: str, found: list[Diagnostic]) -> str:
    read = read_bytes(root, file)
    found += read.diagnostics
    text = decoded(file, read.value or b"")
    found += text.diagnostics
    return text.value


def _objects(file: str, text: str, found: list[Diagnostic]) -> Iterator[tuple[Manifest, Chunk]]:
    for chunk in split(file, text):
        outcome = read_chunk(chunk)
        found += outcome.diagnostics
        for data in outcome.value:
            for _, each in objects_of(data):
                if claim_of(each)[0].rpartition("/")[0] in _GROUPS:
                    yield Manifest(_NOBODY, file, file, 0, each), chunk


def _template_problems(objects: Sequence[tuple[Manifest, Chunk]]) -> Iterator[Diagnostic]:
    """Give what keeps templates from being asked, at their lines: whatever is judged, it is the same."""
    if not objects:
        return
    from gitopsgen.policy.gatekeeper import Gatekeeper  # noqa: PLC0415 - large, and few projects have own templates
    from gitopsgen.policy.verdicts import Memory  # noqa: PLC0415 - as above

    for one in Gatekeeper([manifest.data for manifest, _ in objects], Memory()).verdicts(()):
        place = objects[one.policy][1].locate(one.field)[0]
        yield _UNREADABLE.at(place, f"not evaluated: {one.message}")


def _policies(folders: Mapping[str, list[tuple[str, str]]], found: list[Diagnostic]) -> Iterator[Any]:
    if not folders:
        return
    from gitopsgen.policy.errors import PolicyError  # noqa: PLC0415 - as above
    from gitopsgen.policy.own import Own  # noqa: PLC0415 - as above

    for folder, texts in folders.items():
        try:
            yield Own(texts)
        except PolicyError as error:
            place = Location(error.module or folder, error.line or None)
            found.append(_UNREADABLE.at(place, f"not evaluated: {error.message}"))


def _functions(root: File, file: str, found: list[Diagnostic]) -> Iterator[Function]:
    """Run a file of Python and give its rule, the function `check`."""
    names: dict[str, Any] = {"__name__": File(file).stem, "__file__": str(root / file)}
    try:
        exec(compile(_text(root, file, found), file, "exec"), names)  # noqa: S102 - the project asks for it by name
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the rule's
        line = error.lineno if isinstance(error, SyntaxError) else line_in(error, file)
        found.append(_UNREADABLE.at(Location(file, line), f"not evaluated: {type(error).__name__}: {error}"))
        return
    if callable(names.get("check")):
        yield Function(file, names["check"])
    else:
        message = 'not evaluated: the file has no function "check"'
        found.append(_UNREADABLE.at(Location(file), message, "def check(manifest): yield what is wrong with it"))
