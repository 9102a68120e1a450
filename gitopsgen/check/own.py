"""Rules that stand in no cluster and not in this program: those of whoever asks for a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import Path

if TYPE_CHECKING:
    from gitopsgen.policy.own import Own

Said = tuple[Path, str] | str


class Function(NamedTuple):
    """A rule in Python: what it is called, and what gives its complaints about an object."""

    name: str
    check: Callable[[Mapping[str, Any]], Iterable[Said]]

    def complaints(self, data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """Give field and message of each complaint."""
        for one in self.check(data) or ():
            yield ((), one) if isinstance(one, str) else (tuple(one[0]), str(one[1]))


@dataclass(frozen=True, slots=True)
class OwnRules:
    """Objects for Gatekeeper, policies in Rego a folder, and functions in Python."""

    objects: tuple[Manifest, ...] = ()
    policies: tuple[Own, ...] = ()
    functions: tuple[Function, ...] = ()

    def joined(self, more: OwnRules) -> OwnRules:
        """Give these rules and more."""
        return OwnRules(
            (*self.objects, *more.objects), (*self.policies, *more.policies), (*self.functions, *more.functions)
        )

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.objects or self.policies or self.functions)


def line_in(error: BaseException, file: str) -> int | None:
    """Give the line of a file that an error was last seen on."""
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
