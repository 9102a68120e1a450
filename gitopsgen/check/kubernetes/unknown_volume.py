"""A mount of a volume that the pod does not have.

What it finds:
    A `volumeMounts` or `volumeDevices` entry whose name is neither a volume of the pod nor a claim template
    of its StatefulSet.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          volumeMounts: [{name: data, mountPath: /data}]
      volumes:
        - {name: cache, emptyDir: {}}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          volumeMounts: [{name: data, mountPath: /data}]
      volumes:
        - {name: data, emptyDir: {}}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import judged
from gitopsgen.check.pods import containers, pod_spec
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG417", "unknown-volume", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report mounts whose volume is nowhere."""
    claims = sequence(mapping(subject.data.get("spec")).get("volumeClaimTemplates"))
    volumes = {text(mapping(volume).get("name")) for volume in sequence(pod_spec(subject).get("volumes"))}
    volumes |= {text(mapping(mapping(claim).get("metadata")).get("name")) for claim in claims}
    for path, container in containers(subject):
        for field in ("volumeMounts", "volumeDevices"):
            for index, mount in enumerate(sequence(container.get(field))):
                name = text(mapping(mount).get("name"))
                if name and name not in volumes:
                    message = f'the mount "{name}" names no volume of the pod'
                    yield judged(subject.found((*path, field, index, "name"), message, suggestion(name, volumes)))
