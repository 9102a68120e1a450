"""The kustomizations of the output tree: of a case, of a cluster, and of what Argo CD is told; one text for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gitopsgen import argocd
from gitopsgen.model.rendered import Rendered
from gitopsgen.template.engine import Engine
from gitopsgen.template.expressions import reference

FILE: Final = "kustomization.yaml"


class Kustomizations:
    """Writes kustomizations; equal lists of resources, which a fleet has many of, are written once."""

    def __init__(self, engine: Engine) -> None:
        """Use an engine of the project."""
        self._engine = engine
        self._texts: dict[tuple[str, ...], bytes] = {}
        engine.loader.add_packaged(argocd.KUSTOMIZATION.path, argocd.DIRECTORY / "kustomization.yaml.j2")
        roots = {"resources": reference("resources")}
        self.instance = engine.instance(argocd.KUSTOMIZATION, roots, "")

    def of(self, folder: str, owner: str, resources: Sequence[str]) -> Rendered:
        """Give the kustomization of a folder, which lists files or folders in it."""
        key = tuple(resources)
        content = self._texts.get(key)
        if content is None:
            (made,) = self._engine.render(self.instance, {"resources": list(key)})
            content = self._texts[key] = made.content
        return Rendered(f"{folder}/{FILE}", content, owner, "", "", "")
