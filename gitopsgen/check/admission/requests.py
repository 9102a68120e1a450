"""What an API server is asked to create for the manifests of a cluster: the objects, and the pods of workloads.

With the defaults that the server fills in, and what Gatekeeper's mutators change, before policies see an object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from gitopsgen.check.admission.defaults import with_defaults
from gitopsgen.check.admission.matching import Request
from gitopsgen.check.admission.mutated import mutation
from gitopsgen.check.admission.policies import EXEMPT, GROUP
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import template
from gitopsgen.check.rule import Subject, kind_in, makes_pods
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path
from gitopsgen.schemas import Kind, Source


def requests(cluster: Cluster, is_asked: Callable[[str, str, str], object]) -> Iterator[tuple[Request, Path]]:
    """Give each object as it is created, then its pods with the path of their template.

    Only what somebody asks about, by group, version and resource: most objects concern no policy.
    """
    mutate = mutation(cluster)
    for subject in cluster.subjects:
        kind = _kind(subject.known.sources, subject.known.api_version, subject.known.name)
        if kind is None or (kind.group == GROUP and kind.name in EXEMPT):
            continue
        version, namespace = subject.identity.version, subject.namespace
        labels = _labels(cluster, namespace)
        if is_asked(kind.group, version, kind.plural):
            data = mutate(with_defaults(kind.group, kind.name, subject.data), namespace)
            made = Request(subject, kind.group, version, kind.name, kind.plural, namespace, subject.name, data, labels)
            yield made, ()
        if subject.known.pods and makes_pods(subject.known) and is_asked("", "v1", "pods"):
            pod = mutate(_pod(subject), namespace)
            yield Request(subject, "", "v1", "Pod", "pods", namespace, "", pod, labels), subject.known.pods


def namespace_of(cluster: Cluster, name: str) -> Mapping[str, Any] | None:
    """Give a Namespace as expressions see it, None for what stands in none."""
    if not name:
        return None
    found = cluster.get("Namespace", name)
    metadata = mapping(found.metadata) if found else {}
    labels = {**mapping(metadata.get("labels")), "kubernetes.io/metadata.name": name}
    known = {"annotations": mapping(metadata.get("annotations"))} if metadata.get("annotations") else {}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {**known, "name": name, "labels": labels}}


@lru_cache(maxsize=512)  # a fleet has a hundred kinds, and one set of sources a version set
def _kind(sources: tuple[Source, ...], api_version: str, name: str) -> Kind | None:
    return kind_in(sources, api_version, name)


def _labels(cluster: Cluster, namespace: str) -> Mapping[str, Any] | None:
    found = cluster.get("Namespace", namespace) if namespace else None
    return mapping(found.metadata.get("labels")) if found else None


def _pod(subject: Subject) -> Mapping[str, Any]:
    made = template(subject)
    metadata = {**mapping(made.get("metadata")), "namespace": subject.namespace, "generateName": f"{subject.name}-"}
    return with_defaults("", "Pod", {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": made.get("spec")})
