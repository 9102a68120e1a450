"""Pods that are alike, by who makes them: how many there are, what each asks, where it may stand.

Records only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gitopsgen.capacity.objects import Data, Item
from gitopsgen.capacity.pods import Amounts

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What an object says of the pods that are made from it, before anything is added to them.

    `least` and `most` are bounds of their number, `surge` what a rollout adds; `field` is where `item` sets `most`.
    `per_node` means one on each node that takes it, whatever the numbers.
    """

    item: Item
    kind: str
    name: str
    least: int = 1
    most: int = 1
    surge: int = 0
    per_node: bool = False
    is_scaled: bool = False
    spec: Data = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    annotations: Mapping[str, Any] = field(default_factory=dict)
    namespace: str = ""
    case: str = ""
    path: Path = ("spec",)


@dataclass(frozen=True, slots=True)
class Workload:
    """A claim with all that is added to its pods: sidecars, defaults, the runtime's overhead, its class's priority.

    `may_wait` says that its priority class never pushes others out: it takes room that is left over.
    """

    claim: Claim
    requests: Amounts
    priority: int = 0
    may_wait: bool = False
    selector: Mapping[str, Any] = field(default_factory=dict)  # labels that its node must have
    tolerations: tuple[Any, ...] = ()

    @property
    def case(self) -> str:
        """The case that it belongs to."""
        return self.claim.case

    @property
    def title(self) -> str:
        """`Kind namespace/name`."""
        where = f"{self.claim.namespace}/" if self.claim.namespace else ""
        return f"{self.claim.kind} {where}{self.claim.name}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a cluster beside its objects.

    `facts` are those of the cluster (`nodes`, `size`…); `operators` are the values of the case that installs them,
    with the names that its version set leaves out in `without`; `key` is the same for settings that are the same.
    `fitting` remembers what was found to fit, by its likeness.
    """

    facts: Mapping[str, Any]
    operators: Mapping[str, Any] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    key: Any = None
    fitting: set[bytes] = field(default_factory=set, compare=False)
