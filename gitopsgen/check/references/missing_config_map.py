"""A ConfigMap, or a key of one, that does not exist.

What it finds:
    Pods that take a variable, an environment or a volume from a ConfigMap that no manifest of their namespace
    describes, or from a key that it does not have; references marked `optional` are left alone.

Why:
    The container waits in CreateContainerConfigError, or the volume is never mounted.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec:
      containers: [{name: gateway, envFrom: [{configMapRef: {name: settings}}]}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec:
      containers: [{name: gateway, envFrom: [{configMapRef: {name: settings}}]}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: payment}
    data: {CURRENCY: CNY}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pod_references import Reference
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG508", "missing-config-map", Severity.ERROR, is_shared=True)
# put into every namespace by the controller manager, and by istiod
_GIVEN = frozenset({"kube-root-ca.crt", "istio-ca-root-cert"})


def check(cluster: Cluster) -> Iterator[Found]:
    """Report configuration that is not there."""
    for subject, reference in cluster.referring("ConfigMap"):
        if reference.name in _GIVEN:
            continue
        target = cluster.get("ConfigMap", reference.name, subject.namespace)
        if target is not None:
            yield from _key(subject, reference, target)
        elif not reference.key:
            known = [other.name for other in cluster.of("ConfigMap") if other.namespace == subject.namespace]
            message = f'{subject} needs the ConfigMap "{reference.name}", which no manifest describes'
            yield subject.found(reference.field, message, suggestion(reference.name, known))


def _key(subject: Subject, reference: Reference, target: Subject) -> Iterator[Found]:
    keys = {*mapping(target.data.get("data")), *mapping(target.data.get("binaryData"))}
    if reference.key and reference.key not in keys:
        message = f'{subject} needs the key "{reference.key}" of {target}, which has none of that name'
        yield subject.found(reference.field, message, suggestion(reference.key, keys))
