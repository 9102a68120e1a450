"""A variant whose templates were filled together, as files and as the manifests that findings speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gitopsgen.check import Finding
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.rendered import Rendered
from gitopsgen.model.variant import Variant, VariantId
from gitopsgen.template.combination import Combination, Filled
from gitopsgen.template.instance import ALL


class Together(NamedTuple):
    """A variant, the combination of ways that it takes, and what that gave."""

    variant: Variant
    combination: Combination
    filled: Filled

    @property
    def cluster(self) -> str:
        """The cluster, with its region."""
        return f"{self.variant.id.region}/{self.variant.id.cluster}"

    def files(self) -> list[Rendered]:
        """Give the files that templates made, by their paths in the output directory."""
        owner, node = str(self.variant.id), f"{self.cluster}/"
        own = f"{owner}/"
        return [
            Rendered((node if name.startswith(NODE) else own) + name, content, owner, template, trace, inputs)
            for name, content, template, trace, inputs in self.filled.files
            if content
        ]

    def resources(self) -> list[str]:
        """Give the names of the files that a cluster reads."""
        files = self.filled.files
        return sorted([files[sheet][0] for sheet in self.combination.resources])

    def manifest(self, sheet: int) -> Manifest:
        """Give one file as the manifest that it is."""
        made = self.combination.sheets[sheet]
        name, _, template, *_ = self.filled.files[sheet]
        data = made.document.build(made.values(self.filled.values))
        is_resource = self.combination.ways[made.way].reader == "cluster"
        number = ALL if made.document.is_stream else made.number
        return Manifest(self.variant.id, path_of(self.variant.id, name), template, number, data, is_resource)

    def instance(self, sheet: int) -> int:
        """Give the number of the template that made a file."""
        return self.combination.sheets[sheet].way


class Told(NamedTuple):
    """A finding that any cluster alike gives again: in which variant, in which of its files."""

    variant: int
    sheet: int
    finding: Finding


NODE = "bootstrap/"


def path_of(variant: VariantId, name: str) -> str:
    """Give the path of a file below the output directory."""
    if name.startswith(NODE):
        return f"{variant.region}/{variant.cluster}/{name}"
    return f"{variant.region}/{variant.cluster}/{variant.case}/{name}"


def told_of(filled: Sequence[Together], found: Iterable[Finding]) -> Iterator[Told]:
    """Give findings by the variant and the file that they are in, whatever these are called."""
    places = {
        path_of(one.variant.id, file[0]): (variant, sheet)
        for variant, one in enumerate(filled)
        for sheet, file in enumerate(one.filled.files)
    }
    for one in found:
        yield Told(*places[one.manifest.file], one)
