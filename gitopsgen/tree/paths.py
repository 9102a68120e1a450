"""Which paths may stand in the output tree.

Judges names only: what stands on the disk is the business of `survey` and `planning`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from gitopsgen.diagnostics import Diagnostic, Location
from gitopsgen.model.rendered import Rendered
from gitopsgen.tree.findings import finding, shown

LEDGER = ".ledger.json"
JOURNAL = ".gitopsgen-journal.json"
TEMPORARY = ".gitopsgen-tmp"
STAGE = ".gitopsgen-stage-"
TRACES = ".traces"
STATE = ".gitopsgen"
_REMEMBERED: Final = 20_000
LONGEST_NAME = 255  # bytes: the limit of the file systems in use
LONGEST_PATH = 1024  # bytes: leaves room for the directories above within PATH_MAX

# A checkout on Windows cannot hold these, with or without a suffix.
DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)


def refusal_of_name(name: str) -> str:
    """Say why `name` may not be one part of a path; empty if it may."""
    if name in {"", ".", ".."}:
        return f'has a part "{name}"'
    if not name.isprintable() or "\\" in name:
        return "has a control character or a backslash"
    if len(name) * 4 > LONGEST_NAME and len(name.encode()) > LONGEST_NAME:
        return f"has a part longer than {LONGEST_NAME} bytes"
    if name[-1] in ". " or name.partition(".")[0].lower() in DEVICES:
        return f'has a part "{name}" that not every file system can hold'
    if name[0] == "." and (name == LEDGER or name.startswith(STATE) or name.lower() == ".git"):
        return f'has a part "{name}" that is reserved'
    return ""


def refusal_of_region(region: str) -> str:
    """Say why `region` may not name a folder of the output; empty if it may."""
    if "/" in region:
        return "has more than one part"
    return refusal_of_name(region) or ("begins with a dot" if region.startswith(".") else "")


def admit(region: str, rendered: Iterable[Rendered]) -> tuple[dict[str, Rendered], list[Diagnostic]]:
    """Sort rendered files by their path inside the region's folder; refuse what may not be written."""
    gate = _Gate(region)
    files = {path: one for one in rendered if (path := gate.pass_through(one))}
    return dict(sorted(files.items())), gate.findings


class _Claim(NamedTuple):
    """Who was the first to use a path, and whether as a file."""

    path: str
    template: str
    is_file: bool


class _Gate:
    """Judges one path after the other; a directory that passed is not judged again."""

    def __init__(self, region: str) -> None:
        self.findings: list[Diagnostic] = []
        self._prefix = f"{region}/"
        self._folders: set[str] = {""}
        self._claims: dict[str, _Claim] = {}  # by folded path

    def pass_through(self, one: Rendered) -> str:
        """Give the path inside the region's folder, empty if it was refused."""
        if refusal := self._refusal(one.path):
            message = f'output path "{shown(one.path)}" {refusal}'
            self.findings.append(finding("unsafe-path", Location(one.template), message))
            return ""
        path = one.path[len(self._prefix) :]
        return path if self._is_alone(path, one.template) else ""

    def _refusal(self, path: str) -> str:
        if not path.startswith(self._prefix):
            return f'does not stand under "{self._prefix}"'
        if len(path) * 4 > LONGEST_PATH and len(path.encode("utf-8", "surrogatepass")) > LONGEST_PATH:
            return f"is longer than {LONGEST_PATH} bytes"
        return _refusal_inside(path[len(self._prefix) :])

    def _is_alone(self, path: str, template: str) -> bool:
        """Whether no other file has this path, on a file system that does not tell case apart either."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            above = [_Claim(prefix, template, is_file=False) for prefix in prefixes(folder)]
            if not all(map(self._claimed, above)):
                return False
            self._folders.update(claim.path for claim in above)
        return self._claimed(_Claim(path, template, is_file=True))

    def _claimed(self, claim: _Claim) -> bool:
        first = self._claims.setdefault(folded(claim.path), claim)
        if first is claim or (first.path == claim.path and not first.is_file and not claim.is_file):
            return True
        here, there = shown(self._prefix + claim.path), shown(self._prefix + first.path)
        message = f'output path "{here}" collides with "{there}" of {first.template}'
        self.findings.append(finding("colliding-path", Location(claim.template), message))
        return False


@lru_cache(maxsize=_REMEMBERED)
def _refusal_inside(path: str) -> str:
    """Say why a path may not stand in a region's folder: the same paths stand in city after city."""
    if not path.isprintable():  # lone surrogates among them: from here on the path can be encoded
        return "has a control character"
    if "//" in f"/{path}":
        return "has an empty part"
    return next(filter(None, map(refusal_of_name, path.split("/"))), "")


def prefixes(folder: str) -> Iterator[str]:
    """Give `a`, `a/b`, `a/b/c` for `a/b/c`, nothing for the empty path."""
    position = folder.find("/")
    while position >= 0:
        yield folder[:position]
        position = folder.find("/", position + 1)
    if folder:
        yield folder


@lru_cache(maxsize=_REMEMBERED)
def folded(path: str) -> str:
    """Give the form in which two paths are equal that one file system would take for the same."""
    if path.isascii():
        return path.lower()
    from unicodedata import normalize  # noqa: PLC0415 - hardly any path needs it

    return normalize("NFC", normalize("NFC", path).casefold())
