"""The stages put together: what each command does, as one function.

Names are imported when they are first asked for: a run with nothing to do needs a tenth of them.
No module here is called as a name that it gives: whoever imports the module would get it in the place of the name.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.pipeline.checking import CheckOptions, CheckReport, check_manifests, check_project
    from gitopsgen.pipeline.comparison import DiffOptions, DiffReport, diff
    from gitopsgen.pipeline.dependents import Impact, impact
    from gitopsgen.pipeline.explanations import Explanation, explain
    from gitopsgen.pipeline.options import RenderOptions, RenderReport
    from gitopsgen.pipeline.overview.writing import WrittenReport, write_report
    from gitopsgen.pipeline.promotion import Promotion, PromotionReport, Rollback, promote, rollback, status
    from gitopsgen.pipeline.start import render
    from gitopsgen.pipeline.support import evidence
    from gitopsgen.pipeline.verification import verify

_HOMES = {
    "CheckOptions": "checking",
    "CheckReport": "checking",
    "DiffOptions": "comparison",
    "DiffReport": "comparison",
    "Explanation": "explanations",
    "Impact": "dependents",
    "Promotion": "promotion",
    "PromotionReport": "promotion",
    "RenderOptions": "options",
    "RenderReport": "options",
    "Rollback": "promotion",
    "WrittenReport": "overview.writing",
    "check_manifests": "checking",
    "check_project": "checking",
    "diff": "comparison",
    "evidence": "support",
    "explain": "explanations",
    "impact": "dependents",
    "promote": "promotion",
    "render": "start",
    "rollback": "promotion",
    "status": "promotion",
    "verify": "verification",
    "write_report": "overview.writing",
}

__all__ = [
    "CheckOptions",
    "CheckReport",
    "DiffOptions",
    "DiffReport",
    "Explanation",
    "Impact",
    "Promotion",
    "PromotionReport",
    "RenderOptions",
    "RenderReport",
    "Rollback",
    "WrittenReport",
    "check_manifests",
    "check_project",
    "diff",
    "evidence",
    "explain",
    "impact",
    "promote",
    "render",
    "rollback",
    "status",
    "verify",
    "write_report",
]


def __getattr__(name: str) -> object:
    """Import a public name from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
