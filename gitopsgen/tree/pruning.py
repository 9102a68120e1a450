"""What stays behind: folders of regions that no longer exist, and stages of stopped runs.

Plans and clears; which regions exist is for the caller to say.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.tree.findings import refused, shown
from gitopsgen.tree.holding import ledger_folders
from gitopsgen.tree.output import DIRECTORY, Output, opened
from gitopsgen.tree.paths import STAGE
from gitopsgen.tree.planning import RegionPlan, plan
from gitopsgen.tree.records import place


def plan_pruning(output: Output, regions: Collection[str], *, force: bool = False) -> Iterator[RegionPlan]:
    """Plan the removal of what the ledgers of regions claim that are not among `regions` any more.

    For a run over the whole fleet only; `regions` names `argocd` too.
    """
    folders: tuple[str, ...] = ()
    with suppress(OSError):  # the plans of the regions that there are tell it
        folders = ledger_folders(output)
    for region in folders:
        if region not in regions:
            removal = plan(output, region, (), force=force)
            if removal.failed or not removal.is_noop:
                yield removal


def sweep(output: Output) -> tuple[Diagnostic, ...]:
    """Remove the stages that stopped runs left in the output directory; the caller holds the lock."""
    stage = ""
    try:
        with opened(output) as top, os.scandir(top) as entries:
            for stage in sorted(one.name for one in entries if one.name.startswith(STAGE)):
                remove_tree(stage, top)
    except FileNotFoundError:
        return ()
    except OSError as error:
        return (refused(place(output, "", shown(stage)), error, "removed"),)
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
