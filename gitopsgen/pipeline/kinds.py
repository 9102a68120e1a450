"""The kinds of a variant's manifests: what Argo CD's project of a case allows."""

from __future__ import annotations

import marshal
from typing import Any, Final

from gitopsgen import argocd
from gitopsgen.template.combination import Combination, Filled

_CLAIM: Final = (("apiVersion",), ("kind",), ("metadata", "namespace"))


def kind_of(data: Any) -> argocd.Kind:
    """Give group, kind and namespace of an object."""
    group = str(data.get("apiVersion", "")).rpartition("/")[0]
    namespace = data["metadata"].get("namespace", "") if isinstance(data.get("metadata"), dict) else ""
    return group, str(data.get("kind", "")), str(namespace)


class Kinds:
    """The kinds of the manifests of one combination: they depend on few of its values, most often on none."""

    def __init__(self, combination: Combination) -> None:
        """Find out on which."""
        self._pick = combination.picker_of(*_CLAIM)
        self._known: dict[bytes, frozenset[argocd.Kind]] = {}

    def of(self, combination: Combination, filled: Filled) -> frozenset[argocd.Kind]:
        """Give the kinds; equal ones of many variants are one object."""
        key = marshal.dumps(self._pick(filled.values), 2)
        known = self._known.get(key)
        if known is None:
            sheets = [combination.sheets[place] for place in combination.resources]
            known = frozenset(kind_of(one.document.build(one.values(filled.values))) for one in sheets)
            self._known[key] = known
        return known
