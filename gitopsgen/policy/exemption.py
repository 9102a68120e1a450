"""Which objects Gatekeeper is told to leave alone: by its Config, and by the label of a Namespace.

https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.policy.actions import Weight
from gitopsgen.policy.match import Candidate, fits

_IGNORE: Final = "admission.gatekeeper.sh/ignore"
_ALL, _WEBHOOK, _AUDIT, _MUTATION = "*", "webhook", "audit", "mutation-webhook"


class Exemption:
    """What the Config exempts; the one that counts is called `config`."""

    def __init__(self, configs: Iterable[Mapping[str, Any]]) -> None:
        """Read which namespaces are exempt from which process."""
        entries = [
            mapping(entry)
            for config in configs
            if mapping(config.get("metadata")).get("name") == "config"
            for entry in sequence(mapping(config.get("spec")).get("match"))
        ]
        self._exempt = [
            (frozenset(map(text, sequence(one.get("processes")))), text(name))
            for one in entries
            for name in sequence(one.get("excludedNamespaces"))
        ]

    def limit(self, candidate: Candidate) -> Weight | None:
        """Give how much a violation of an object may weigh: only noted by audits, None where nobody looks at it."""
        processes, is_ignored = self._processes(candidate), _is_ignored(candidate)
        if _ALL in processes or {_WEBHOOK, _AUDIT} <= processes or (is_ignored and _AUDIT in processes):
            return None
        return Weight.NOTED if is_ignored or _WEBHOOK in processes else Weight.REFUSED

    def is_mutated(self, candidate: Candidate) -> bool:
        """Tell whether mutators may change an object."""
        return not (_is_ignored(candidate) or {_ALL, _MUTATION} & self._processes(candidate))

    def _processes(self, candidate: Candidate) -> set[str]:
        return {one for names, pattern in self._exempt if fits(pattern, candidate.space) for one in names}


def _is_ignored(candidate: Candidate) -> bool:
    return _IGNORE in mapping(mapping(mapping(candidate.home).get("metadata")).get("labels"))
