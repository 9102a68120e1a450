"""What is known of a cluster beside its objects: sizes, and the values of the case that installs operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gitopsgen.capacity import Setting
from gitopsgen.model.variant import Variant

# The facts that say how much a cluster holds; all others are the same to it.
_FACTS: Final = ("distribution", "nodes", "controlPlane", "workers", "racks", "size", "pools", "overbooked")


class Settings:
    """The settings of clusters, each made once: clusters of a class mostly share theirs."""

    def __init__(self) -> None:
        """Start with none."""
        self._known: dict[Any, Setting] = {}

    def of(self, members: Sequence[Variant]) -> Setting:
        """Give the setting of a cluster, from the variants on it."""
        cluster = members[0].context["cluster"]
        owner = next((one for one in members if "install" in one.context["values"].get("operators", ())), None)
        context: Mapping[str, Any] = owner.context if owner else {}
        operators = context["values"]["operators"] if context else {}
        versions = context.get("versions", {})
        # values and versions are shared where they are equal, and live as long as the variants
        told = (id(operators), id(versions)) if owner else ()
        key = (repr([cluster.get(name) for name in _FACTS]), told)
        known = self._known.get(key)
        if known is None:
            pins = versions.get("operators", {})
            without = frozenset(name for name, pin in pins.items() if "none" in pin)
            facts = {name: cluster[name] for name in _FACTS if name in cluster}
            known = self._known[key] = Setting(facts, operators, without, key)
        return known
