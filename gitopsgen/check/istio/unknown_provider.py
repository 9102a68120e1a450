"""A provider that the mesh does not know.

What it finds:
    A Telemetry, or an AuthorizationPolicy with `action: CUSTOM`, whose provider no mesh configuration among the
    manifests declares: the `extensionProviders` of a ConfigMap with the key `mesh` in `istio-system`. The mesh's own
    providers need no declaration.

Why:
    Istio ignores such a Telemetry, and nothing is measured. Such an AuthorizationPolicy denies every request.

Example:
    apiVersion: telemetry.istio.io/v1
    kind: Telemetry
    metadata: {name: tracing, namespace: payment}
    spec: {tracing: [{providers: [{name: tempo}]}]}

Instead:
    apiVersion: telemetry.istio.io/v1
    kind: Telemetry
    metadata: {name: tracing, namespace: payment}
    spec: {tracing: [{providers: [{name: tempo}]}]}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: mesh-providers, namespace: istio-system}
    data:
      mesh: |
        extensionProviders:
          - name: tempo
            opentelemetry: {service: otel-collector.observability.svc.cluster.local, port: 4317}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG724", "unknown-provider", Severity.ERROR, is_shared=True)
# what every mesh has without being told
_GIVEN: Final = frozenset({"envoy", "prometheus", "stackdriver"})
_ROOT: Final = "istio-system"


def check(cluster: Cluster) -> Iterator[Found]:
    """Report providers that nobody declares."""
    declared = _GIVEN | {name for config in cluster.of("ConfigMap") for name in _providers(config)}
    for subject, path, name in _references(cluster):
        if name and name not in declared:
            message = f'{subject} names the provider "{name}", which no mesh configuration declares'
            yield subject.found(path, message, suggestion(name, declared) or "declare it under extensionProviders")


def _providers(config: Subject) -> Iterator[str]:
    mesh = text(mapping(config.data.get("data")).get("mesh"))
    if config.namespace != _ROOT or not mesh:
        return
    try:
        found: Any = yaml.load(mesh, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return  # what istiod cannot read declares nothing
    for provider in sequence(mapping(found).get("extensionProviders")):
        yield text(mapping(provider).get("name"))


def _references(cluster: Cluster) -> Iterator[tuple[Subject, Path, str]]:
    for subject in cluster.of("AuthorizationPolicy", "security.istio.io"):
        provider = mapping(mapping(subject.data.get("spec")).get("provider"))
        yield subject, ("spec", "provider", "name"), text(provider.get("name"))
    for subject in cluster.of("Telemetry", "telemetry.istio.io"):
        spec = mapping(subject.data.get("spec"))
        for part in ("tracing", "metrics", "accessLogging"):
            for index, rule in enumerate(sequence(spec.get(part))):
                for number, provider in enumerate(sequence(mapping(rule).get("providers"))):
                    path = ("spec", part, index, "providers", number, "name")
                    yield subject, path, text(mapping(provider).get("name"))
