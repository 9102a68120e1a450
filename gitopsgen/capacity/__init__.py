"""Whether nodes hold what is to run on them: what pods ask for, what nodes give, and where the scheduler puts what.

Pure functions over plain data: no files, no findings.
"""

from __future__ import annotations

from gitopsgen.capacity.nodes import Node
from gitopsgen.capacity.objects import Item
from gitopsgen.capacity.placement import Placement, Unplaced
from gitopsgen.capacity.verdict import Problem, Verdict, judge
from gitopsgen.capacity.workload import Claim, Setting, Workload

__all__ = ["Claim", "Item", "Node", "Placement", "Problem", "Setting", "Unplaced", "Verdict", "Workload", "judge"]
