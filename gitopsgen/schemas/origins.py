"""Where definitions of custom kinds are read from: files, folders, standard input, addresses, a running cluster.

The importer's only: checks never ask a network. Knows nothing of what stands in a definition.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from shutil import which
from typing import IO, Final
from urllib import error, parse, request

from gitopsgen.registry import is_loopback

STANDARD_INPUT: Final = "-"
_RELEASE: Final = re.compile(r"(?P<name>.+?)-v?(?P<version>\d+(\.\d+)+)")
_SECONDS: Final = 60
_MOST_BYTES: Final = 64 * 2**20  # the largest release of definitions known has 4 MB
_GET: Final = ("get", "customresourcedefinitions.apiextensions.k8s.io", "--output=json")


class UnreadableError(Exception):
    """Nothing could be read; says why."""


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
        elif "://" in source:
            yield source, [Origin(source, source, lambda url=source: _downloaded(url))]  # type: ignore[misc]  # bound now
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


class _Guarded(request.HTTPRedirectHandler):
    """Follows what a release page leads to, but never away from TLS."""

    def redirect_request(  # noqa: PLR0913, PLR0917  # the base class's
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> request.Request | None:
        if not _is_guarded(newurl):
            raise UnreadableError(f"leads to {newurl[:200]}, expected https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _downloaded(url: str) -> bytes:
    if not _is_guarded(url):
        raise UnreadableError("is not reached by TLS, expected https")
    try:
        with request.build_opener(_Guarded).open(url, timeout=_SECONDS) as answer:
            content: bytes = answer.read(_MOST_BYTES + 1)
    except error.HTTPError as refusal:
        raise UnreadableError(f"cannot be read: the server answers {refusal.code}") from refusal
    except (OSError, HTTPException, ValueError) as failure:
        raise UnreadableError(f"cannot be read: {getattr(failure, 'reason', failure)}") from failure
    if len(content) > _MOST_BYTES:
        raise UnreadableError(f"has more than {_MOST_BYTES >> 20} MiB")
    return content


def _is_guarded(url: str) -> bool:
    parts = parse.urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.netloc))


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
