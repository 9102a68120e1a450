"""Two entries with the same key in one list.

What it finds:
    A list that the API server merges by key (containers and environment variables by `name`, ports by
    number and protocol, volume mounts by path) with two entries of one key; a set with a value twice.

Why:
    Server-side apply, which Argo CD uses here, refuses the object; a plain apply keeps one of the two.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      ports:
        - {name: http, port: 80}
        - {name: metrics, port: 80, protocol: TCP}

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: payment-gateway, namespace: payment}
    spec:
      ports:
        - {name: http, port: 80}
        - {name: metrics, port: 9090, protocol: TCP}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import judged
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity

RULE = Rule("GG408", "duplicate-entry", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


# Of the lists of built-in kinds: where validation refuses a second entry, elsewhere the server only warns.
_UNIQUE = frozenset(
    {
        "containers",
        "initContainers",
        "matchConditions",
        "tokenRequests",
        "topologySpreadConstraints",
        "validationActions",
        "volumeMounts",
        "volumes",
    }
)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort."""
    kind = subject.known.kind
    is_custom = kind is not None and not kind.source.startswith("Kubernetes ")
    for found in subject.violating(RULE.name):
        is_refused = (
            is_custom
            or found.field[-2] in _UNIQUE
            or found.field[:2] == ("spec", "ports")
            or "onExitCodes" in found.field
        )
        yield judged(found) if is_refused else found._replace(refused=False)
