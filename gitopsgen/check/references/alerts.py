"""The rules of a PrometheusRule, and the series that an expression names.

Judges nothing. Knows as much of PromQL as tells names from text, labels and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

GROUP = "monitoring.coreos.com"
# Text, selectors of labels and ranges: a colon in these belongs to no name.
_ELSEWHERE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|\{[^{}]*\}|\[[^\[\]]*\]")
_RECORDED = re.compile(r"(?<![\w:.])[a-zA-Z_][a-zA-Z0-9_]*(?::[a-zA-Z0-9_]*)+")


def rules(subject: Subject) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Give each rule with its path."""
    for index, group in enumerate(sequence(mapping(subject.data.get("spec")).get("groups"))):
        for number, rule in enumerate(sequence(mapping(group).get("rules"))):
            yield ("spec", "groups", index, "rules", number), mapping(rule)


def recorded_names(expression: str) -> list[str]:
    """Give the series of an expression whose names have colons: those that a rule must record."""
    # Text goes first, or a brace in it would end a selector.
    previous = ""
    while previous != expression:
        previous, expression = expression, _ELSEWHERE.sub(" ", expression)
    return sorted(set(_RECORDED.findall(expression)))
