"""Which objects a constraint is for.

All parts of its `match` have to agree. https://open-policy-agent.github.io/gatekeeper/website/docs/howto#the-match-field
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.capacity.selectors import matches as selects
from gitopsgen.model.unchecked import mapping, sequence, text

ORIGINAL, GENERATED = "Original", "Generated"
_SOURCES: Final = frozenset({"", "All", ORIGINAL, GENERATED})
_OPERATORS: Final = frozenset({"In", "NotIn", "Exists", "DoesNotExist"})
_ANY: Final = "*"


class UnmatchableError(Exception):
    """Nobody can tell whether a constraint is for an object: why."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that constraints look at.

    `home` is its Namespace object, None where that is not known or the object has none; `source` tells whether it
    stands in a manifest or an ExpansionTemplate made it.
    """

    data: Mapping[str, Any]
    home: Mapping[str, Any] | None = None
    source: str = ORIGINAL

    @property
    def group(self) -> str:
        """The API group, empty for the core one."""
        return text(self.data.get("apiVersion")).rpartition("/")[0]

    @property
    def kind(self) -> str:
        """The kind."""
        return text(self.data.get("kind"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata."""
        return mapping(self.data.get("metadata"))

    @property
    def is_namespace(self) -> bool:
        """Whether it is a Namespace."""
        return self.kind == "Namespace" and not self.group

    @property
    def namespace(self) -> str:
        """The namespace that it stands in, empty where it stands in none."""
        home = mapping(self.home).get("metadata")
        return text(mapping(home).get("name")) or text(self.metadata.get("namespace"))

    @property
    def space(self) -> str:
        """The namespace that decides about it: that of a Namespace is itself."""
        return text(self.metadata.get("name")) if self.is_namespace else self.namespace


def is_for(match: Mapping[str, Any], candidate: Candidate) -> bool:
    """Tell whether a `match` is for an object; raises `UnmatchableError` where that depends on what is not known."""
    return all(test(match, candidate) for test in _TESTS)


def is_for_kind(match: Mapping[str, Any], group: str, kind: str) -> bool:
    """Tell whether a `match` can be for objects of a kind."""
    wanted = [mapping(one) for one in sequence(match.get("kinds"))]
    return not wanted or any(_names(one.get("kinds"), kind) and _names(one.get("apiGroups"), group) for one in wanted)


def _kinds(match: Mapping[str, Any], candidate: Candidate) -> bool:
    return is_for_kind(match, candidate.group, candidate.kind)


def _names(wanted: Any, name: str) -> bool:
    names = sequence(wanted)
    return not names or _ANY in names or name in names


def _scope(match: Mapping[str, Any], candidate: Candidate) -> bool:
    is_inside = bool(candidate.namespace) and not candidate.is_namespace
    return {"Cluster": not is_inside, "Namespaced": is_inside}.get(text(match.get("scope")), True)


def _namespaces(match: Mapping[str, Any], candidate: Candidate) -> bool:
    wanted = sequence(match.get("namespaces"))
    return not wanted or not candidate.space or any(fits(text(one), candidate.space) for one in wanted)


def _excluded(match: Mapping[str, Any], candidate: Candidate) -> bool:
    unwanted = sequence(match.get("excludedNamespaces"))
    return not candidate.space or not any(fits(text(one), candidate.space) for one in unwanted)


def _labels(match: Mapping[str, Any], candidate: Candidate) -> bool:
    selector = match.get("labelSelector")
    return selector is None or _selects(mapping(selector), candidate.metadata)


def _namespace_labels(match: Mapping[str, Any], candidate: Candidate) -> bool:
    selector = match.get("namespaceSelector")
    if selector is None or not candidate.space:
        return True  # what stands in no namespace is not disqualified by one
    if candidate.is_namespace:
        return _selects(mapping(selector), candidate.metadata)
    if candidate.home is None:
        raise UnmatchableError(
            f'the Namespace "{candidate.space}" is not known, and the constraint asks for its labels'
        )
    return _selects(mapping(selector), mapping(candidate.home.get("metadata")))


def _name(match: Mapping[str, Any], candidate: Candidate) -> bool:
    wanted = text(match.get("name"))
    if not wanted:
        return True
    prefix = text(candidate.metadata.get("generateName"))
    is_open = wanted.endswith(_ANY)  # of a name that is made, only the start is known
    return fits(wanted, text(candidate.metadata.get("name"))) or (is_open and fits(wanted, prefix))


def _source(match: Mapping[str, Any], candidate: Candidate) -> bool:
    wanted = text(match.get("source"))
    if wanted not in _SOURCES:
        raise UnmatchableError(f'the source "{wanted}" is none of All, Original, Generated')
    return wanted in {"", "All", candidate.source}


_TESTS: Final[tuple[Callable[[Mapping[str, Any], Candidate], bool], ...]] = (
    _kinds, _scope, _namespaces, _excluded, _labels, _namespace_labels, _name, _source,
)  # fmt: skip


def _selects(selector: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    for one in sequence(selector.get("matchExpressions")):
        if mapping(one).get("operator") not in _OPERATORS:
            raise UnmatchableError(f'"{mapping(one).get("operator")}" is no operator of a label selector')
    return selects(selector, mapping(metadata.get("labels")))


def fits(pattern: str, name: str) -> bool:
    """Tell whether a name fits a pattern, which may have a `*` at its start, at its end, or at both."""
    core = pattern.removeprefix(_ANY).removesuffix(_ANY)
    if pattern.startswith(_ANY) and pattern.endswith(_ANY):
        return core in name
    if pattern.startswith(_ANY):
        return name.endswith(core)
    return name.startswith(core) if pattern.endswith(_ANY) else name == pattern
