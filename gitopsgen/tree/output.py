"""The output directory, and the way down into it that no symbolic link can bend.

Opens directories; what is written into them is the business of `writing`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from gitopsgen.diagnostics import UsageError

# A directory, and that itself: a symbolic link is refused by the kernel, whenever it was put there.
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FOLLOWED = DIRECTORY & ~os.O_NOFOLLOW
STATE = ".gitopsgen"


@dataclass(frozen=True, slots=True)
class Output:
    """Where a run writes.

    No directory below `anchor` is reached through a symbolic link; `label` is how findings name the output;
    `state` is the untracked directory for the lock and the stat cache.
    """

    path: Path
    anchor: Path
    label: str
    state: Path

    @property
    def state_name(self) -> str:
        """Name the files of this output in the state directory, which outputs of one project share."""
        return self.label.replace("%", "%25").replace("/", "%2F") if self.state.parent != self.path else "output"


def output_of(root: Path, generated: str, chosen: Path | None = None) -> Output:
    """Give the output directory of a project: `generated` of its settings, or what the command line chose.

    Raises UsageError where the project's own setting leaves the project.
    """
    if chosen is None:
        parts = PurePosixPath(generated).parts
        if not parts or generated.startswith("/") or ".." in parts:
            raise UsageError(f'paths.generated is "{generated}", expected a directory inside the project')
        return Output(root / generated, root, "/".join(parts), root / STATE)
    inside, path = root.resolve(), chosen.resolve()
    if path == inside or inside not in path.parents:
        return Output(chosen, chosen, str(chosen), chosen / STATE)
    return Output(chosen, chosen, path.relative_to(inside).as_posix(), root / STATE)


@contextmanager
def opened(output: Output, *, create: bool = False) -> Iterator[int]:
    """Open the output directory; raises OSError where it is not there or stands behind a symbolic link."""
    if create:
        output.anchor.mkdir(parents=True, exist_ok=True)
    with Descent(os.open(output.anchor, FOLLOWED)) as way:
        yield way.to(output.path.relative_to(output.anchor).as_posix().removeprefix("."), create=create)


class Descent:
    """Goes from one directory below a start to the next, keeping open what the two have in common.

    Sorted paths thus cost one call for each directory, and never more descriptors than the tree is deep.
    """

    def __init__(self, start: int) -> None:
        """Take over the descriptor of the directory to start from."""
        self._stack: list[tuple[str, int]] = [("", start)]

    def __enter__(self) -> Self:
        """Stand at the start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every descriptor, that of the start included."""
        while self._stack:
            os.close(self._stack.pop()[1])

    def to(self, folder: str, *, create: bool = False) -> int:
        """Give the descriptor of `folder` (`""` is the start), valid until the next call.

        Raises OSError where a part is not there (unless it is to be made) or is no directory itself.
        """
        here, descriptor = self._stack[-1]
        if here == folder:
            return descriptor
        while here and not folder.startswith(f"{here}/"):
            os.close(self._stack.pop()[1])
            here, descriptor = self._stack[-1]
            if here == folder:
                return descriptor
        for name in folder[len(here) :].strip("/").split("/"):
            here, descriptor = f"{here}/{name}".lstrip("/"), _step(name, descriptor, create=create)
            self._stack.append((here, descriptor))
        return descriptor


def _step(name: str, above: int, *, create: bool) -> int:
    try:
        return os.open(name, DIRECTORY, dir_fd=above)
    except FileNotFoundError:
        if not create:
            raise
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=above)
        return os.open(name, DIRECTORY, dir_fd=above)
