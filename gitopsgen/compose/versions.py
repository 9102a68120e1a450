"""Whether the versions of a version set fit together: what their makers test, and until when they mend.

Pure; compares with the day on which the set was checked, never with today's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.compose.findings import PAST_END_OF_LIFE, UNTESTED_VERSION
from gitopsgen.values import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.model.project import VersionSet
    from gitopsgen.model.variant import Path

_RANGE: Final = re.compile(r"(\d+)\.(\d+)-(\d+)\.(\d+)")


def version_problems(versions: VersionSet) -> Iterator[Problem]:
    """Give every pin outside the range that its makers test, and every one past its end; not those accepted."""
    checked = str(versions.data.get("checked", ""))
    for path, pin in _pins(versions.data, ()):
        if "accepted" in pin:
            continue
        span, end = pin.get("worksWith"), pin.get("endOfLife")
        if isinstance(span, str) and not _is_within(versions.kubernetes, span):
            message = f'"{path[-1]}" is tested with Kubernetes {span}, this version set has {versions.kubernetes}'
            cure = 'pin another version, or say why in "accepted"'
            yield Problem(UNTESTED_VERSION, (*path, "worksWith"), message, cure)
        if isinstance(end, str) and checked > end:
            message = f'"{path[-1]}" was past its end of life ({end}) when the version set was checked ({checked})'
            yield Problem(PAST_END_OF_LIFE, (*path, "endOfLife"), message, "move its clusters to a newer version set")


def _pins(data: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield (*path, name), value
            if name == "operators":
                yield from _pins(value, (*path, name))


def _is_within(version: str, span: str) -> bool:
    found = _RANGE.fullmatch(span)
    if found is None:
        return False
    low, high = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
    return low <= tuple(int(part) for part in version.split(".")[:2]) <= high
