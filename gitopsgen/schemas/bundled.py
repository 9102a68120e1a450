"""The kinds that Kubernetes itself brings, from the schema files of the package kubernetes-validate.

Reads its files only: importing the package, and its per-call API, would cost more than all else here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import UsageError
from gitopsgen.schemas.cache import cached
from gitopsgen.schemas.kind import Kind
from gitopsgen.schemas.library import FORMAT, build, closure, joined

_FACTS = Path(__file__).parent / "facts"
# what the server's own validation says beyond what it publishes: the same for every version
_VALIDATED = _FACTS / "validation.json"
_FOLDER = re.compile(r"v(\d+\.\d+)\.\d+-local-strict")
_NAME = re.compile(r"[-./A-Za-z0-9]{1,200}")
_FACTS_FILE = re.compile(r"kubernetes-(\d+\.\d+)\.json")


class Bundled:
    """The kinds of one Kubernetes version (`"1.35"`); `cache` keeps the cut schemas, None for nowhere.

    Raises `UsageError` where the version is not among the bundled ones.
    """

    def __init__(self, kubernetes: str, cache: Path | None = None) -> None:
        """Read what is bundled for this version."""
        self.kubernetes = kubernetes
        self._library = _library(kubernetes, cache)

    def find(self, api_version: str, kind: str) -> Kind | None:
        """Give the kind, or None where this version of Kubernetes does not have it."""
        entry = self._library["kinds"].get(api_version, {}).get(kind)
        if entry is None:
            return None
        return Kind(
            api_version=api_version,
            name=kind,
            schema=closure(self._library, entry["definition"]),
            plural=entry["plural"],
            namespaced=entry["namespaced"],
            source=f"Kubernetes {self.kubernetes}",
            served=entry["served"],
        )

    def names(self) -> Iterator[tuple[str, str]]:
        """Give API version and name of each kind."""
        return ((version, kind) for version, kinds in self._library["kinds"].items() for kind in kinds)


def versions() -> tuple[str, ...]:
    """Give the Kubernetes versions with bundled schemas, oldest first."""
    names = (_FOLDER.fullmatch(entry.name) for entry in _root().iterdir())
    return tuple(sorted((match[1] for match in names if match), key=_order))


def newest() -> str:
    """Give the newest Kubernetes version of which a server's own facts are known."""
    matches = (_FACTS_FILE.fullmatch(entry.name) for entry in _FACTS.iterdir())
    return max((match[1] for match in matches if match), key=_order)


def versions_with(api_version: str, kind: str) -> tuple[str, ...]:
    """Give the bundled Kubernetes versions that have this kind; reads no schema."""
    if not _NAME.fullmatch(f"{api_version}{kind}"):
        return ()  # nor can a file be called so
    group, _, version = api_version.rpartition("/")
    name = f"{kind.lower()}-{group.split('.')[0] + '-' if group else ''}{version}.json"
    return tuple(known for known in versions() if (_folder(known) / name).is_file())


def _library(kubernetes: str, cache: Path | None) -> dict[str, Any]:
    folder, facts = _folder(kubernetes), _facts(kubernetes)
    if not folder.is_dir():
        message = f"no schemas for Kubernetes {kubernetes!r}: known are {', '.join(versions())}"
        raise UsageError(message)
    exact = facts.name == f"kubernetes-{kubernetes}.json"

    def make() -> dict[str, Any]:
        definitions = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
        published, validated = json.loads(facts.read_bytes()), json.loads(_VALIDATED.read_bytes())
        return build(definitions, joined(published, validated), exact=exact)

    path = cache / f"kubernetes-{kubernetes}-{_stamp(folder, facts)}.json" if cache else None
    return cached(path, make)  # type: ignore[no-any-return]  # a JSON value


def _stamp(folder: Path, facts: Path) -> str:
    size = (folder / "_definitions.json").stat().st_size
    release = (_root().parent / "version.py").read_bytes()
    return hashlib.sha256(
        b"%d %d %s %s %s" % (FORMAT, size, release, facts.read_bytes(), _VALIDATED.read_bytes())
    ).hexdigest()[:16]


def _facts(kubernetes: str) -> Path:
    # where a version has no facts of its own the next newer server's are taken: values are added, seldom removed
    matches = (_FACTS_FILE.fullmatch(entry.name) for entry in _FACTS.iterdir())
    known = sorted((match[1] for match in matches if match), key=_order)
    chosen = next((version for version in known if _order(version) >= _order(kubernetes)), known[-1])
    return _FACTS / f"kubernetes-{chosen}.json"


def _folder(kubernetes: str) -> Path:
    return _root() / f"v{kubernetes}.0-local-strict"


def _root() -> Path:
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        message = "the package kubernetes-validate, which brings the schemas, is not installed"
        raise UsageError(message)
    return Path(spec.origin).parent / "kubernetes-json-schema"


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if re.fullmatch(r"\d+(\.\d+)*", version) else (0,)
