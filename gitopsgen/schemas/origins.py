"""Where definitions of custom kinds are read from: files, folders, standard input, addresses, a running cluster.

Knows nothing of what stands in a definition.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from gitopsgen.schemas.download import UnreadableError, downloaded
from gitopsgen.schemas.location import is_address

STANDARD_INPUT: Final = "-"
_RELEASE: Final = re.compile(r"(?P<name>.+?)-v?(?P<version>\d+(\.\d+)+)")
_SECONDS: Final = 60
_GET: Final = ("get", "customresourcedefinitions.apiextensions.k8s.io", "--output=json")


@dataclass(frozen=True, slots=True)
class Origin:
    """Definitions to read: what findings call the place, the release it is of, and how to get its bytes.

    `read` raises `UnreadableError` or `OSError`.
    """

    name: str
    release: str
    read: Callable[[], bytes]


def origins(sources: Iterable[str | Path], context: str | None) -> Iterator[tuple[str, list[Origin]]]:
    """Give the origins that each source stands for, and that of the cluster of a kubectl context."""
    for source in map(str, sources):
        if source == STANDARD_INPUT:
            yield source, [Origin("standard input", "standard input", sys.stdin.buffer.read)]
        elif is_address(source):
            yield source, [Origin(source, source, lambda url=source: downloaded(url))]  # type: ignore[misc]  # bound now
        else:
            yield source, [Origin(str(file), release(file), file.read_bytes) for file in _files(Path(source))]
    if context is not None:
        name = f"cluster {context}"
        yield name, [Origin(name, name, lambda: _running(context))]


def release(file: Path) -> str:
    """Give the project and version that a file comes from, read from the names of the folders above it."""
    for folder in file.absolute().parents:
        match = _RELEASE.fullmatch(folder.name)
        if match:
            return f"{match['name']} {match['version']}"
    return file.name


def _files(source: Path) -> list[Path]:
    return sorted(path for path in source.rglob("*.y*ml")) if source.is_dir() else [source]


def _running(context: str) -> bytes:
    program = which("kubectl")
    if program is None:
        raise UnreadableError("cannot be asked: there is no kubectl")
    try:
        done = subprocess.run(  # noqa: S603  # kubectl, as found in the path
            [program, f"--context={context}", *_GET], capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as late:
        raise UnreadableError(f"cannot be asked: kubectl takes more than {_SECONDS} s") from late
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"kubectl ends with {done.returncode}"]
        raise UnreadableError(f"cannot be asked: {said[-1]}")
    return done.stdout
