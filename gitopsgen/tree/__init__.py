"""The output tree and its ledgers: the only package that writes `generated/`.

Names are imported when they are first asked for: a run with nothing to do needs a fifth of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.model.rendered import Rendered
    from gitopsgen.tree.contents import Content, read_contents
    from gitopsgen.tree.inputs import replace_input
    from gitopsgen.tree.ledgers import read_ledgers
    from gitopsgen.tree.locking import Lock, lock
    from gitopsgen.tree.output import Output, output_of
    from gitopsgen.tree.planning import RegionPlan, plan
    from gitopsgen.tree.pruning import plan_pruning, sweep
    from gitopsgen.tree.records import Entry, Written
    from gitopsgen.tree.reshaping import is_reshaped
    from gitopsgen.tree.stat_cache import TreeState
    from gitopsgen.tree.traces import TracesPlan, plan_traces, read_traces, write_traces
    from gitopsgen.tree.verification import verify
    from gitopsgen.tree.writing import Staged, discard, settle, stage, write, write_all

_HOMES = {
    "Content": "tree.contents",
    "Entry": "tree.records",
    "Lock": "tree.locking",
    "Output": "tree.output",
    "RegionPlan": "tree.planning",
    "Rendered": "model.rendered",
    "Staged": "tree.writing",
    "TracesPlan": "tree.traces",
    "TreeState": "tree.stat_cache",
    "Written": "tree.records",
    "discard": "tree.writing",
    "is_reshaped": "tree.reshaping",
    "lock": "tree.locking",
    "output_of": "tree.output",
    "plan": "tree.planning",
    "plan_pruning": "tree.pruning",
    "plan_traces": "tree.traces",
    "read_contents": "tree.contents",
    "read_ledgers": "tree.ledgers",
    "read_traces": "tree.traces",
    "replace_input": "tree.inputs",
    "settle": "tree.writing",
    "stage": "tree.writing",
    "sweep": "tree.pruning",
    "verify": "tree.verification",
    "write": "tree.writing",
    "write_all": "tree.writing",
    "write_traces": "tree.traces",
}

__all__ = [
    "Content",
    "Entry",
    "Lock",
    "Output",
    "RegionPlan",
    "Rendered",
    "Staged",
    "TracesPlan",
    "TreeState",
    "Written",
    "discard",
    "is_reshaped",
    "lock",
    "output_of",
    "plan",
    "plan_pruning",
    "plan_traces",
    "read_contents",
    "read_ledgers",
    "read_traces",
    "replace_input",
    "settle",
    "stage",
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
    return getattr(import_module(f"gitopsgen.{_HOMES[name]}"), name)
