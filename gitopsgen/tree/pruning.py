"""What stays behind: folders of regions that no longer exist, and stages of stopped runs.

Plans and clears; which regions exist is for the caller to say.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator

from gitopsgen.tree.holding import ledger_folders
from gitopsgen.tree.output import DIRECTORY, Output, opened
from gitopsgen.tree.paths import STAGE
from gitopsgen.tree.planning import RegionPlan, plan


def plan_pruning(output: Output, regions: Collection[str], *, force: bool = False) -> Iterator[RegionPlan]:
    """Plan the removal of what the ledgers of regions claim that are not among `regions` any more.

    For a run over the whole fleet only; `regions` names `argocd` too.
    """
    for region in ledger_folders(output):
        if region not in regions:
            removal = plan(output, region, (), force=force)
            if removal.failed or not removal.is_noop:
                yield removal


def sweep(output: Output) -> tuple[str, ...]:
    """Remove the stages that stopped runs left in the output directory; the caller holds the lock."""
    try:
        with opened(output) as top:
            with os.scandir(top) as entries:
                stages = sorted(one.name for one in entries if one.name.startswith(STAGE))
            for stage in stages:
                remove_tree(stage, top)
            return tuple(stages)
    except FileNotFoundError:
        return ()


def remove_tree(name: str, above: int) -> None:
    """Remove a directory with all that is in it; what a symbolic link points to stays."""
    descriptor = os.open(name, DIRECTORY, dir_fd=above)
    try:
        with os.scandir(descriptor) as entries:
            found = [(one.name, one.is_dir(follow_symlinks=False)) for one in entries]
        for below, is_directory in found:
            if is_directory:
                remove_tree(below, descriptor)
            else:
                os.unlink(below, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    os.rmdir(name, dir_fd=above)
