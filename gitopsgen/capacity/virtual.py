"""Pods that hold virtual machines: what the guest has, and what runs around it.

The sum that KubeVirt's controller makes (`GetMemoryOverhead` in `pkg/virt-controller`, as of 1.6):
https://kubevirt.io/user-guide/compute/virtual_hardware/#memory-overhead
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from gitopsgen.capacity.objects import Item, Objects, at, whole
from gitopsgen.capacity.quantities import amount
from gitopsgen.capacity.templates import claim_of
from gitopsgen.capacity.workload import Claim, Setting
from gitopsgen.model.unchecked import mapping, text

_MEBI: Final = 2**20
# Launcher and its monitor, virtlogd, virtqemud, QEMU, one thread for devices; the screen.
_FIXED: Final = (25 + 100 + 25 + 40 + 30 + 8) * _MEBI
_SCREEN: Final = 32 * _MEBI
_PROCESSOR: Final = 8 * _MEBI
_PAGE_TABLES: Final = 512  # one bit for each of so many
_PLACING: Final = ("affinity", "nodeSelector", "priorityClassName", "tolerations", "topologySpreadConstraints")


def machine(item: Item, _objects: Objects, _setting: Setting) -> Iterator[Claim]:
    """Give the claim of a machine that runs, none of one that is stopped."""
    if text(item.spec.get("runStrategy")) in {"Halted", "Manual"} or item.spec.get("running") is False:
        return
    template = mapping(item.spec.get("template"))
    spec = mapping(template.get("spec"))
    domain = mapping(spec.get("domain"))
    placing = {name: spec[name] for name in _PLACING if name in spec}
    container = {"name": "compute", "resources": {"requests": _requests(domain)}}
    labels = mapping(at(template, "metadata", "labels"))
    path = ("spec", "template", "spec", "domain")
    yield claim_of(item, item.name, 1, {**placing, "containers": [container]}, labels, path)


def _requests(domain: Any) -> dict[str, Any]:
    given = mapping(at(domain, "resources", "requests"))
    processors = _processors(domain)
    memory = amount(given.get("memory", at(domain, "memory", "guest"))) or Fraction(0)
    screen = 0 if at(domain, "devices", "autoattachGraphicsDevice") is False else _SCREEN
    around = memory / _PAGE_TABLES + _FIXED + _PROCESSOR * processors + screen
    return {**given, "cpu": given.get("cpu", f"{100 * processors}m"), "memory": int(memory + around)}


def _processors(domain: Any) -> int:
    parts = [whole(at(domain, "cpu", part), 1) for part in ("cores", "sockets", "threads")]
    return parts[0] * parts[1] * parts[2]
