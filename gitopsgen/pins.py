"""The image lock brought up to date: tags resolved to digests, the file's comments and layout kept.

Knows no stage and no clock: who calls says what day it is, and how a registry is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity, UsageError
from gitopsgen.registry import RegistryError
from gitopsgen.source import locate, read, read_bytes
from gitopsgen.tree.inputs import replace_input

LOCK = "images.lock.yaml"
UNRESOLVED = "unresolved"

Resolve = Callable[[str, str, str], str]  # registry, repository, tag -> digest; raises RegistryError

# A code a name: what can be wrong with a pin. Load has GG101 to GG189.
_CODES = {
    "image-lock": "GG190",
    "registry-unreachable": "GG191",
    "registry-refused": "GG192",
    "registry-answer": "GG193",
    "registry-address": "GG194",
    "image-not-found": "GG195",
    "moved-tag": "GG196",
}


@dataclass(frozen=True, slots=True)
class Pin:
    """One image of the lock after a run; `before` is its digest until now."""

    image: str
    digest: str
    before: str
    registry: str

    @property
    def changed(self) -> bool:
        """Whether the run found another digest."""
        return self.digest != self.before


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to resolve: `images` are names or globs (none: all); `again` asks for resolved ones too.

    `registry` stands in for every other one where it is given; `default` is the project's.
    """

    default: str
    images: tuple[str, ...] = ()
    registry: str = ""
    again: bool = False


@dataclass(slots=True)
class _Run:
    """One walk through the lock: what was found so far, and which registries have not answered."""

    file: str
    text: str
    resolve: Resolve
    pins: list[Pin] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)


def update(root: Path, file: str, wanted: Wanted, resolve: Resolve, today: str) -> Outcome[tuple[Pin, ...]]:
    """Resolve the wanted images of a lock and write it, atomically, if a digest changed.

    `file` is relative to `root`; `today` is written beside each digest. What could be resolved is
    written even when other images could not. Raises `UsageError` for a name that is no image.
    """
    raw = read_bytes(root, file)
    if raw.value is None:
        return Outcome((), raw.diagnostics)
    source = read(file, raw.value)
    if source.failed:
        return Outcome((), source.diagnostics)
    lock = _editor().load(source.value.text)
    if not isinstance(lock, dict) or not isinstance(lock.get("images"), dict):
        return Outcome((), (_finding("image-lock", "found no mapping 'images' in the lock", Location(file, 1)),))
    run = _Run(file, source.value.text, resolve)
    for image in _chosen(lock["images"], wanted):
        _pin(run, lock["images"], image, wanted, today)
    if any(pin.changed for pin in run.pins):
        _write(root / file, lock)
    return Outcome(tuple(run.pins), tuple(run.findings))


def _pin(run: _Run, images: dict[str, Any], image: str, wanted: Wanted, today: str) -> None:
    entry = images.get(image) or {}
    before = str(entry.get("digest", UNRESOLVED))
    registry = wanted.registry or str(entry.get("from") or wanted.default)
    repository, _, tag = image.rpartition(":")
    if registry in run.dead:
        return
    try:
        digest = run.resolve(registry, repository, tag)
    except RegistryError as error:
        run.findings.append(_finding(error.name, str(error), _place(run, image), _cure(error)))
        if error.unreachable:
            run.dead.add(registry)
        return
    if before not in (digest, UNRESOLVED):
        message = f"the tag of '{image}' points to another image now: found {digest}, the lock had {before}"
        hint = "make sure that the publisher meant it before this is rolled out"
        run.findings.append(_finding("moved-tag", message, _place(run, image), hint, Severity.WARNING))
    if digest != before:
        _set(images, image, {"digest": digest, "resolved": today, "from": registry})
    run.pins.append(Pin(image, digest, before, registry))


def _chosen(images: dict[str, Any], wanted: Wanted) -> list[str]:
    """Give the images to ask for; a full name that the lock does not have yet is added."""
    if not wanted.images:
        return [image for image in images if wanted.again or _is_open(images[image])]
    chosen: list[str] = []
    for pattern in wanted.images:
        matches = [image for image in images if fnmatchcase(image, pattern)]
        if not matches and (":" not in pattern or set(pattern) & set("*?[")):
            raise UsageError(f"no image of the lock matches '{pattern}'; a new one is given as repository:tag")
        chosen.extend(matches or [pattern])
    return list(dict.fromkeys(chosen))


def _is_open(entry: Any) -> bool:
    return not isinstance(entry, dict) or entry.get("digest", UNRESOLVED) == UNRESOLVED


def _set(images: dict[str, Any], image: str, facts: dict[str, str]) -> None:
    from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415 - 25 ms that only an edit needs
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - as above

    if not isinstance(images.get(image), dict):
        images[image] = CommentedMap()
        images[image].fa.set_flow_style()
    # a date without quotes is a date to YAML 1.1
    images[image].update({**facts, "resolved": DoubleQuotedScalarString(facts["resolved"])})


def _editor() -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - as in _set

    editor = YAML(typ="rt")
    editor.preserve_quotes = True
    editor.width = 1 << 16  # lines are never folded
    return editor


def _write(path: Path, lock: Any) -> None:
    text = StringIO()
    _editor().dump(lock, text)
    replace_input(path, text.getvalue().encode())


def _place(run: _Run, image: str) -> Location:
    return locate(run.text, ("images", image), key=True, file=run.file)


def _cure(error: RegistryError) -> str:
    if error.unreachable:
        return "go online, or name a registry that answers with --registry; the lock keeps what it has"
    return "give GITOPSGEN_REGISTRY_USER and GITOPSGEN_REGISTRY_PASSWORD" if error.name == "registry-refused" else ""


def _finding(
    name: str, message: str, location: Location, hint: str = "", severity: Severity = Severity.ERROR
) -> Diagnostic:
    return Diagnostic(_CODES[name], name, severity, message, location, hint)


def images_of(pins: Sequence[Pin]) -> list[dict[str, Any]]:
    """Give the pins as plain data."""
    return [{"image": pin.image, "digest": pin.digest, "from": pin.registry, "changed": pin.changed} for pin in pins]
