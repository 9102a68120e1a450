"""Objects as Gatekeeper's mutators leave them: so an API server shows them to its admission policies.

https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#what-are-they
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.namespaces import as_created

_MUTATORS: Final = "mutations.gatekeeper.sh"
_CONFIG: Final = ("Config", "config.gatekeeper.sh")

Mutate = Callable[[Mapping[str, Any], str], Mapping[str, Any]]


def mutation(cluster: Cluster) -> Mutate:
    """Give what makes of an object, in a namespace, what the mutators of the cluster leave of it.

    What a mutator cannot change, or nobody knows whether it is for, stays as it is: `unevaluated-policy` tells of it.
    """
    if not any(subject.known.group == _MUTATORS for subject in cluster.subjects):
        return lambda data, _: data
    from gitopsgen.policy.changing import UnmutableError  # noqa: PLC0415 - what most clusters never need
    from gitopsgen.policy.exemption import Exemption  # noqa: PLC0415
    from gitopsgen.policy.match import Candidate, UnmatchableError  # noqa: PLC0415
    from gitopsgen.policy.mutation import Mutation  # noqa: PLC0415

    mutators = Mutation([subject.data for subject in cluster.subjects])
    exemption = Exemption([subject.data for subject in cluster.of(*_CONFIG)])

    def mutate(data: Mapping[str, Any], namespace: str) -> Mapping[str, Any]:
        home = cluster.get("Namespace", namespace) if namespace else None
        candidate = Candidate(as_created(data), as_created(home.data) if home else None)
        if not exemption.is_mutated(candidate):
            return data
        try:
            return mutators.of(candidate, "CREATE").candidate.data
        except (UnmutableError, UnmatchableError):
            return data

    return mutate
