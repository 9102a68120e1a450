"""The block that a user pastes into an issue when the program itself is wrong."""

from __future__ import annotations

import platform
import shlex
import traceback
from collections.abc import Sequence

from gitopsgen import __version__


def block(error: BaseException, arguments: Sequence[str]) -> str:
    """Give version, command and traceback; values of `--set` are left out, as they may be secret."""
    command = shlex.join(["gitopsgen", *_without_values(arguments)])
    return "\n".join(
        (
            "gitopsgen: this is a bug of gitopsgen, not of your project. Please report what follows.",
            "",
            f"version: gitopsgen {__version__}, Python {platform.python_version()}, {platform.system()}",
            f"command: {command}",
            "".join(traceback.format_exception(error)).rstrip(),
        )
    )


def _without_values(arguments: Sequence[str]) -> list[str]:
    shown: list[str] = []
    for before, argument in zip(("", *arguments), arguments, strict=False):
        is_setting = before == "--set" or argument.startswith("--set=")
        cut = argument.find("=", len("--set=")) if argument.startswith("--set=") else argument.find("=")
        shown.append(f"{argument[: cut + 1]}…" if is_setting and cut >= 0 else argument)
    return shown
