"""Which secrets a cluster will have, and their keys, as far as its manifests tell.

Git holds no secret: operators make them from references. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text

Keys = frozenset[str] | None  # None where the manifests do not tell


def secrets(cluster: Cluster) -> dict[tuple[str, str], Keys]:
    """Give the keys of each secret by namespace and name."""
    return {(subject.namespace, name): keys for subject, name, keys in made(cluster)}


def made(cluster: Cluster) -> Iterator[tuple[Subject, str, Keys]]:
    """Give each object that is or makes a secret, the name of the secret, and its keys."""
    for subject in cluster.of("Secret"):
        yield subject, subject.name, _keys(subject, "data") | _keys(subject, "stringData")
    for subject in cluster.of("ExternalSecret", "external-secrets.io"):
        spec = mapping(subject.data.get("spec"))
        target = mapping(spec.get("target"))
        yield subject, text(target.get("name")) or subject.name, _external_keys(spec, target)
    for kind in ("VaultDynamicSecret", "VaultPKISecret", "VaultStaticSecret"):
        for subject in cluster.of(kind, "secrets.hashicorp.com"):
            yield subject, text(mapping(mapping(subject.data.get("spec")).get("destination")).get("name")), None
    for subject in cluster.of("Elasticsearch", "elasticsearch.k8s.elastic.co"):
        yield subject, f"{subject.name}-es-http-certs-public", frozenset({"ca.crt", "tls.crt"})
        yield subject, f"{subject.name}-es-elastic-user", frozenset({"elastic"})
    for subject in cluster.of("Certificate", "cert-manager.io"):
        yield subject, text(mapping(subject.data.get("spec")).get("secretName")), None
    for subject in cluster.of("SealedSecret", "bitnami.com"):
        yield subject, subject.name, None


def _keys(subject: Subject, field: str) -> frozenset[str]:
    return frozenset(mapping(subject.data.get(field)))


def _external_keys(spec: Any, target: Any) -> Keys:
    template = mapping(target.get("template"))
    if template.get("templateFrom") or (spec.get("dataFrom") and not template.get("data")):
        return None
    if template.get("data"):
        return None if template.get("mergePolicy") == "Merge" else frozenset(mapping(template["data"]))
    return frozenset(text(mapping(entry).get("secretKey")) for entry in sequence(spec.get("data")))
