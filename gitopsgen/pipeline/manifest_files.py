"""The files that `check` is pointed at: files, folders, standard input, and what a kustomization puts together."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity, UsageError
from gitopsgen.pipeline.own_output import unread_by_clusters
from gitopsgen.source import FindingKind, read_bytes, walk

Content = tuple[str, bytes]

STANDARD_INPUT: Final = "stdin"
LEFT_OUT: Final = FindingKind("GG142", "kustomization-left-out", Severity.INFO)
NO_OBJECT: Final = FindingKind("GG149", "output-left-out", Severity.INFO)
NO_MANIFEST: Final = FindingKind("GG141", "missing-manifest")
UNBUILT: Final = FindingKind("GG144", "unbuilt-kustomization")
SUFFIXES: Final = (".yaml", ".yml", ".json")
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_LOGGED: Final = re.compile(r'"command failed" err=(?:"(?P<said>.*)"|<\n(?P<block>.*)\n >)\s*\Z', re.DOTALL)
_CURES: Final = (
    ("--enable-helm", "charts: helm template … | gitopsgen check -"),
    ("unknown field", "look at the spelling of the field in kustomization.yaml"),
    ("no such file or directory", "paths are relative to the folder of the kustomization that names them"),
    ("git fetch", "a remote base needs git and the network: give a copy of it in a folder"),
    ("replace operation does not apply", "a patch replaces only what is there: use add"),
)
_LARGEST: Final = 256 * 1024 * 1024
_SECONDS: Final = 120
# kustomize first: what it is given is what it is asked for, in each version
_BUILDERS: Final = (("kustomize", ("build",)), ("kubectl", ("kustomize",)))


def read_manifests(paths: tuple[str, ...], kustomizations: tuple[str, ...]) -> Outcome[tuple[Content, ...]]:
    """Give (file, content) of each file that paths lead to, once; raises `UsageError` for one that leads nowhere."""
    contents: dict[str, bytes] = {}
    found: list[Diagnostic] = []
    for path in dict.fromkeys(paths):
        read = _from(path)
        contents |= dict(read.value)
        found += read.diagnostics
    for folder in dict.fromkeys(kustomizations):
        built = _built(folder)
        contents |= dict(built.value)
        found += built.diagnostics
    return Outcome(tuple(contents.items()), tuple(found))


def _from(path: str) -> Outcome[tuple[Content, ...]]:
    if path == "-":
        return Outcome(((STANDARD_INPUT, sys.stdin.buffer.read()),))
    place = Path(path)
    if place.suffix == ".rego":
        raise UsageError(f'"{path}" is a policy and no manifest: check … --policy {place.parent}, or policy test')
    if place.is_dir():
        return _folder(place)
    if not place.exists():
        raise UsageError(f'no file or folder "{path}"')
    if place.is_fifo():  # as a shell gives the output of another program
        return Outcome(((path, place.read_bytes()),))
    return _file(place.parent, place.name, path)


def _file(root: Path, name: str, shown: str) -> Outcome[tuple[Content, ...]]:
    outcome = read_bytes(root, name, largest=_LARGEST)
    content = () if outcome.value is None else ((shown, outcome.value),)
    return Outcome(content, tuple(one.located(Location(shown)) for one in outcome.diagnostics))


def _folder(folder: Path) -> Outcome[tuple[Content, ...]]:
    walked = walk(folder, ".")
    found = [one.located(Location((folder / one.location.file).as_posix())) for one in walked.diagnostics]
    contents: list[Content] = []
    names = [name.removeprefix("./") for name in walked.value if name.endswith(SUFFIXES)]
    others = frozenset(unread_by_clusters(folder, names))
    for name in names:
        shown = (folder / name).as_posix()
        if name in others:
            found.append(NO_OBJECT.at(Location(shown), "is for nodes or for Argo CD, not for a cluster: left out"))
            continue
        if name.rpartition("/")[2] in KUSTOMIZATIONS:
            message = "is read by kustomize, not by a cluster: left out"
            found.append(LEFT_OUT.at(Location(shown), message, f"check -f {Path(shown).parent}"))
            continue
        read = _file(folder, name, shown)
        contents += read.value
        found += read.diagnostics
    if not names:
        message = f"no manifest in this folder: no file ends in {', '.join(SUFFIXES)}"
        found.append(NO_MANIFEST.at(Location(folder.as_posix()), message))
    return Outcome(tuple(contents), tuple(found))


def is_kustomization(folder: str | Path) -> bool:
    """Tell whether kustomize builds something of a folder."""
    return any((Path(folder) / name).is_file() for name in KUSTOMIZATIONS)


def _built(folder: str) -> Outcome[tuple[Content, ...]]:
    """Give what kustomize makes of a folder: the lines are those of its output."""
    if not is_kustomization(folder):
        raise UsageError(f'no kustomization in "{folder}"')
    command = next(_builders(), None)
    if command is None:
        raise UsageError(
            "a kustomization needs kustomize or kubectl, and PATH has neither: give what they print instead"
        )
    try:
        done = subprocess.run([*command, folder], capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Outcome((), (UNBUILT.at(Location(folder), f"kustomize did not end within {_SECONDS} s"),))
    if done.returncode:
        said, hint = _complaint(done.stderr.decode("utf-8", "replace"))
        return Outcome((), (UNBUILT.at(Location(folder), said, hint),))
    return Outcome(((f"{folder} (built)", done.stdout),))


def _complaint(said: str) -> tuple[str, str]:
    """Give what kustomize complained of, without kubectl's wrapping and this machine's paths, and what to do."""
    lines = [line for line in said.splitlines() if line.strip(" >\t")] or ["kustomize failed without a word"]
    logged = _LOGGED.search(said)
    words = (logged["said"] or logged["block"]).replace('\\"', '"').replace("\\n", " ") if logged else lines[-1]
    words = " ".join(words.removeprefix("Error:").replace(f"{Path.cwd()}/", "").split())
    hint = next((hint for sign, hint in _CURES if sign in said), "")
    return f"kustomize: {words}", hint


def _builders() -> Iterator[list[str]]:
    for name, arguments in _BUILDERS:
        path = shutil.which(name)
        if path:
            yield [path, *arguments]
