"""What every project starts from and this repository has once: components, schemas of custom kinds, a version set.

In a wheel they stand below the package (`[tool.hatch.build.targets.wheel.force-include]`); in a checkout at its root.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PACKED: Final = Path(__file__).parent / "library"
ROOT: Final = _PACKED if _PACKED.is_dir() else Path(__file__).parents[2]
COMPONENTS: Final = "blueprints/components"
VERSION_SET: Final = "overlays/version-sets/modern.yaml"
SCHEMAS: Final = "schemas/modern"

# A template may include or import those of another component.
_REFERENCE: Final = re.compile(rb"""["']components/([a-z0-9-]+)/""")


def files_below(folder: str) -> dict[str, bytes]:
    """Give the files of a folder of the library, by their path in a project."""
    paths = sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def file(path: str) -> bytes:
    """Give one file of the library."""
    return (ROOT / path).read_bytes()


def components(names: Iterable[str]) -> dict[str, bytes]:
    """Give the files of components, and of those whose templates they include."""
    pending, files = sorted(set(names)), {}
    known = set(pending)
    while pending:
        found = files_below(f"{COMPONENTS}/{pending.pop()}")
        files.update(found)
        new = {name.decode() for text in found.values() for name in _REFERENCE.findall(text)} - known
        known |= new
        pending.extend(sorted(new))
    return files


def names() -> tuple[str, ...]:
    """Give the names of all components of the library."""
    return tuple(sorted(path.parent.name for path in (ROOT / COMPONENTS).glob("*/component.yaml")))
