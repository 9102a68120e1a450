"""What an API server fills in before policies see an object, for what they ask of most: workloads and services.

Facts from the server's own defaulting (k8s.io/kubernetes/pkg/apis/{core,apps,batch}/v1/defaults.go); that they are
right is proven by `tests/real/test_policies.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.check.images import parse
from gitopsgen.check.pods import template_path
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path

Data = Mapping[str, Any]

_ROLLING: Final = {"maxUnavailable": "25%", "maxSurge": "25%"}
_SPECS: Final[Mapping[tuple[str, str], Data]] = {
    ("apps", "DaemonSet"): {
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
    },
    ("apps", "Deployment"): {
        "progressDeadlineSeconds": 600,
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": _ROLLING},
    },
    ("apps", "StatefulSet"): {
        "podManagementPolicy": "OrderedReady",
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    },
    ("batch", "CronJob"): {
        "concurrencyPolicy": "Allow",
        "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3,
        "suspend": False,
    },
    ("batch", "Job"): {
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "parallelism": 1,
        "podReplacementPolicy": "TerminatingOrFailed",
        "suspend": False,
    },
    ("", "Service"): {"internalTrafficPolicy": "Cluster", "sessionAffinity": "None", "type": "ClusterIP"},
}
_POD: Final = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
_CONTAINER: Final = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}


def with_defaults(group: str, kind: str, data: Data) -> Data:
    """Give the object as policies see it; one of a kind that is not known here stays as it is."""
    known = _SPECS.get((group, kind))
    if known is not None:
        data = {**data, "spec": _filled(mapping(data.get("spec")), known)}
    path = template_path(group, kind)
    return data if path is None else _changed(data, (*path, "spec"))


def _filled(given: Data, defaults: Data) -> Data:
    """Fill in what is missing; a mapping that is given keeps to its own `type`."""
    whole = {**defaults, **{key: value for key, value in given.items() if value is not None}}
    for key, default in defaults.items():
        own = whole[key]
        if isinstance(default, dict) and isinstance(own, dict) and own.get("type") in (None, default.get("type")):
            whole[key] = _filled(own, default)
    return whole


def _changed(data: Data, path: Path) -> Data:
    if not path:
        return _pod_spec(data)
    inner = data.get(str(path[0]))
    return {**data, path[0]: _changed(inner, path[1:])} if isinstance(inner, dict) else data  # type: ignore[dict-item]


def _pod_spec(spec: Data) -> Data:
    made = {**_POD, **{key: value for key, value in spec.items() if value is not None}}
    for field in ("containers", "initContainers"):
        if field in made:
            made[field] = [_container(mapping(one)) for one in sequence(made[field])]
    return made


def _container(given: Data) -> Data:
    made = {**_CONTAINER, "imagePullPolicy": _pull_policy(given.get("image")), **given}
    if made.get("ports"):
        made["ports"] = [{"protocol": "TCP", **mapping(port)} for port in sequence(made["ports"])]
    return made


def _pull_policy(reference: Any) -> str:
    image = parse(reference) if isinstance(reference, str) else None
    is_newest = image is not None and image.tag in {"", "latest"} and not image.digest
    return "Always" if is_newest else "IfNotPresent"
