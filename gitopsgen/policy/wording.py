"""What the engine says of a policy, in words that tell what to do about it.

Some of it follows from the policy alone: that is told once, at the policy, and not of each object.
"""

from __future__ import annotations

import re
from typing import Final

_FORM: Final = "the files of a folder are all in the form of OPA 1.0, or all in the one before"
_WORDS: Final = (
    (
        r"(?:var|use of undefined variable) `?([^\s`]+)`? is unsafe.*",
        r'"\1" is given no value in this rule: assign it (\1 := …) or look at its spelling',
    ),
    (r"could not find function (\S+)", r'there is no function "\1": the files of one folder know only each other'),
    (
        r"var `(.+)` used before definition below",
        r'"\1" is assigned twice, or used before its line: := makes a new one',
    ),
    (r"expecting `package` Missing package declaration", 'the file has no package, expected "package team" first'),
    (r"`if` keyword is required before rule body", f'expected "if" before the body of the rule; {_FORM}'),
    (r"expecting expression", "expected an expression here: something is missing or stands twice before it"),
    (r"expecting `(.)` while parsing .*", r'expected "\1" here: a bracket is not closed, or the line before not ended'),
    (r"invalid character in string", "the text is not closed on its line, or holds an unknown escape"),
)


def reworded(said: str) -> tuple[str, bool]:
    """Give the words for what the engine said, and whether it follows from the policy alone."""
    for pattern, words in _WORDS:
        match = re.fullmatch(pattern, said)
        if match:
            return match.expand(words), True
    return said, False
