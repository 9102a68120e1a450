"""An address taken from a Secret.

What it finds:
    An environment variable that takes a host, a port or an address from a Secret.

Why:
    Where a service stands is no secret. In a Secret it is seen by nobody who reviews a change or looks for a fault,
    and cannot be checked; whoever may read the address may read the password beside it.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: core, namespace: shop}
    spec:
      containers:
        - name: core
          env: [{name: DB_HOST, valueFrom: {secretKeyRef: {name: db-secret, key: host}}}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: core, namespace: shop}
    spec:
      containers:
        - name: core
          env:
            - {name: DB_HOST, value: db.shop.svc}
            - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-secret, key: password}}}

"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule("GG461", "secret-address", Severity.WARNING, on=has_pods, is_shared=True)
# not a URL, which may hold a password
_ADDRESS = re.compile(r"(?:^|[-_.])(?:host|hostname|port|addr|address|endpoint)$", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Report addresses that are kept as secrets."""
    for path, container in containers(subject):
        for index, entry in enumerate(sequence(container.get("env"))):
            variable = text(mapping(entry).get("name"))
            reference = mapping(mapping(mapping(entry).get("valueFrom")).get("secretKeyRef"))
            name, key = text(reference.get("name")), text(reference.get("key"))
            if reference and (_ADDRESS.search(variable) or _ADDRESS.search(key)):
                field = (*path, "env", index, "valueFrom", "secretKeyRef", "key")
                message = f'the environment variable "{variable}" takes the address "{key}" from the Secret "{name}"'
                yield subject.found(field, message, "write it into the configuration; keep the password secret")
