"""What a scheduler reserves for a pod, from the pod as the server keeps it.

https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
"""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

QUANTITY = re.compile(r"([0-9.]+)(m|[kMGT]i?|Ki)?")
POWERS = "kMGT"
MILLI = 1000


def requests_of(spec: Mapping[str, Any]) -> Counter[str]:
    """Give what a pod asks for: processors in thousandths, all else in whole units."""
    staying: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for container in spec.get("initContainers", []):
        if container.get("restartPolicy") == "Always":
            staying += _asked(container)
            most |= staying
        else:
            most |= staying + _asked(container)
    for container in spec["containers"]:
        staying += _asked(container)
    overhead = {name: amount(name, value) for name, value in spec.get("overhead", {}).items()}
    return (most | staying) + Counter(overhead)


def _asked(container: Mapping[str, Any]) -> Counter[str]:
    requests = container.get("resources", {}).get("requests", {})
    return Counter({name: amount(name, value) for name, value in requests.items()})


def amount(name: str, quantity: Any) -> int:
    """Read a quantity as servers write them."""
    found = QUANTITY.fullmatch(str(quantity))
    assert found, quantity
    number, suffix = Decimal(found[1]), found[2] or ""
    if suffix == "m":
        number /= MILLI
    elif suffix:
        step = 1024 if suffix.endswith("i") else 1000
        number *= step ** (POWERS.index(suffix[0].replace("K", "k")) + 1)
    return int(-(-number * (MILLI if name == "cpu" else 1) // 1))
