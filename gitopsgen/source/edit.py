"""The text of a YAML file with one scalar replaced, everything around it kept.

For questions of the kind "what if": nothing is written.
"""

from __future__ import annotations

from typing import Any

import yaml


def with_scalar(text: str, path: tuple[str | int, ...], new: str) -> str | None:
    """Give the text with `new`, as YAML writes it, in the place of a scalar; None where none stands there."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        for step in path:
            node = _member(node, step)
    except (yaml.YAMLError, LookupError, RecursionError):
        return None
    if not isinstance(node, yaml.ScalarNode):
        return None
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _member(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        found = [value for key, value in node.value if key.value == step]
        return found[0]
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step]
    raise LookupError(step)
