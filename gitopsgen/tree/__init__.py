"""The output tree and its ledgers: the only package that writes `generated/`."""

from gitopsgen.tree.output import Output, output_of
from gitopsgen.tree.plan import RegionPlan, plan
from gitopsgen.tree.prune import plan_pruning, sweep
from gitopsgen.tree.records import Rendered, Written
from gitopsgen.tree.write import write, write_all

__all__ = [
    "Output",
    "RegionPlan",
    "Rendered",
    "Written",
    "output_of",
    "plan",
    "plan_pruning",
    "sweep",
    "write",
    "write_all",
]
