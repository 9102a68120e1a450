"""Values in layers: merged, traced to the layer that set them, judged by their schema.

Pure functions over plain data; must not know projects, regions or files.
"""

from __future__ import annotations

from gitopsgen.source import Tagged
from gitopsgen.values.findings import Problem
from gitopsgen.values.fold import Fold
from gitopsgen.values.located import locate_problems
from gitopsgen.values.merge import Merged, merge, merge_over, same
from gitopsgen.values.path import parse_path, path_text
from gitopsgen.values.plan import MERGE_KEYWORD, Plan, plan_of
from gitopsgen.values.trace import Contribution, Trace, trace
from gitopsgen.values.violations import Judge, Kinds, did_you_mean, echoes

__all__ = [
    "MERGE_KEYWORD",
    "Contribution",
    "Fold",
    "Judge",
    "Kinds",
    "Merged",
    "Plan",
    "Problem",
    "Tagged",
    "Trace",
    "did_you_mean",
    "echoes",
    "locate_problems",
    "merge",
    "merge_over",
    "parse_path",
    "path_text",
    "plan_of",
    "same",
    "trace",
]
