"""A credential in plain text where configuration belongs.

What it finds:
    Environment variables, entries of ConfigMaps and options of commands that are named like a credential and carry a
    literal value, and any text with a private key, a token of a known form or a URL with a password.

Why:
    Whoever can read the repository, the object or the pod's description has the credential.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          env: [{name: DB_PASSWORD, value: correct-horse}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: ledger, key: password}}}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.credentials import inside, named, option, setting
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Found, Known, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

_CURE = "take it from a Secret that an ExternalSecret makes"
# code and dashboards assign to such names without being configuration
_SETTINGS = (".cfg", ".conf", ".env", ".ini", ".json", ".properties", ".toml", ".yaml", ".yml")


def _may_carry(known: Known) -> bool:
    return known.pods is not None or (known.group, known.name) == ("", "ConfigMap")


RULE = Rule("GG425", "literal-credential", Severity.ERROR, on=_may_carry, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report credentials in environment variables and configuration."""
    return _in_environment(subject) if subject.known.pods is not None else _in_configuration(subject)


def _in_environment(subject: Subject) -> Iterator[Found]:
    for path, container in containers(subject):
        for index, variable in enumerate(sequence(container.get("env"))):
            name, value = text(mapping(variable).get("name")), text(mapping(variable).get("value"))
            what = "a credential" if value and named(name, value) else inside(value)
            if what:
                field = (*path, "env", index, "value")
                yield subject.found(field, f'the environment variable "{name}" holds {what} in plain text', _CURE)
        for key in ("command", "args"):
            for index, word in enumerate(sequence(container.get(key))):
                what = option(text(word)) or inside(text(word))
                if what:
                    message = f"a word of the command holds {what} in plain text, which every list of processes shows"
                    yield subject.found((*path, key, index), message, _CURE)


def _in_configuration(subject: Subject) -> Iterator[Found]:
    for key, value in mapping(subject.data.get("data")).items():
        content = text(value)
        what = "a credential" if "\n" not in content and content and named(key, content) else inside(content)
        if what:
            yield subject.found(("data", key), f'the entry "{key}" holds {what} in plain text', _CURE)
        elif key.endswith(_SETTINGS) and (name := setting(content)):
            message = f'the entry "{key}" sets "{name}" to a credential in plain text'
            yield subject.found(("data", key), message, _CURE)
