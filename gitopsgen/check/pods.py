"""Where the pods of a workload stand in its manifest.

Knows the kinds of Kubernetes that make pods; what is right for a pod is said by rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

_TEMPLATE: Path = ("spec", "template")
_PATHS: Mapping[tuple[str, str], Path] = {
    ("apps", "DaemonSet"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): _TEMPLATE,
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): _TEMPLATE,
}
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def template_path(group: str, kind: str) -> Path | None:
    """Give the path of the pod template, None for a kind without one."""
    return _PATHS.get((group, kind))


def has_template(subject: Subject) -> bool:
    """Whether the object makes pods from a template, or is one."""
    return subject.known.pods is not None


def template(subject: Subject) -> Mapping[str, Any]:
    """Give the pod template (for a pod, the object itself)."""
    found: Any = subject.data
    for step in subject.known.pods or ():
        found = mapping(mapping(found).get(step))  # type: ignore[arg-type]  # the paths above are of names only
    return mapping(found)


def pod_spec(subject: Subject) -> Mapping[str, Any]:
    """Give the specification of the pods."""
    return mapping(template(subject).get("spec"))


def pod_labels(subject: Subject) -> Mapping[str, Any]:
    """Give the labels of the pods."""
    return mapping(mapping(template(subject).get("metadata")).get("labels"))


def spec_path(subject: Subject) -> Path:
    """Give the path of the specification of the pods."""
    return (*(subject.known.pods or ()), "spec")


def containers(subject: Subject) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Give each container of the pods, init containers first, with its path."""
    spec = pod_spec(subject)
    for field in _CONTAINERS:
        for index, container in enumerate(sequence(spec.get(field))):
            yield (*spec_path(subject), field, index), mapping(container)


def port_names(subject: Subject) -> Iterator[str]:
    """Give the names of the ports that containers declare."""
    for _, container in containers(subject):
        for port in sequence(container.get("ports")):
            if name := text(mapping(port).get("name")):
                yield name
