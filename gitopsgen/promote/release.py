"""A new release: the values of the one that it follows, and over them what is set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.rollout import Batch, Releases, values_of
from gitopsgen.model.variant import Path
from gitopsgen.promote.changes import NONE, NewRelease

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a new release is made of: what it sets, the day, its name (empty for the next number), and what it follows.

    `after` names a release, or `none`; empty for the one that its clusters run.
    """

    sets: Sequence[tuple[Path, Any]]
    date: str
    name: str = ""
    after: str = ""


def new_release(releases: Releases, batch: Batch, recipe: Recipe) -> NewRelease:
    """Give the release that a batch is to get.

    Raises `UsageError` for a name that is taken, and where the batch does not run one release.
    """
    name = recipe.name or _next_name(releases)
    if not _NAME.fullmatch(name) or name == NONE:
        raise UsageError(f'"{name}" is no name of a release: lower-case letters, digits and dashes, and not "{NONE}"')
    if name in releases.releases:
        raise UsageError(f'there is a release "{name}" already; give the new one another name with --name')
    before = values_of(releases.releases.get(_followed(releases, batch, recipe.after)))
    values = _over(before, recipe.sets)
    if values == before:
        raise UsageError("the new release would have the values of the one that it follows; --next brings that one on")
    return NewRelease(name, recipe.date, values)


def _next_name(releases: Releases) -> str:
    numbers = (int(name[1:]) for name in releases.releases if re.fullmatch(r"r[0-9]{1,9}", name))
    return f"r{max(numbers, default=0) + 1}"


def _followed(releases: Releases, batch: Batch, after: str) -> str:
    if after:
        if after != NONE and after not in releases.releases:
            raise UsageError(f'release "{after}" does not exist, known are {", ".join(releases.releases) or "none"}')
        return after
    run = {releases.of(cluster) for cluster in batch.clusters}
    if len(run) > 1:
        names = ", ".join(sorted(name or NONE for name in run))
        raise UsageError(
            f"the clusters of {batch} run different releases ({names}): say with --after which one it follows"
        )
    return run.pop()


def _over(before: Mapping[str, Any], sets: Sequence[tuple[Path, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = deepcopy(dict(before))
    paths = {path for path, _ in sets}
    for path, value in sets:
        below = values
        for step in path[:-1]:
            inner = below.get(str(step))
            below[str(step)] = inner = inner if isinstance(inner, dict) else {}
            below = inner
        below[str(path[-1])] = value
        if path[-1] == "tag" and (*path[:-1], "digest") not in paths:
            below.pop("digest", None)  # the digest of the former tag
    return values
