"""What policies compare with: `data.inventory`, the objects that Gatekeeper is told to keep a copy of.

https://open-policy-agent.github.io/gatekeeper/website/docs/sync
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gitopsgen.model.unchecked import mapping, sequence, text

CONFIG: Final = ("config.gatekeeper.sh", "Config")
SYNC_SET: Final = ("syncset.gatekeeper.sh", "SyncSet")

Kind = tuple[str, str]  # apiVersion and kind


def synced(configs: Iterable[Mapping[str, Any]], sets: Iterable[Mapping[str, Any]]) -> frozenset[Kind]:
    """Give the kinds of which Gatekeeper keeps a copy, as its Config and SyncSets say."""
    wanted = [one for config in configs for one in _only(config)]
    wanted += [one for each in sets for one in sequence(mapping(each.get("spec")).get("gvks"))]
    return frozenset(_kind(mapping(one)) for one in wanted)


def _only(config: Mapping[str, Any]) -> Sequence[Any]:
    return sequence(mapping(mapping(config.get("spec")).get("sync")).get("syncOnly"))


def _kind(one: Mapping[str, Any]) -> Kind:
    group, version = text(one.get("group")), text(one.get("version"))
    return (f"{group}/{version}" if group else version), text(one.get("kind"))


def inventory_of(objects: Iterable[Mapping[str, Any]], kinds: frozenset[Kind] | None) -> str:
    """Give the inventory as JSON, of objects of some kinds; of all where that is None."""
    spaces: dict[str, Any] = {}
    cluster: dict[str, Any] = {}
    for each in objects:
        claim = text(each.get("apiVersion")), text(each.get("kind"))
        if kinds is not None and claim not in kinds:
            continue
        metadata = mapping(each.get("metadata"))
        namespace = text(metadata.get("namespace"))
        place = spaces.setdefault(namespace, {}) if namespace else cluster
        place.setdefault(claim[0], {}).setdefault(claim[1], {})[text(metadata.get("name"))] = each
    return json.dumps({"inventory": {"namespace": spaces, "cluster": cluster}}, default=str)
