"""Why a policy says nothing."""

from __future__ import annotations


class PolicyError(Exception):
    """A policy that was not evaluated: why, and on which line of which module, where that is known.

    `is_ours` tells that Gatekeeper would take it: it asks for what a cluster has, and a check has not.
    `is_static` tells that it is wrong whatever it is asked.
    """

    column: int = 0

    def __init__(
        self, message: str, module: str = "", line: int = 0, *, is_ours: bool = False, is_static: bool = False
    ) -> None:
        """Take what is known of it."""
        super().__init__(message)
        self.message = message
        self.module = module
        self.line = line
        self.is_ours = is_ours
        self.is_static = is_static
