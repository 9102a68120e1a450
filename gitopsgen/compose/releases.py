"""What a release may not set: a promotion changes the clusters of its batch, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.compose.findings import RELEASED_WEIGHT
from gitopsgen.compose.stacks import file_path
from gitopsgen.values import Problem, path_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.model.project import Project
    from gitopsgen.model.variant import Path


def released_weights(project: Project) -> Iterator[tuple[str, Problem]]:
    """Give each value of a release by which a total is divided: all members of the division would change with it."""
    for case, releases in project.releases.items():
        shares = project.blueprints[case].shares
        for release in releases.releases.values():
            for path in (path for share in shares for path in (share.total, share.weight)):
                if _has(release.layer.data, path):
                    message = (
                        f'release "{release.name}" sets "{path_text(path)}", which changes the shares of all cities'
                    )
                    hint = "set it in an overlay, for the whole fleet at once"
                    yield release.layer.file, Problem(RELEASED_WEIGHT, file_path(release.layer, path), message, hint)


def _has(data: Any, path: Path) -> bool:
    for step in path:
        if not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True
