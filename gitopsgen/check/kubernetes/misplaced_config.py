"""Gatekeeper's configuration under a name or in a namespace where Gatekeeper does not look.

What it finds:
    An object `Config` of `config.gatekeeper.sh` that is not called `config` in `gatekeeper-system`.

Why:
    Gatekeeper reads that one object and no other: what it was to exempt or to replicate is not, without a word.

Example:
    apiVersion: config.gatekeeper.sh/v1alpha1
    kind: Config
    metadata: {name: sync-pods, namespace: gatekeeper-system}

Instead:
    apiVersion: config.gatekeeper.sh/v1alpha1
    kind: Config
    metadata: {name: config, namespace: gatekeeper-system}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity

RULE = Rule("GG439", "misplaced-config", Severity.ERROR, on=of_kind("Config.config.gatekeeper.sh"), is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report another name, and another namespace."""
    if subject.name != "config":
        message = f'Gatekeeper\'s configuration is called "{subject.name}", expected "config"'
        yield subject.found(("metadata", "name"), message, "there is one of it")
    if subject.namespace != "gatekeeper-system":
        found = f'the namespace "{subject.namespace}"' if subject.namespace else "no namespace"
        message = f'Gatekeeper\'s configuration names {found}, expected "gatekeeper-system"'
        yield subject.found(("metadata", "namespace"), message)
