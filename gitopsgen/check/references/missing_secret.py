"""A secret, or a key of one, that nothing makes.

What it finds:
    Pods that take a variable, an environment, a volume or pull credentials from a Secret that no ExternalSecret,
    Vault secret, Certificate or Secret of their namespace makes, or from a key that it will not have;
    references marked `optional` are left alone.

Why:
    The container waits in CreateContainerConfigError, or the volume is never mounted.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, envFrom: [{secretRef: {name: ledger}}]}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, envFrom: [{secretRef: {name: ledger}}]}]
    ---
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: ledger, namespace: payment}
    spec:
      secretStoreRef: {kind: ClusterSecretStore, name: vault}
      data:
        - secretKey: password
          remoteRef: {key: payment/ledger, property: password}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.check.secrets import secrets
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG509", "missing-secret", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report secrets that will not be there."""
    made = secrets(cluster)
    for subject, reference in cluster.referring("Secret"):
        address = subject.namespace, reference.name
        if address not in made:
            if not reference.key:
                known = [name for namespace, name in made if namespace == subject.namespace]
                message = f'{subject} needs the Secret "{reference.name}", which no manifest makes'
                yield subject.found(reference.field, message, suggestion(reference.name, known))
            continue
        keys = made[address]
        if keys is not None and reference.key and reference.key not in keys:
            message = (
                f'{subject} needs the key "{reference.key}" of the Secret "{reference.name}", which will not have it'
            )
            yield subject.found(reference.field, message, suggestion(reference.key, keys))
