"""Digests that tell whether anything which a result depends on has changed."""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from gitopsgen import __version__

SETTINGS: Final = "gitopsgen.yaml"
_ENGINES: Final = ("cel_expr_python", "jinja2", "jsonschema_rs", "kubernetes_validate", "regorus", "yaml")
_GENERATED: Final = re.compile(rb"^\s*generated\s*:|\bgenerated\s*:", re.MULTILINE)


@cache
def tool_key() -> str:
    """Give a digest of this program: its version, the stats of its files, and the libraries it judges by."""
    package = Path(__file__).parent.parent
    parts = [__version__, sys.version]
    parts += [f"{path} {stat.st_mtime_ns} {stat.st_size}" for path, stat in _stats(str(package))]
    for name in _ENGINES:
        spec = find_spec(name)
        for place in [spec.origin] if spec and spec.origin else (spec and spec.submodule_search_locations) or ():
            stat = Path(place).stat()
            parts.append(f"{place} {stat.st_mtime_ns} {stat.st_size}")
    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _stats(directory: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _stats(entry.path)
            else:
                yield entry.path, entry.stat(follow_symlinks=False)


def inputs_key(root: Path, folders: Sequence[str]) -> str | None:
    """Give a digest of all input files, None where they cannot all be read as plain files."""
    whole = sha256()
    try:
        for path in (SETTINGS, *(file for folder in folders for file in _files(root, folder))):
            descriptor = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                whole.update(path.encode("utf-8", "surrogateescape") + b"\0" + sha256(file.read()).digest())
    except OSError:
        return None
    return whole.hexdigest()


def _files(root: Path, folder: str) -> Iterator[str]:
    with os.scandir(root / folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            path = f"{folder}/{entry.name}"
            if entry.is_symlink():
                raise OSError(f"{path} is a symbolic link")
            if entry.is_dir():
                yield from _files(root, path)
            else:
                yield path


def names_other_output(root: Path) -> bool:
    """Tell whether the settings may name another output directory than the usual one."""
    try:
        return _GENERATED.search((root / SETTINGS).read_bytes()) is not None
    except OSError:
        return True


def digests_key(digests: Mapping[str, str], folders: Iterable[str]) -> str:
    """Give a digest of the input files below some folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    lines = (f"{path} {digest}" for path, digest in digests.items() if path.startswith(starts))
    return sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def region_key(common: str, variants: Iterable[Any]) -> str:
    """Give a digest of what a region's files are made of, `common` standing for what all regions share."""
    whole = sha256(common.encode())
    for variant in variants:
        context = {root: value for root, value in variant.context.items() if root != "files"}
        patches = [repr(patch) for patch in variant.patches]
        whole.update(marshal.dumps((str(variant.id), context, patches), 2))
    return whole.hexdigest()
