"""The names of resources, and which of them are counted in whole numbers.

Facts from the API server's validation of quotas, limit ranges and overheads.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.names import label_key

_OF_CONTAINERS: Final = frozenset({"cpu", "ephemeral-storage", "memory"})
_COUNTED: Final = frozenset(
    {
        "configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "resourcequotas", "secrets",
        "services", "services.loadbalancers", "services.nodeports",
    }
)  # fmt: skip
_OF_QUOTAS: Final = (
    _OF_CONTAINERS
    | _COUNTED
    | {f"{side}.{name}" for side in ("limits", "requests") for name in _OF_CONTAINERS}
    | {"requests.storage"}
)
_PAGES: Final = "hugepages-"
# What a pod can be told of its containers, https://kubernetes.io/docs/concepts/workloads/pods/downward-api/, and in
# which units: powers of 1000 and of 1024 up to exa, or thousandths of processors.
TOLD: Final = frozenset(f"{side}.{name}" for side in ("limits", "requests") for name in _OF_CONTAINERS)
_BYTES: Final = frozenset(1000**power for power in range(7))
_BINARY: Final = frozenset(1024**power for power in range(1, 7))
_PROCESSORS: Final = frozenset({1, Fraction(1, 1000)})


def of_container(name: str) -> str:
    """Give what a resource of a container must be and is not, empty where it is one."""
    if "/" in name:
        return label_key(name)
    is_known = name in _OF_CONTAINERS or name.startswith(_PAGES)
    return "" if is_known else "cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a domain before '/'"


def of_quota(name: str) -> str:
    """Give what a resource of a quota must be and is not, empty where it is one."""
    if "/" in name:
        return label_key(name)
    if name in _OF_QUOTAS or name.removeprefix("requests.").startswith(_PAGES):
        return ""
    return "a resource such as requests.cpu, a kind such as pods, or count/<resource>.<group>"


def given_amount(value: Any) -> Fraction | None:
    """Read an amount that an object gives as a server does: null is none at all, 0; None for what is no number."""
    return Fraction(0) if value is None else amount(value)


def expected_amount(name: str, value: Any) -> str:
    """Give what an amount of a resource must be and is not, empty where it is fine or reported as malformed."""
    number = amount(value)
    if number is None:
        return ""
    if number < 0:
        return "0 or more"
    is_extended = "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")
    is_whole = name in _COUNTED or is_extended
    return "a whole number" if is_whole and number.denominator != 1 else ""


def is_told(name: str) -> bool:
    """Tell whether a pod can be told a resource of its containers, as `limits.cpu`."""
    return name in TOLD or name.startswith(("limits.hugepages-", "requests.hugepages-"))


def expected_unit(name: str, divisor: Any) -> str:
    """Give what the divisor of a resource that a pod is told must be and is not, empty where it is fine."""
    unit = amount(divisor)
    if not unit:
        return ""  # none is one
    if name.endswith(".cpu"):
        return "" if unit in _PROCESSORS else "1 or 1m"
    is_power = unit in _BYTES or (unit in _BINARY and str(divisor).endswith("i"))
    return "" if is_power else "1, or a power such as 1k, 1Mi or 1Gi"
