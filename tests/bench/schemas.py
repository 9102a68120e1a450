"""The schemas that we check by, in the form that kubeconform takes: one file a kind, with all it refers to inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate

from tests.bench.fleet import KUBERNETES, SCHEMAS

_RELEASES = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_REFERENCE = re.compile(r'"/api/_definitions\.json#/\$defs/([^"]+)"')
# Kind, group up to its first dot, and version: the names of the files.
KINDS = (
    "namespace-v1 serviceaccount-v1 configmap-v1 service-v1 resourcequota-v1 limitrange-v1 deployment-apps-v1 "
    "role-rbac-v1 rolebinding-rbac-v1 horizontalpodautoscaler-autoscaling-v2 poddisruptionbudget-policy-v1 "
    "priorityclass-scheduling-v1 networkpolicy-networking-v1 cronjob-batch-v1"
).split()


def schemas() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give path and schema of every kind of the invented fleet."""
    release = _RELEASES / f"v{KUBERNETES}.0-local-strict"
    definitions = json.loads((release / "_definitions.json").read_text("utf-8"))["$defs"]
    for kind in KINDS:
        yield f"{kind}.json", _whole((release / f"{kind}.json").read_text("utf-8"), definitions)
    for path in SCHEMAS.glob("*/*.json"):
        schema = json.loads(path.read_text("utf-8"))
        # The pack leaves out what all kinds share; kubeconform knows nothing of it by itself.
        shared = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
        schema["properties"] |= shared
        yield str(path.relative_to(SCHEMAS)), schema


def _whole(text: str, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Take into a schema all definitions that can be reached from it."""
    wanted, taken = list(_REFERENCE.findall(text)), {}
    while wanted:
        name = wanted.pop()
        if name not in taken:
            taken[name] = definitions[name]
            wanted += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(definitions[name]))
    whole: dict[str, Any] = json.loads(_REFERENCE.sub(r'"#/$defs/\1"', text))
    return {**whole, "$defs": taken}
