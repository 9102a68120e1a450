"""A volume claim that does not exist.

What it finds:
    Pods that mount a PersistentVolumeClaim which no manifest of their namespace describes.

Why:
    The pods stay pending.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: []
      volumes: [{name: data, persistentVolumeClaim: {claimName: ledger}}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: []
      volumes: [{name: data, persistentVolumeClaim: {claimName: ledger}}]
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 5Gi}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG510", "missing-volume-claim", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report claims that are not there."""
    for subject, reference in cluster.referring("PersistentVolumeClaim"):
        if not (
            cluster.get("PersistentVolumeClaim", reference.name, subject.namespace)
            or cluster.get("DataVolume", reference.name, subject.namespace, "cdi.kubevirt.io")
        ):
            known = [
                claim.name for claim in cluster.of("PersistentVolumeClaim") if claim.namespace == subject.namespace
            ]
            message = f'{subject} mounts the claim "{reference.name}", which no manifest describes'
            yield subject.found(reference.field, message, suggestion(reference.name, known))
