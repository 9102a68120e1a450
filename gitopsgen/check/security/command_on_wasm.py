"""A command in a container that can execute none.

What it finds:
    An `exec` probe or an `exec` hook in a pod whose runtime class runs WebAssembly modules by a shim of runwasi; also
    one that Vault's injector would add (`vault.hashicorp.com/agent-inject` with `agent-revoke-on-shutdown`).

Why:
    The shim does not implement exec: the probe fails always, so the pod is never ready, or is restarted for ever;
    the hook fails, and the pod with it.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec:
      runtimeClassName: wasmedge
      containers:
        - name: gateway
          readinessProbe: {exec: {command: [cat, /tmp/ready]}}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: gateway, namespace: payment}
    spec:
      runtimeClassName: wasmedge
      containers:
        - name: gateway
          readinessProbe: {httpGet: {path: /readyz, port: 8080}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.pods import containers, spec_path, template
from gitopsgen.check.rule import Found, Rule
from gitopsgen.check.runtimes import handler, is_runwasi
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

RULE = Rule("GG432", "command-on-wasm", Severity.ERROR, is_shared=True)
_INJECTOR: Final = "vault.hashicorp.com/"
_HOOKED: Final = ("agent-inject", "agent-revoke-on-shutdown")
_PLACES: Final[tuple[tuple[str, ...], ...]] = (
    ("startupProbe",),
    ("readinessProbe",),
    ("livenessProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report commands in pods of WebAssembly modules."""
    for subject in cluster.workloads():
        if is_runwasi(handler(cluster, subject)):
            for path, container in containers(subject):
                for place in _commands(container):
                    message = f"{subject} runs WebAssembly modules, whose shim cannot execute a command"
                    hint = "ask over HTTP; to wait before the stop, use sleep"
                    yield subject.found((*path, *place, "exec"), message, hint)
            annotations = mapping(mapping(template(subject).get("metadata")).get("annotations"))
            if all(annotations.get(f"{_INJECTOR}{name}") == "true" for name in _HOOKED):
                message = f"{subject} runs WebAssembly modules, whose shim cannot execute the hook of Vault's agent"
                yield subject.found(spec_path(subject), message, "let External Secrets or Vault's operator fetch it")


def _commands(container: Mapping[str, Any]) -> Iterator[Path]:
    for place in _PLACES:
        found: Any = container
        for step in place:
            found = mapping(found.get(step))
        if "exec" in found:
            yield place
