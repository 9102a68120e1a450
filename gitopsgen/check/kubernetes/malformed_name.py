"""A name that its kind does not allow.

What it finds:
    A `metadata.name` or `metadata.namespace` outside the grammar of the kind: DNS subdomains for most, labels
    for namespaces, stateful sets and services (which begin with a letter before Kubernetes 1.36), at most 52
    characters for a CronJob.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Service
    metadata: {name: 3ds-gateway, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

Instead:
    apiVersion: v1
    kind: Service
    metadata: {name: gateway-3ds, namespace: payment}
    spec: {ports: [{name: http, port: 80}]}

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from gitopsgen.check import names
from gitopsgen.check.kubernetes.lenience import RELAXED, release
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule("GG410", "malformed-name", Severity.ERROR, is_shared=True, refused_by=API_SERVER)

_GRAMMARS: Mapping[tuple[str, str], names.Grammar] = {
    ("", "Namespace"): names.dns_label,
    ("", "Service"): names.service,
    ("apps", "StatefulSet"): names.dns_label,
    ("batch", "CronJob"): names.cron_job,
    ("policy", "PodDisruptionBudget"): names.path_segment,
    ("rbac.authorization.k8s.io", "ClusterRole"): names.path_segment,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): names.path_segment,
    ("rbac.authorization.k8s.io", "Role"): names.path_segment,
    ("rbac.authorization.k8s.io", "RoleBinding"): names.path_segment,
}
_STRANGE: Final = re.compile("[^a-z0-9.-]+")
# What is asked and answered is stored nowhere, and its name is not looked at.
_ASKED = frozenset({"authentication.k8s.io", "authorization.k8s.io"})


def check(subject: Subject) -> Iterator[Found]:
    """Report names that the API server refuses."""
    known = subject.known
    if known.group in _ASKED:
        return
    grammar = _GRAMMARS.get((known.group, known.name), names.subdomain)
    if grammar is names.service and release(known.kind) >= RELAXED:
        grammar = names.dns_label
    expected = grammar(subject.name) if subject.name else ""
    if expected:
        message = f'the name "{subject.name}" of a {known.name} must be {expected}'
        proposed = _STRANGE.sub("-", subject.name.lower()).strip("-.")
        hint = f'such as "{proposed}"' if proposed and not grammar(proposed) else ""
        yield subject.found(("metadata", "name"), message, hint)
    prefix = text(subject.metadata.get("generateName"))
    # a "-" at its end is followed by what the server adds
    if prefix and (expected := grammar(f"{prefix[:-1]}a" if prefix.endswith("-") else prefix)):
        message = f'the generateName "{prefix}" of a {known.name} must be {expected}'
        yield subject.found(("metadata", "generateName"), message)
    expected = names.dns_label(subject.namespace) if subject.namespace else ""
    if expected:
        yield subject.found(("metadata", "namespace"), f'the namespace "{subject.namespace}" must be {expected}')
