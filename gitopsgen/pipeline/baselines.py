"""A baseline: what was found when a repository adopted the checks, so that only what is new fails.

A finding is known again by code, file and message, not by its line: lines move.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import Diagnostic, Severity, UsageError

_FORMAT: Final = 1
Key = tuple[str, str, str]


def read_baseline(path: Path) -> Counter[Key]:
    """Give how often each finding is known; raises `UsageError` where the file is no baseline."""
    try:
        whole = json.loads(path.read_text("utf-8"))
        if whole["baseline"] != _FORMAT:
            raise UsageError(f"{path}: is a baseline of another format, write it anew with --write-baseline")
        entries = [
            ((str(one["code"]), str(one["file"]), str(one["message"])), int(one["count"])) for one in whole["findings"]
        ]
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {(error.strerror or '').lower()}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: is no baseline: write one with --write-baseline") from error
    return Counter(dict(entries))


def baseline_text(found: Iterable[Diagnostic]) -> str:
    """Give the text of a baseline that knows these findings; what is information needs none."""
    counted = Counter(_key(one) for one in found if one.severity is not Severity.INFO)
    entries = [
        {"code": code, "file": file, "message": message, "count": count}
        for (code, file, message), count in sorted(counted.items())
    ]
    return json.dumps({"baseline": _FORMAT, "findings": entries}, indent=1, ensure_ascii=False) + "\n"


def without_known(found: Iterable[Diagnostic], baseline: Counter[Key]) -> tuple[list[Diagnostic], int, int]:
    """Give the findings that are new, how many are not, and how many entries nothing answers to any more."""
    left = Counter(baseline)
    new = []
    known = 0
    for one in found:
        if left[_key(one)] > 0:
            left[_key(one)] -= 1
            known += 1
        else:
            new.append(one)
    return new, known, sum(left.values())


def _key(one: Diagnostic) -> Key:
    return one.code, one.location.file, one.message
