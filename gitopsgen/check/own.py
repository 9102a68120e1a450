"""Rules that stand in no cluster and not in this program: those of whoever asks for a check."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from threading import current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import Path

if TYPE_CHECKING:
    from gitopsgen.policy.own import Own

Said = tuple[Path, str] | str
_PAIR: Final = 2
_LONGEST: Final = 10  # seconds of the processor, for all that a rule says of one object


@dataclass(frozen=True, slots=True)
class Function:
    """A rule in Python: what it is called, and what gives its complaints about an object.

    `endless` holds why it is not asked again.
    """

    name: str
    check: Callable[[Mapping[str, Any]], Iterable[Said]]
    endless: list[TimeoutError] = field(default_factory=list)

    def complaints(self, data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """Give field and message of each complaint."""
        if self.endless:
            raise self.endless[0]
        try:
            with bounded():
                found = self.check(data) or ()
                said = [_complaint(one) for one in ((found,) if isinstance(found, str) else found)]
        except TimeoutError as error:
            self.endless.append(error)
            raise
        yield from said


def _complaint(one: Any) -> tuple[Path, str]:
    if isinstance(one, str):
        return (), one
    is_pair = isinstance(one, tuple) and len(one) == _PAIR and isinstance(one[0], (tuple, list, str))
    if not is_pair or not isinstance(one[1], str):
        raise TypeError(f"the rule gives {one!r}, expected a text, or a path and a text")
    return (tuple(one[0].split(".")) if isinstance(one[0], str) else tuple(one[0])), one[1]


class _Endless(BaseException):
    """A rule that did not come back; no `Exception`, which the rule might catch itself."""


@contextmanager
def bounded() -> Iterator[None]:
    """Raise `TimeoutError` where what runs inside takes too long, and keep what it prints out of the report."""
    with redirect_stdout(sys.stderr), _timed():
        yield


@contextmanager
def _timed() -> Iterator[None]:
    if not hasattr(signal, "SIGVTALRM") or current_thread() is not main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise _Endless

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST, 1)
    try:
        yield
    except _Endless as error:
        reason = f"took more than {_LONGEST} s of processor time, so it was ended"
        raise TimeoutError(reason).with_traceback(error.__traceback__) from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


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
