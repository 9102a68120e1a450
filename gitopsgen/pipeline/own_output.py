"""What this tool's ledgers tell of files that `check` is pointed at: which cluster they are for, or that none is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from gitopsgen.tree.ledger import LARGEST, read_ledger
from gitopsgen.tree.paths import LEDGER


def unread_by_clusters(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Give those names of files below a folder that a ledger lists, and that hold no object for a cluster."""
    known: dict[Path, frozenset[Path]] = {}
    for name in names:
        file = (folder / name).absolute()
        for region in file.parents:
            if region not in known:
                known[region] = frozenset(_listed(region))
            if file in known[region]:
                yield name


def clusters_of(files: Iterable[str]) -> dict[str, str]:
    """Give which cluster each file is for, where it stands in an output tree."""
    regions: dict[Path, bool] = {}
    found: dict[str, str] = {}
    for name in files:
        file = Path(name).absolute()
        for region in file.parents:
            if region not in regions:
                regions[region] = (region / LEDGER).is_file()
            if regions[region]:
                found[name] = str(region / file.relative_to(region).parts[0])
                break
    return found


def _listed(region: Path) -> Iterator[Path]:
    ledger = region / LEDGER
    if ledger.is_file() and ledger.stat().st_size <= LARGEST:
        for path, entry in read_ledger(ledger.read_bytes()).entries.items():
            if _is_for_nodes(path) or _is_for_argo_cd(path, entry.template):
                yield region / path


def _is_for_nodes(path: str) -> bool:
    return path.split("/")[1:2] == ["bootstrap"]


def _is_for_argo_cd(path: str, template: str) -> bool:
    return path.endswith(".json") and PurePosixPath(template).parent.name == "argocd"
