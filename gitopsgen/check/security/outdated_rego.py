"""Policies in a form that their engine does not read, or reads as something else.

What it finds:
    In ConfigMaps, keys that end in `.rego`: rules in the form of before OPA 1.0 (without `if` and `contains`), and
    policies without `import rego.v1` that an OPA below 1.0 mounts. In ConstraintTemplates: that very import.

Why:
    OPA from 1.0 on refuses the old form and does not start; below 1.0, the new form needs the import.
    Gatekeeper refuses the import: there `code` with `version: v1` says which form is meant.

Example:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: policies, namespace: risk}
    data:
      risk.rego: |
        package risk

        deny {
            input.amount > 100000
        }

Instead:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: policies, namespace: risk}
    data:
      risk.rego: |
        package risk

        import rego.v1

        deny contains "amount" if {
            input.amount > 100000
        }

"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

RULE = Rule("GG525", "outdated-rego", Severity.ERROR, is_shared=True)
_IMPORT = re.compile(r"^import rego\.v1\s*$", re.MULTILINE)
# A head that a body follows at once, or that collects members in brackets: both have other forms since 1.0.
_OLD_HEAD = re.compile(
    r"^(?P<head>(?!default\b|package\b|import\b|else\b)[a-z_][A-Za-z0-9_.]*(\([^)\n]*\)|\[[^\]\n]*\])?)"
    r"(\s*:?=\s*(true|false|\"[^\"\n]*\"|\d+))?\s*\{",
    re.MULTILINE,
)
_OLD_OPA = re.compile(r"(^|/)opa:v?0\.")


def check(cluster: Cluster) -> Iterator[Found]:
    """Report policies that would not mean what they say."""
    old = _mounted_by_old_engines(cluster)
    for subject in cluster.of("ConfigMap"):
        for key, policy in mapping(subject.data.get("data")).items():
            if key.endswith(".rego") and isinstance(policy, str):
                needs_import = (subject.namespace, subject.name) in old
                yield from _of_opa(subject, ("data", key), policy, needs_import=needs_import)
    for subject in cluster.of("ConstraintTemplate", "templates.gatekeeper.sh"):
        for field, policy in _of_template(subject):
            if _IMPORT.search(policy):
                message = 'Gatekeeper refuses "import rego.v1", expected none'
                yield subject.found(field, message, "the new form is chosen by `version: v1` beside `engine: Rego`")


def _of_opa(subject: Subject, field: Path, policy: str, *, needs_import: bool) -> Iterator[Found]:
    old = _OLD_HEAD.search(policy)
    if old:
        line = policy.count("\n", 0, old.start("head")) + 1
        message = f'rule "{old["head"]}" on line {line} of the policy has the form of before OPA 1.0'
        yield subject.found(field, message, "write `if` before the body, and `contains` for what collects members")
    elif needs_import and not _IMPORT.search(policy):
        message = 'the policy has no "import rego.v1", which the OPA below 1.0 that reads it needs'
        yield subject.found(field, message, "write it below the package; later versions do not mind")


def _mounted_by_old_engines(cluster: Cluster) -> set[tuple[str, str]]:
    return {
        (workload.namespace, reference.name)
        for workload, reference in cluster.referring("ConfigMap")
        if any(_OLD_OPA.search(text(container.get("image"))) for _, container in containers(workload))
    }


def _of_template(subject: Subject) -> Iterator[tuple[Path, str]]:
    for index, each in enumerate(sequence(mapping(subject.data.get("spec")).get("targets"))):
        target = mapping(each)
        yield ("spec", "targets", index, "rego"), text(target.get("rego"))
        for number, code in enumerate(sequence(target.get("code"))):
            source = mapping(mapping(code).get("source"))
            yield ("spec", "targets", index, "code", number, "source", "rego"), text(source.get("rego"))
