"""All objects of one cluster, found by kind and by name.

Judges nothing; what a missing or a second object means is said by rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gitopsgen.capacity import Setting
from gitopsgen.check.operated import operated_labels
from gitopsgen.check.pod_references import Reference, references
from gitopsgen.check.pods import pod_labels
from gitopsgen.check.rule import Subject, makes_pods

# Kinds that often stand alone in a namespace which a chart fills: they say nothing of what else is there.
_OUTPOSTS = frozenset({"PeerAuthentication", "PodMonitor", "ReferenceGrant", "Role", "RoleBinding", "ServiceMonitor"})


class Cluster:
    """The objects of one cluster; made once, asked by every rule."""

    __slots__ = (
        "_by_kind", "_by_name", "_pods", "_references", "_workloads", "files", "namespaces", "setting", "subjects",
    )  # fmt: skip

    def __init__(
        self, subjects: Sequence[Subject], files: Sequence[tuple[str, Any]] = (), setting: Setting | None = None
    ) -> None:
        """Sort the objects; `files` are those of the nodes, `setting` is what else is known of the cluster."""
        self.subjects = subjects
        self.files = files
        self.setting = setting
        self._by_kind: dict[tuple[str, str], list[Subject]] = {}
        self._by_name: dict[tuple[str, str, str, str], Subject] = {}
        for subject in subjects:
            group, kind = subject.known.group, subject.known.name
            self._by_kind.setdefault((group, kind), []).append(subject)
            self._by_name.setdefault((group, kind, subject.namespace, subject.name), subject)
        self._workloads = [subject for subject in subjects if makes_pods(subject.known)]
        self._pods: dict[str, list[tuple[Subject, Mapping[str, Any]]]] | None = None
        self._references: dict[str, list[tuple[Subject, Reference]]] | None = None
        self.namespaces = frozenset(
            subject.namespace for subject in subjects if subject.known.name not in _OUTPOSTS
        ) | {subject.name for subject in self.of("Namespace")}

    def of(self, kind: str, group: str = "") -> list[Subject]:
        """Give all objects of a kind."""
        return self._by_kind.get((group, kind), [])

    def get(self, kind: str, name: str, namespace: str = "", group: str = "") -> Subject | None:
        """Give the object with this identity, in whatever version, or None."""
        return self._by_name.get((group, kind, namespace, name))

    def same(self, subject: Subject) -> Subject:
        """Give the first object with the identity of this one, which may be this one."""
        known = subject.known
        return self._by_name[known.group, known.name, subject.namespace, subject.name]

    def workloads(self) -> list[Subject]:
        """Give all objects that make pods, or are one."""
        return self._workloads

    def pods(self, namespace: str) -> list[tuple[Subject, Mapping[str, Any]]]:
        """Give each object of a namespace that pods come from, also those of operators, with the labels of the pods."""
        if self._pods is None:
            self._pods = {}
            for subject in self.subjects:
                labels = pod_labels(subject) if makes_pods(subject.known) else operated_labels(subject)
                if labels is not None:
                    self._pods.setdefault(subject.namespace, []).append((subject, labels))
        return self._pods.get(namespace, [])

    def referring(self, kind: str) -> list[tuple[Subject, Reference]]:
        """Give each reference of pods to objects of one kind, with the workload that makes it."""
        if self._references is None:
            self._references = {}
            for subject in self._workloads:
                for reference in references(subject):
                    self._references.setdefault(reference.kind, []).append((subject, reference))
        return self._references.get(kind, [])
