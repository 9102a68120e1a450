"""An object in a namespace that nothing makes.

What it finds:
    A namespace that no manifest describes, no operator of the cluster is installed in and Kubernetes does not make
    itself. Where it is not known which operators a cluster has, only a name that is all but the name of a namespace
    which a manifest describes, and that for information.

Why:
    The API server answers "not found", and Argo CD syncs nothing of the application.

Example:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: gateway, namespace: paymnet}

Instead:
    apiVersion: v1
    kind: Namespace
    metadata: {name: payment}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: gateway, namespace: payment}

"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule("GG517", "unknown-namespace", Severity.ERROR, is_shared=True)
_GIVEN: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
_ALIKE: Final = 0.85  # of 1: one letter more or less, or two in the wrong order


def check(cluster: Cluster) -> Iterator[Found]:
    """Report namespaces that are not there."""
    described = [subject.name for subject in cluster.of("Namespace")]
    if not described:
        return
    made = {*described, *_GIVEN, *_of_operators(cluster)}
    for subject in cluster.subjects:
        if subject.namespace and subject.namespace not in made:
            close = get_close_matches(subject.namespace, described, n=1, cutoff=_ALIKE)
            if cluster.setting or close:
                message = f'{subject} stands in the namespace "{subject.namespace}", which nothing makes'
                hint = f'did you mean "{close[0]}"?' if close else ""
                severity = None if cluster.setting else Severity.INFO
                yield Found(subject, ("metadata", "namespace"), message, hint, severity)


def _of_operators(cluster: Cluster) -> set[str]:
    """Give the namespaces that Argo CD makes for the charts of a cluster's operators."""
    charts = mapping(cluster.setting.operators.get("charts")) if cluster.setting else {}
    return {text(mapping(chart).get("namespace")) for chart in charts.values()}
