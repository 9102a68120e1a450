"""Whether a plan changes which objects a region has: their kinds and namespaces, and what Argo CD is told of them."""

from __future__ import annotations

from typing import Final

from gitopsgen.tree.planning import RegionPlan

_TOLD: Final = ("app.json", "operators.json")  # what the fleet's own files are made of, besides kinds
_HEAD: Final = 256  # bytes that the first line, `apiVersion`, stays far below


def is_reshaped(plan: RegionPlan) -> bool:
    """Tell whether files come or go, or one of those that stay gets another API version.

    A file's name holds the kind of its object, its name, and its namespace where that is not the case's.
    """
    if plan.created or plan.deleted:
        return True
    return any(path.endswith(_TOLD) or _is_regrouped(plan, path) for path in plan.updated)


def _is_regrouped(plan: RegionPlan, path: str) -> bool:
    new = plan.writes[path.partition("/")[2]].content.partition(b"\n")[0]
    try:
        with (plan.output.path / path).open("rb") as file:
            return file.read(_HEAD).partition(b"\n")[0] != new
    except OSError:
        return True
