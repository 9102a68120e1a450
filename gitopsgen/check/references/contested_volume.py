"""A volume of one writer under several pods.

What it finds:
    A workload of more than one pod (by its replicas, or by an autoscaler) whose pods all mount one claim that a single
    node may use (`ReadWriteOnce`) or a single pod (`ReadWriteOncePod`).

Why:
    On other nodes the pods stay pending. On one node they share the files: two writers of one SQLite file, or of one
    log, spoil it. A StatefulSet with `volumeClaimTemplates` gives each pod a volume of its own.

Example:
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 5Gi}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: gateway, namespace: payment}
    spec:
      replicas: 10
      selector: {matchLabels: {app: gateway}}
      template:
        metadata: {labels: {app: gateway}}
        spec:
          containers: [{name: gateway}]
          volumes: [{name: ledger, persistentVolumeClaim: {claimName: ledger}}]

Instead:
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: ledger, namespace: payment}
    spec:
      replicas: 1
      serviceName: ledger
      selector: {matchLabels: {app: ledger}}
      template:
        metadata: {labels: {app: ledger}}
        spec: {containers: [{name: ledger, volumeMounts: [{name: data, mountPath: /data}]}]}
      volumeClaimTemplates:
        - metadata: {name: data}
          spec:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 5Gi}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.scaling import autoscalers, most_pods, target_of
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence

RULE = Rule("GG535", "contested-volume", Severity.ERROR, is_shared=True)
_SHARED: Final = frozenset({"ReadOnlyMany", "ReadWriteMany"})
_HINT: Final = "give each pod a volume of its own in a StatefulSet, or keep one pod"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report claims of one writer that several pods mount."""
    scaled = {id(target_of(cluster, one)[2]): most_pods(one) or 1 for one in autoscalers(cluster)}
    for subject, reference in cluster.referring("PersistentVolumeClaim"):
        claim = cluster.get("PersistentVolumeClaim", reference.name, subject.namespace)
        pods = max(_replicas(subject), scaled.get(id(subject), 1))
        if claim and pods > 1 and not _is_shared(claim):
            message = f'the {pods} pods of {subject} all mount the claim "{reference.name}", which has one writer'
            yield subject.found(reference.field, message, _HINT)


def _replicas(subject: Subject) -> int:
    spec = mapping(subject.data.get("spec"))
    most = spec.get("parallelism" if subject.known.name == "Job" else "replicas", 1)
    return most if isinstance(most, int) else 1


def _is_shared(claim: Subject) -> bool:
    modes = sequence(mapping(claim.data.get("spec")).get("accessModes"))
    return not modes or any(isinstance(mode, str) and mode in _SHARED for mode in modes)
