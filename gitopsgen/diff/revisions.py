"""The output tree as Git has it: what differs between two revisions, or a revision and the work tree.

Asks Git and reads the files that differ; writes nothing into the repository or its work tree.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.diff.difference import FilePair, order_of
from gitopsgen.source import read_bytes

_BATCH: Final = 1000  # objects that are read at a time: bounds the memory
_ABSENT: Final = "0" * 40
_FILES: Final = ("100644", "100755")


class GitError(UsageError):
    """Git refused; says what Git said."""


class Repository:
    """The repository that a project stands in; paths are relative to the project's root."""

    def __init__(self, root: Path) -> None:
        """Look for the repository; raises `UsageError` where there is none."""
        self.root = root
        try:
            self._ask("rev-parse", "--git-dir")
        except FileNotFoundError:
            raise UsageError("git is needed to compare revisions, and is not on the PATH") from None
        except GitError as error:
            if "not a git repository" not in str(error):
                raise
            raise UsageError("the project is in no Git repository: there is nothing to compare with") from None

    def commit(self, revision: str) -> str:
        """Give the commit that a person names; raises `UsageError` where there is none."""
        try:
            return self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
        except GitError:
            raise UsageError(f'"{revision}" is no revision of this repository: name one with --base') from None

    def said_of(self, commit: str) -> dict[str, str]:
        """Give `author` (name and address), `date` (RFC 3339), `subject` and `body` of a commit."""
        names = ("author", "date", "subject", "body")
        told = self._ask("show", "--no-patch", "--format=%an <%ae>%x00%aI%x00%s%x00%b", commit)
        return dict(zip(names, map(str.strip, told.split("\0")), strict=True))

    def fork(self, base: str, head: str) -> str:
        """Give the commit where a branch left another one; raises `UsageError` where they have none in common."""
        try:
            return self._ask("merge-base", base, head).split()[0]
        except GitError:
            raise UsageError("the two revisions have no common ancestor: compare them with --direct") from None

    def files(self, commit: str, folder: str) -> tuple[str, ...]:
        """Give the paths of all files of a commit below a folder."""
        return tuple(_words(self._ask("ls-tree", "-r", "--name-only", "-z", commit, "--", f"{folder}/")))

    def contents(self, commit: str | None, paths: Iterable[str]) -> dict[str, bytes]:
        """Give files of a commit, or of the work tree, by path; those that are not there are left out."""
        wanted = list(paths)
        if commit is None:
            texts = [read_bytes(self.root, path).value for path in wanted]
        else:
            prefix = self._ask("rev-parse", "--show-prefix").strip()
            texts = self._objects([f"{commit}:{prefix}{path}" for path in wanted])
        return {path: text for path, text in zip(wanted, texts, strict=True) if text is not None}

    def place(self, path: Path) -> Path:
        """Give where a path stands below the top of the repository; raises `UsageError` where it stands elsewhere."""
        top = Path(self._ask("rev-parse", "--show-toplevel").removesuffix("\n"))
        try:
            return path.resolve().relative_to(top.resolve())
        except ValueError:
            raise UsageError(f'"{path}" does not stand in the repository {top}') from None

    def export(self, commit: str, folder: Path) -> None:
        """Write all files of a commit into a folder, which is to be outside of the repository."""
        index = {"GIT_INDEX_FILE": str(folder / ".git-index")}
        top = self._ask("rev-parse", "--show-toplevel").removesuffix("\n")
        self._run(("read-tree", commit), environment=index)
        self._run(("-C", top, "checkout-index", "--all", f"--prefix={folder}/"), environment=index)

    def changed(self, base: str, head: str | None, paths: Sequence[str]) -> list[tuple[str, str, str]]:
        """Give path, and object before and after, of all files that differ below some paths.

        Without a head the work tree is compared, with files that Git does not know yet and does not ignore.
        An object is empty where there is no file; in the work tree what stands for it is no object.
        """
        between = ["diff-tree", "-r", base, head] if head else ["diff-index", base]
        told = _words(
            self._ask(
                *between, "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", "--relative", "-z", "--", *paths
            )
        )
        found = {path: _sides(line) for line, path in zip(told[::2], told[1::2], strict=True)}
        if head is None:
            for path in _words(self._ask("ls-files", "--others", "--exclude-standard", "-z", "--", *paths)):
                found[path] = found.get(path, ("", ""))[0], "."
        return [(path, *found[path]) for path in sorted(found, key=order_of)]

    def pairs(self, changed: Iterable[tuple[str, str, str]], *, in_work_tree: bool) -> Iterator[FilePair]:
        """Read both versions of files that differ; some at a time."""
        rest = iter(changed)
        while some := list(islice(rest, _BATCH)):
            old = self._objects([before for _, before, _ in some])
            if in_work_tree:
                new = [read_bytes(self.root, path).value if after else None for path, _, after in some]
            else:
                new = self._objects([after for _, _, after in some])
            for (path, _, _), before, after in zip(some, old, new, strict=True):
                if before != after:
                    yield FilePair(path, before, after)

    def _objects(self, names: Sequence[str]) -> list[bytes | None]:
        """Give the contents of objects, None for one that is not named or not there."""
        asked = [name for name in names if name and "\n" not in name]
        told = self._run(("cat-file", "--batch"), "".join(f"{name}\n" for name in asked).encode()) if asked else b""
        found: dict[str, bytes | None] = {}
        at = 0
        for name in asked:
            end = told.index(b"\n", at)
            head = told[at:end].rsplit(b" ", 2)
            is_there = len(head) == 3 and head[1] == b"blob"  # noqa: PLR2004 - name, type and size
            size = int(head[2]) if is_there else -1
            found[name] = told[end + 1 : end + 1 + size] if is_there else None
            at = end + 1 + size + 1
        return [found.get(name) for name in names]

    def _ask(self, *words: str) -> str:
        return self._run(words).decode("utf-8", "surrogateescape")

    def _run(self, words: Sequence[str], text: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        command = ["git", "--no-optional-locks", "-C", str(self.root), *words]
        whole = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}  # its words are looked at
        done = subprocess.run(command, input=text, env=whole, capture_output=True, check=False)  # noqa: S603 - git, no shell
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
            raise GitError(f"git {words[0]} failed: {told or done.returncode}")
        return done.stdout


def _sides(line: str) -> tuple[str, str]:
    modes, objects = line[1:].split()[:2], line.split()[2:4]
    status = line.split()[4][:1]
    old = objects[0] if modes[0] in _FILES else ""
    new = "" if modes[1] not in _FILES else objects[1] if objects[1] != _ABSENT else "."
    return ("" if status == "A" else old), ("" if status == "D" else new)


def _words(text: str) -> list[str]:
    return text.split("\0")[:-1]
