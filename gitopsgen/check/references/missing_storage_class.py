"""A class of storage that does not exist.

What it finds:
    A claim, of its own or in a template, in the class of no StorageClass among the manifests, where they describe one;
    the classes that K3s and the clouds bring are left alone.

Why:
    The claim waits for a volume for ever, and the pods for the claim.

Example:
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: local-retain}
    provisioner: rancher.io/local-path
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: local-retian
      resources: {requests: {storage: 1Gi}}

Instead:
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: local-retain}
    provisioner: rancher.io/local-path
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: ledger, namespace: payment}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: local-retain
      resources: {requests: {storage: 1Gi}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.fields import EACH, members
from gitopsgen.check.pods import spec_path
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG519", "missing-storage-class", Severity.ERROR, is_shared=True)
# What comes with K3s, kind and minikube, GKE, EKS and AKS: https://kubernetes.io/docs/concepts/storage/storage-classes/
_BROUGHT: Final = frozenset({
    "azurefile", "azurefile-csi", "default", "gp2", "gp3", "hostpath", "local-path", "managed", "managed-csi",
    "managed-csi-premium", "managed-premium", "premium-rwo", "standard", "standard-rwo",
})  # fmt: skip
_CLASS: Final = "storageClassName"
_CLAIMS: Final = ("spec", "volumeClaimTemplates", EACH, "spec", _CLASS)
_EPHEMERAL: Final = ("volumes", EACH, "ephemeral", "volumeClaimTemplate", "spec", _CLASS)
_PLACES: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    ("", "PersistentVolumeClaim"): (("spec", _CLASS),),
    ("apps", "StatefulSet"): (_CLAIMS,),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): (("spec", "nodeSets", EACH, *_CLAIMS[1:]),),
    ("kafka.strimzi.io", "KafkaNodePool"): (
        ("spec", "storage", "class"),
        ("spec", "storage", "volumes", EACH, "class"),
    ),
    ("kubevirt.io", "VirtualMachine"): (
        ("spec", "dataVolumeTemplates", EACH, "spec", "storage", _CLASS),
        ("spec", "dataVolumeTemplates", EACH, "spec", "pvc", _CLASS),
    ),
    ("postgresql.cnpg.io", "Cluster"): (
        ("spec", "storage", "storageClass"),
        ("spec", "walStorage", "storageClass"),
    ),
    ("rabbitmq.com", "RabbitmqCluster"): (("spec", "persistence", _CLASS),),
}


def check(cluster: Cluster) -> Iterator[Found]:
    """Report classes that are not there."""
    described = [subject.name for subject in cluster.of("StorageClass", "storage.k8s.io")]
    if not described:
        return
    for subject in cluster.subjects:
        for field, name in _classes(subject):
            if name and name not in described and name not in _BROUGHT:
                message = f'{subject} asks for storage of the class "{name}", which no manifest describes'
                yield subject.found(field, message, suggestion(name, described))


def _classes(subject: Subject) -> Iterator[tuple[Path, str]]:
    places = _PLACES.get((subject.known.group, subject.known.name), ())
    if subject.known.pods is not None:
        places = (*places, (*map(str, spec_path(subject)), *_EPHEMERAL))
    for steps in places:
        for path, name in members(subject.data, *steps):
            yield path, text(name)
