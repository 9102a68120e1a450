"""What a server reads where a manifest says nothing, of the fields that no update may change.

Two versions that differ in what the server would have set anyway do not differ. Facts from `pkg/apis/*/defaults.go`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.capacity.quantities import amount

_PROBE: Final = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_VOLUME_MODE: Final = {"volumeMode": "Filesystem"}
_RUNS: Final = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "terminationGracePeriodSeconds": 30,
    "schedulerName": "default-scheduler",
    "enableServiceLinks": True,
}
# By kind, of the object or of its specification.
_OF_OBJECT: Final[Mapping[str, Mapping[str, Any]]] = {
    "Secret": {"type": "Opaque"},
    "StorageClass.storage.k8s.io": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "PriorityClass.scheduling.k8s.io": {"preemptionPolicy": "PreemptLowerPriority"},
}
_OF_SPEC: Final[Mapping[str, Mapping[str, Any]]] = {
    "CSIDriver.storage.k8s.io": {"attachRequired": True, "volumeLifecycleModes": ["Persistent"]},
    "Job.batch": {"completionMode": "NonIndexed"},
    "PersistentVolume": _VOLUME_MODE,
    "PersistentVolumeClaim": _VOLUME_MODE,
    "Pod": _RUNS,
    "Service": {"type": "ClusterIP"},
    "StatefulSet.apps": {"podManagementPolicy": "OrderedReady"},
}
# By the field that a mapping, or a list of mappings, stands in.
_BELOW: Final[Mapping[str, Mapping[str, Any]]] = {
    "configMap": {"defaultMode": 420},
    "containers": {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"},
    "downwardAPI": {"defaultMode": 420},
    "fieldRef": {"apiVersion": "v1"},
    "httpGet": {"path": "/", "scheme": "HTTP"},
    "livenessProbe": _PROBE,
    "onPodConditions": {"status": "True"},
    "ports": {"protocol": "TCP"},
    "projected": {"defaultMode": 420},
    "readinessProbe": _PROBE,
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io"},
    "secret": {"defaultMode": 420},
    "startupProbe": _PROBE,
}
_AMOUNTS: Final = frozenset({"capacity", "limits", "requests"})


def with_defaults(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give an object as a server reads it: with defaults, amounts as numbers, and without what says nothing."""
    whole = {**_OF_OBJECT.get(kind, {}), **_given(data)}
    if kind in _OF_SPEC:
        whole["spec"] = {**_OF_SPEC[kind], **_given(whole.get("spec"))}
    spec = whole.get("spec")
    if kind == "StatefulSet.apps" and isinstance(spec, dict) and isinstance(spec.get("volumeClaimTemplates"), list):
        whole["spec"] = {**spec, "volumeClaimTemplates": [_claim(one) for one in spec["volumeClaimTemplates"]]}
    if kind == "Job.batch" and isinstance(spec, dict):
        whole["spec"] = {**whole["spec"], "template": _template(spec.get("template"))}
        if whole["spec"]["completionMode"] == "NonIndexed" and spec.get("parallelism") is None:
            whole["spec"].setdefault("completions", 1)
    if kind == "Secret":
        return {**whole, "data": _contents(whole)}
    is_text = kind == "ConfigMap"
    return whole if is_text else {name: _filled(name, value) for name, value in whole.items()}


def _claim(claim: Any) -> Any:
    given = _given(claim)
    return {**given, "spec": {**_VOLUME_MODE, **_given(given.get("spec"))}}


def _template(template: Any) -> Any:
    given = _given(template)
    return {**given, "spec": {**_RUNS, **_given(given.get("spec"))}}


def _contents(secret: Mapping[str, Any]) -> dict[str, Any]:
    texts = _given(secret.get("stringData"))
    written = {name: base64.b64encode(str(text).encode()).decode() for name, text in texts.items()}
    return {**_given(secret.get("data")), **written}


def _filled(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(name, one) for one in value]
    if not isinstance(value, dict):
        return value
    defaults = _BELOW.get("containers" if name == "initContainers" else name, {})
    if name in _AMOUNTS:
        return {key: one if (number := amount(one)) is None else number for key, one in value.items()}
    filled = {key: _filled(key, one) for key, one in {**defaults, **_given(value)}.items()}
    return {key: one for key, one in filled.items() if one not in (None, [], {}, "")}


def _given(value: Any) -> dict[str, Any]:
    return {key: one for key, one in value.items() if one is not None} if isinstance(value, dict) else {}
