"""What one pod asks for, as the scheduler reckons it.

The larger of what runs together and what runs before, with the overhead of the runtime:
https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.model.unchecked import mapping, sequence

# Of a resource: processors in thousandths, all else in its own unit (bytes, pieces).
Amounts = Mapping[str, int]
_MILLI: Final = 1000


def asked(resources: Any, kind: str, name: str) -> Fraction | None:
    """Give what resources ask of one kind (`requests`, `limits`), None where they say nothing."""
    found = amount(mapping(mapping(resources).get(kind)).get(name))
    if found is None and kind == "requests":
        # a limit without a request is the request too
        found = amount(mapping(mapping(resources).get("limits")).get(name))
    return found


def of_pod(spec: Mapping[str, Any], kind: str, name: str) -> Fraction:
    """Give what a pod asks of a resource: what runs together, or the greediest moment before that."""
    whole_pod = asked(spec.get("resources"), kind, name)  # for the pod as a whole, since Kubernetes 1.34
    if whole_pod is not None:
        return whole_pod
    sidecars, first = Fraction(0), Fraction(0)
    for each in sequence(spec.get("initContainers")):
        own = _of_container(each, kind, name)
        if mapping(each).get("restartPolicy") == "Always":
            sidecars += own  # stays, also while later ones run
            first = max(first, sidecars)
        else:
            first = max(first, sidecars + own)
    running = sum((_of_container(each, kind, name) for each in sequence(spec.get("containers"))), sidecars)
    return max(running, first)


def _of_container(container: Any, kind: str, name: str) -> Fraction:
    return asked(mapping(container).get("resources"), kind, name) or Fraction(0)


def names_of(spec: Mapping[str, Any]) -> frozenset[str]:
    """Give every resource that a pod names."""
    parts = [spec, *sequence(spec.get("containers")), *sequence(spec.get("initContainers"))]
    resources = [mapping(mapping(part).get("resources")) for part in parts]
    return frozenset(name for one in resources for kind in ("requests", "limits") for name in mapping(one.get(kind)))


def requests(spec: Mapping[str, Any], overhead: Any = None) -> dict[str, int]:
    """Give what a pod asks for of each resource, with the overhead of its runtime class."""
    found = {name: counted(name, of_pod(spec, "requests", name)) for name in names_of(spec)}
    return added(found, amounts(overhead))


def amounts(quantities: Any) -> dict[str, int]:
    """Give quantities as whole numbers, rounded up as the scheduler does."""
    known = ((name, amount(value)) for name, value in mapping(quantities).items())
    return {name: counted(name, value) for name, value in known if value is not None}


def counted(name: str, value: Fraction) -> int:
    """Give a number of a resource in the unit that it is counted in."""
    return -(-value * (_MILLI if name == "cpu" else 1) // 1)


def added(*parts: Amounts) -> dict[str, int]:
    """Give the sum of amounts."""
    total: dict[str, int] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, 0) + value
    return total


def times(number: int, part: Amounts) -> dict[str, int]:
    """Give amounts as often as said."""
    return {name: number * value for name, value in part.items()}


def total(parts: Iterable[Amounts]) -> dict[str, int]:
    """Give the sum of any number of amounts."""
    return added(*parts)


def shown(name: str, value: int) -> str:
    """Give an amount as people write it: 250m, 1,536Mi, 3."""
    if name == "cpu":
        return f"{value:,}m"
    if name.endswith(("memory", "storage")) or name.startswith("hugepages-"):
        return f"{-(-value // 2**20):,}Mi"
    return f"{value:,}"
