"""A Secret whose contents stand in Git.

What it finds:
    An object of kind Secret with `data` or `stringData`.

Why:
    Base64 is no encryption: whoever can read the repository, now or in its history, has the secret.

Example:
    apiVersion: v1
    kind: Secret
    metadata: {name: ledger, namespace: payment}
    stringData: {password: correct-horse}

Instead:
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

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule("GG424", "literal-secret", Severity.ERROR, on=of_kind("Secret"), is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report the contents of a Secret."""
    for field in ("data", "stringData"):
        if subject.data.get(field):
            message = f'{subject} carries "{field}", expected a reference to a secret store'
            yield subject.found((field,), message, "use an ExternalSecret")
