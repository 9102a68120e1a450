"""A rendered manifest, and the identity of the object that it describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitopsgen.model.variant import VariantId


@dataclass(frozen=True, slots=True, order=True)
class ResourceId:
    """Group, version, kind, namespace and name of a Kubernetes object."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Give `Kind namespace/name`."""
        return f"{self.kind} {self.namespace + '/' if self.namespace else ''}{self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One YAML document of one variant.

    `file` is relative to the output directory; `template` names the file that made it,
    `document` which document of that template; `data` is the object as a cluster reads it.
    `is_resource` is false for node files, which no cluster reads.
    """

    variant: VariantId
    file: str
    template: str
    document: int
    data: Any
    is_resource: bool = True
