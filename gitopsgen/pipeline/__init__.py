"""The stages put together: what each command does, as one function.

Names are imported when they are first asked for: a run with nothing to do needs a tenth of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.pipeline.comparison import DiffOptions, DiffReport, diff
    from gitopsgen.pipeline.evidence import evidence
    from gitopsgen.pipeline.explain import Explanation, explain
    from gitopsgen.pipeline.impact import Impact, impact
    from gitopsgen.pipeline.options import RenderOptions, RenderReport
    from gitopsgen.pipeline.promotion import Promotion, PromotionReport, Rollback, promote, rollback, status
    from gitopsgen.pipeline.start import render
    from gitopsgen.pipeline.verify import verify

_HOMES = {
    "DiffOptions": "comparison",
    "DiffReport": "comparison",
    "Explanation": "explain",
    "Impact": "impact",
    "Promotion": "promotion",
    "PromotionReport": "promotion",
    "RenderOptions": "options",
    "RenderReport": "options",
    "Rollback": "promotion",
    "diff": "comparison",
    "evidence": "evidence",
    "explain": "explain",
    "impact": "impact",
    "promote": "promotion",
    "render": "start",
    "rollback": "promotion",
    "status": "promotion",
    "verify": "verify",
}

__all__ = [
    "DiffOptions",
    "DiffReport",
    "Explanation",
    "Impact",
    "Promotion",
    "PromotionReport",
    "RenderOptions",
    "RenderReport",
    "Rollback",
    "diff",
    "evidence",
    "explain",
    "impact",
    "promote",
    "render",
    "rollback",
    "status",
    "verify",
]


def __getattr__(name: str) -> object:
    """Import a public name from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found  # a submodule of the same name must not take its place
    return found
