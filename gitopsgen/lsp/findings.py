"""Our findings as the protocol's diagnostics, by file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.lsp.positions import Text

_SEVERITIES: Final = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}
_OF_THE_TREE: Final = "GG85"  # whether files are up to date is asked by `verify`

Link = Callable[[Location], dict[str, Any]]  # a place as the protocol's location


def by_file(
    found: Iterable[Diagnostic], root: Path, text_of: Callable[[str], Text], link: Link
) -> dict[str, list[dict[str, Any]]]:
    """Give what is shown in each file of the project; what stands in no file is left out."""
    files: dict[str, list[dict[str, Any]]] = {}
    for one in dict.fromkeys(found):
        if one.code.startswith(_OF_THE_TREE) or not (root / one.location.file).is_file():
            continue
        files.setdefault(one.location.file, []).append(_diagnostic(one, root, text_of(one.location.file), link))
    return files


def _diagnostic(one: Diagnostic, root: Path, text: Text, link: Link) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "range": text.range(one.location.line, one.location.column),
        "severity": _SEVERITIES[one.severity],
        "code": one.code,
        "source": "gitopsgen",
        "message": f"{one.message}\nhint: {one.hint}" if one.hint else one.message,
    }
    page = root / "docs/rules" / f"{one.name}.md"
    if page.is_file():
        shown["codeDescription"] = {"href": page.as_uri()}
    related = [each for each in one.related if (root / each.location.file).is_file()]
    if related:
        shown["relatedInformation"] = [{"location": link(each.location), "message": each.message} for each in related]
    return shown
