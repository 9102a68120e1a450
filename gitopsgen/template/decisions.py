"""The ways through one template that runs have taken so far, as a tree of what they observed.

A variant follows the answers to a leaf without running Jinja; where no run has been, one is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gitopsgen.template.expressions import Context, Expressions, Node
from gitopsgen.template.leaf import Leaf
from gitopsgen.template.observe import OBSERVERS, Observation

Ask = Callable[[Context], Any]


class Branch:
    """One question, and where each answer that was met leads."""

    __slots__ = ("ask", "kind", "node", "ways")

    def __init__(self, observation: Observation, expressions: Expressions) -> None:
        """Prepare the question."""
        observe, evaluate = OBSERVERS[observation.kind], expressions.function(observation.node)
        self.kind: str = observation.kind
        self.node: Node = observation.node
        self.ask: Ask = lambda context: observe(evaluate(context))
        self.ways: dict[Any, Branch | Leaf] = {}


class Decisions:
    """The tree of one template."""

    def __init__(self, expressions: Expressions) -> None:
        """Start with no way known."""
        self.expressions = expressions
        self.root: Branch | Leaf | None = None
        self.runs = 0

    def find(self, context: Context) -> Leaf | None:
        """Follow a variant's answers; None where no run has been.

        Raises `TemplateError` without a place where a question has no answer.
        """
        at: Branch | Leaf | None = self.root
        while at.__class__ is Branch:
            at = at.ways.get(at.ask(context))
        return at  # type: ignore[return-value]

    def add(self, leaf: Leaf) -> None:
        """Hang a new leaf on the answers that lead to it."""
        self.runs += 1
        parent: Branch | None = None
        answer: Any = None
        at = self.root
        for observation in leaf.observations:
            if not isinstance(at, Branch):
                at = Branch(observation, self.expressions)
                self._hang(parent, answer, at)
            if (at.kind, at.node) != (observation.kind, observation.node):
                message = f"a run asked {observation}, an earlier one {at.node} at the same place"
                raise RuntimeError(message)  # a run would not be a function of its observations: a bug of ours
            parent, answer = at, observation.answer
            at = at.ways.get(answer)
        self._hang(parent, answer, leaf)

    def _hang(self, parent: Branch | None, answer: Any, child: Branch | Leaf) -> None:
        if parent is None:
            self.root = child
        else:
            parent.ways[answer] = child
