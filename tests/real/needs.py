"""What a test does where a program or a folder is missing that it needs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from .builds import UnavailableError


def without(reason: str) -> NoReturn:
    """Leave out a test; fail it where everything is said to be at hand."""
    # There, a check that does not run must not look like one that passed.
    if os.environ.get("GITOPSGEN_REAL_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


def program(component: Callable[[], Path]) -> str:
    """Give the path of one of `components`, or leave out the test."""
    try:
        return str(component())
    except UnavailableError as missing:
        without(str(missing))
