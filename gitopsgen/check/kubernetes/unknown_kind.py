"""An object of a kind that the cluster does not have.

What it finds:
    An `apiVersion` and `kind` that neither the cluster's Kubernetes version nor the schema pack has:
    a misspelt kind, an API that was removed, a version of a custom kind that is not installed.

Why:
    The API server answers "no matches for kind", and nothing that follows can be checked.

Example:
    apiVersion: policy/v1beta1
    kind: PodDisruptionBudget
    metadata: {name: payment-gateway, namespace: payment}
    spec: {maxUnavailable: 1}

Instead:
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: payment-gateway, namespace: payment}
    spec: {maxUnavailable: 1}

"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gitopsgen.check.kubernetes.lenience import release
from gitopsgen.check.rule import API_SERVER, Found, Known, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.schemas.bundled import versions, versions_with
from gitopsgen.schemas.constraints import CONSTRAINTS
from gitopsgen.schemas.wording import listed, suggestion

_SCHEMAS = "a custom kind needs a schema: its definition among the manifests, schemas import, or --schema-location"


def _is_unknown(known: Known) -> bool:
    # constraints get their kind from templates, so only the whole cluster can tell
    return known.kind is None and (known.group != CONSTRAINTS or not known.name)


# what people point at that is no manifest, by a key of it
_OTHERS: Final = {
    "groups": "rules of Prometheus go under spec of a PrometheusRule",
    "scrape_configs": "a configuration of Prometheus goes into a ConfigMap, or becomes ServiceMonitors",
    "syscalls": "a seccomp profile goes into a ConfigMap, or becomes a SeccompProfile",
    "jobs": "a workflow is no manifest: leave the file out",
    "services": "a file of Compose is no manifest: leave it out",
    "dependencies": "of a chart, give what it renders: helm template … | gitopsgen check -",
    "replicaCount": "of a chart, give what it renders: helm template … | gitopsgen check -",
}
RULE = Rule("GG401", "unknown-kind", Severity.ERROR, on=_is_unknown, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report an object whose kind no source of kinds has."""
    version, kind = subject.known.api_version, subject.known.name
    if not (version and kind):
        missing = "apiVersion" if not version else "kind"
        keys = mapping(subject.data) if not (version or kind) else {}
        hint = next((hint for key, hint in _OTHERS.items() if key in keys), "")
        yield subject.found((), f'the document has no "{missing}", expected a Kubernetes object', hint)
        return
    names = sorted({name for source in subject.known.sources for name in source.names()})
    elsewhere = [found for found, name in names if name == kind]
    groups = {_group(found) for found, _ in names}
    if elsewhere and (_group(version) in groups or "." not in _group(version)):
        message = f'"{version}" has no kind "{kind}", expected {listed(elsewhere)}'
        hint = _history(subject, version, kind) or _release(subject, elsewhere[-1])
        yield subject.found(("apiVersion",), message, hint)
    else:
        message = f'cannot be checked: no schema for "{kind}" of "{version}"'
        yield subject.found(("kind",), message, _meant(version, kind, names))


def _meant(version: str, kind: str, names: Sequence[tuple[str, str]]) -> str:
    if elsewhere := [found for found, name in names if name == kind]:
        return f"that of {listed(elsewhere)} is known; {_SCHEMAS}"
    # a kind of a group that nobody knows is rather a stranger than a slip
    alike = [name for found, name in names if _group(found) == _group(version)]
    return suggestion(kind, alike) or _SCHEMAS


def _group(version: str) -> str:
    return version.rpartition("/")[0]


def _release(subject: Subject, version: str) -> str:
    found = next((kind for each in subject.known.sources if (kind := each.find(version, subject.known.name))), None)
    if found is None or found.source.startswith("Kubernetes"):
        return ""
    return f"known is {found.source}; of another release, its definition among the manifests, or --schema-location"


def _history(subject: Subject, version: str, kind: str) -> str:
    had = versions_with(version, kind)
    spaces = (source.find("v1", "Namespace") for source in subject.known.sources)
    current = next((release(space) for space in spaces if space is not None), [])
    before = [one for one in had if _parts(one) < current]
    if not had or not before:
        return f"new in Kubernetes {had[0]}" if had else ""
    later = (one for one in versions() if one not in had and _parts(one) > _parts(before[-1]))
    return f"removed in Kubernetes {next(later)}"


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
