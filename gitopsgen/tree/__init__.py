"""The output tree and its ledgers: the only package that writes `generated/`.

Names are imported when they are first asked for: a run with nothing to do needs a fifth of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.tree.ledgers import read_ledgers
    from gitopsgen.tree.locking import Lock, lock
    from gitopsgen.tree.output import Output, output_of
    from gitopsgen.tree.planning import RegionPlan, plan
    from gitopsgen.tree.pruning import plan_pruning, sweep
    from gitopsgen.tree.records import Entry, Rendered, Written
    from gitopsgen.tree.stat_cache import TreeState
    from gitopsgen.tree.traces import TracesPlan, plan_traces, read_traces, write_traces
    from gitopsgen.tree.verification import verify
    from gitopsgen.tree.writing import write, write_all

_HOMES = {
    "Entry": "records",
    "Lock": "locking",
    "Output": "output",
    "RegionPlan": "planning",
    "Rendered": "records",
    "TracesPlan": "traces",
    "TreeState": "stat_cache",
    "Written": "records",
    "lock": "locking",
    "output_of": "output",
    "plan": "planning",
    "plan_pruning": "pruning",
    "plan_traces": "traces",
    "read_ledgers": "ledgers",
    "read_traces": "traces",
    "sweep": "pruning",
    "verify": "verification",
    "write": "writing",
    "write_all": "writing",
    "write_traces": "traces",
}

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


def __getattr__(name: str) -> object:
    """Import a public name from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
