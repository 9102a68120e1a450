"""The output tree and its ledgers: the only package that writes `generated/`."""

from gitopsgen.tree.ledgers import read_ledgers
from gitopsgen.tree.lock import Lock, lock
from gitopsgen.tree.output import Output, output_of
from gitopsgen.tree.plan import RegionPlan, plan
from gitopsgen.tree.prune import plan_pruning, sweep
from gitopsgen.tree.records import Entry, Rendered, Written
from gitopsgen.tree.stat_cache import TreeState
from gitopsgen.tree.traces import TracesPlan, plan_traces, read_traces, write_traces
from gitopsgen.tree.verify import verify
from gitopsgen.tree.write import write, write_all

__all__ = [
    "Entry",
    "Lock",
    "Output",
    "RegionPlan",
    "Rendered",
    "TracesPlan",
    "TreeState",
    "Written",
    "lock",
    "output_of",
    "plan",
    "plan_pruning",
    "plan_traces",
    "read_ledgers",
    "read_traces",
    "sweep",
    "verify",
    "write",
    "write_all",
    "write_traces",
]
