"""Many stacks of layers merged with each distinct step done once, and what the steps found.

A thousand regions share a few stacks of common layers: merging is remembered by what lies below
and what is laid over it. Knows no regions; only layers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.values.findings import INHERITED_VALUE, Problem
from gitopsgen.values.merge import Merged, merge_over, mounted
from gitopsgen.values.path import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.model.project import Layer
    from gitopsgen.model.variant import Path
    from gitopsgen.source import FindingKind
    from gitopsgen.values.plan import Plan


@dataclass(slots=True)
class Fold:
    """Stacks of layers under one plan."""

    plan: Plan | None
    _bottom: dict[str, Any] = field(default_factory=dict)
    _steps: dict[tuple[int, int], tuple[Layer, Any, Merged]] = field(default_factory=dict)

    def merge(self, layers: Iterable[Layer]) -> Any:
        """Merge layers, lowest first; equal stacks give the same object."""
        value: Any = self._bottom
        for layer in layers:
            step = (id(value), id(layer))
            known = self._steps.get(step)
            if known is None:
                # The values are kept in the entry: an id names an object only while it lives.
                known = self._steps[step] = (layer, value, merge_over(value, mounted(layer), self.plan))
            value = known[2].value
        return value

    def problems(self) -> Iterator[tuple[Layer, Problem]]:
        """Give what was wrong in the layers."""
        for layer, _, merged in self._steps.values():
            for problem in merged.problems:
                yield layer, problem

    def inherited(self, kind: FindingKind = INHERITED_VALUE) -> Iterator[tuple[Layer, Problem]]:
        """Give what layers needlessly repeat: a value that they set to what was there, wherever they hold."""
        merges: Counter[int] = Counter()
        repeats: Counter[tuple[int, Path]] = Counter()
        by_id: dict[int, Layer] = {}
        for layer, _, merged in self._steps.values():
            by_id[id(layer)] = layer
            merges[id(layer)] += 1
            repeats.update((id(layer), path) for path in merged.inherited)
        for (layer_id, path), count in repeats.items():
            if count == merges[layer_id]:
                message = f'"{path_text(path)}" is already this value on a lower layer'
                yield by_id[layer_id], Problem(kind, path, message, "remove the line")
