"""What stands in a region's folder: names, kinds and stats, and one signature over them.

Reads no file's content, and follows no symbolic link.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from gitopsgen.tree.output import Descent
from gitopsgen.tree.paths import TEMPORARY
from gitopsgen.tree.records import Stat, Survey, Written


@dataclass(slots=True)
class _Findings:
    files: dict[str, Stat] = field(default_factory=dict)
    others: dict[str, Stat] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)


def survey(way: Descent) -> Survey:
    """Walk a folder; raises OSError where a directory cannot be read."""
    found = _Findings()
    pending = [""]
    while pending:
        here = pending.pop()
        below = _scan(way.to(here), f"{here}/" if here else "", found)
        found.folders += below
        pending += below
    return Survey(found.files, found.others, frozenset(found.folders), tuple(found.leftovers))


def _scan(descriptor: int, prefix: str, found: _Findings) -> list[str]:
    folders = []
    with os.scandir(descriptor) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(prefix + entry.name)
                continue
            stat = entry.stat(follow_symlinks=False)
            kind = found.files if entry.is_file(follow_symlinks=False) else found.others
            kind[prefix + entry.name] = Stat(stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if entry.name == TEMPORARY:
                found.leftovers.append(prefix + TEMPORARY)
    return folders


def signature(files: Mapping[str, Stat], others: Mapping[str, Stat]) -> str:
    """Digest names and stats: two equal ones tell that nothing was touched in between."""
    # Format 2 of marshal writes equal data as equal bytes; a Python that writes others only costs a re-read.
    plain = [(path, *stat) for path, stat in (*sorted(files.items()), *sorted(others.items()))]
    return sha256(marshal.dumps(plain, 2)).hexdigest()


def signed(region: str, files: int, ledger: bytes, found: Survey) -> Written:
    """Give the record of a region's folder in which `files` were written, as it now stands."""
    stamp = signature(found.files, found.others)
    return Written(region, files, sha256(ledger).hexdigest(), stamp, youngest(found.files))


def youngest(files: Mapping[str, Stat]) -> int:
    """Give the time of the latest change."""
    return max((stat.mtime for stat in files.values()), default=0)
