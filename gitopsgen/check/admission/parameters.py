"""The parameters that a binding gives its policy: objects of the same cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.admission.policies import Binding, Policy
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.schemas import split_api_version


def parameters(cluster: Cluster, policy: Policy, binding: Binding, namespace: str) -> Iterator[Any]:
    """Give each value of `params` that the policy is judged with, for an object of a namespace.

    One null where the policy takes none or the binding names none; nothing where no manifest is what it names.
    """
    if policy.params is None or not binding.params:
        yield None
        return
    yield from (subject.data for subject in named(cluster, policy, binding, namespace))


def named(cluster: Cluster, policy: Policy, binding: Binding, namespace: str | None) -> Iterator[Subject]:
    """Give the objects that a binding names, those of any namespace where `namespace` is None."""
    version, kind = policy.params or ("", "")
    wanted = text(binding.params.get("namespace")) or namespace
    for subject in cluster.of(kind, split_api_version(version)[0]):
        is_there = wanted is None or subject.namespace in {"", wanted}
        if is_there and subject.known.api_version == version and _is_named(binding, subject):
            yield subject


def _is_named(binding: Binding, subject: Subject) -> bool:
    if "selector" in binding.params:
        return matches(mapping(binding.params["selector"]), mapping(subject.metadata.get("labels")))
    return text(binding.params.get("name")) == subject.name
