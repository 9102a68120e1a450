"""Overlay files: facts and layers of values, each file judged by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.load.clusters import is_deletion
from gitopsgen.load.findings import INVALID_FACT, MISPLACED_TAG, UNKNOWN_NAME
from gitopsgen.load.shapes import check_shape
from gitopsgen.model.project import Layer, Overlay, Patch
from gitopsgen.source import Tagged
from gitopsgen.values import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gitopsgen.load.inputs import Inputs
    from gitopsgen.model.variant import Path


# Where a layer holds together what merges further down: a tag has no meaning there, nor on the way there.
_UNTAGGED: Final = (
    ("*",),
    ("cases", "*"),
    ("classes", "*", "*"),
    ("facts", "classes", "*"),
    ("facts", "clusters", "*"),
)


@dataclass(frozen=True, slots=True)
class OverlayReader:
    """Reads overlay files, knowing which cases there are."""

    inputs: Inputs
    cases: Collection[str]

    def layer(self, kind: str, name: str, file: str) -> Overlay | None:
        """Read the overlay of the fleet, an environment, a tier, an area or a region."""
        data = self.inputs.yaml(file, merge_tags=True)
        if data is None:
            return None
        data = self._without_odd_tags(file, data)
        check_shape(self.inputs, f"overlay-{kind}", file, data)
        title = f"{kind} {name}".rstrip()
        facts = _mapping(data, "facts")
        return Overlay(
            title,
            file,
            _facts_of_region(title, file, facts),
            self._cases(title, file, _mapping(data, "cases"), ("cases",)),
            clusters=_layers(title, file, _mapping(facts, "clusters"), ("facts", "clusters")),
            classes={
                name: replace(layer, name=f"{title}, class {name}")
                for name, layer in _layers(title, file, _mapping(facts, "classes"), ("facts", "classes")).items()
            },
            class_cases={
                name: self._cases(f"{title}, class {name}", file, _mapping(classes, name), ("classes", name))
                for classes in (_mapping(data, "classes"),)
                for name in classes
            },
        )

    def _cases(self, title: str, file: str, cases: Mapping[str, Any], prefix: tuple[str, ...]) -> dict[str, Layer]:
        """Give the layers of values that stand below a place of a file, by case."""
        for case in cases:
            self._check_case(file, case, (*prefix, case))
        return _layers(title, file, cases, prefix)

    def case(self, title: str, case: str, file: str) -> Overlay | None:
        """Read the overlay of one case in a region or on one of its clusters."""
        data = self.inputs.yaml(file, merge_tags=True)
        if data is None:
            return None
        data = self._bare(file, data, ())
        if not isinstance(data, dict):
            self.inputs.report(file, Problem(INVALID_FACT, (), "values are a list or a scalar, expected a mapping"))
            data = {}
        if "patches" in data:
            data = {**data, "patches": self._bare_throughout(file, data["patches"], ("patches",))}
        is_sound = check_shape(self.inputs, "case-overlay", file, data)
        values = {name: value for name, value in data.items() if name != "patches"}
        patches = _patches(file, data.get("patches")) if is_sound else ()
        return Overlay(title, file, Layer(title, file, {}), {case: Layer(title, file, values)}, patches)

    def plain(self, name: str, file: str) -> Any:
        """Read a file of facts without layers: a version set, the image lock."""
        data = self.inputs.yaml(file)
        if data is None:
            return {}
        check_shape(self.inputs, name, file, data)
        return data if isinstance(data, dict) else {}

    def _without_odd_tags(self, file: str, value: Any, path: Path = ()) -> Any:
        """Report merge tags around facts and around the values of a case: there is nothing to merge with.

        Of a cluster as a whole a layer may say only that it does not stand there.
        """
        if not any(_leads_to(place, path) for place in _UNTAGGED):
            return value
        if not (path[:-1] == ("facts", "clusters") and is_deletion(value)):
            value = self._bare(file, value, path)
        if not isinstance(value, dict):
            return value
        return {name: self._without_odd_tags(file, item, (*path, name)) for name, item in value.items()}

    def _bare(self, file: str, value: Any, path: Path) -> Any:
        if not isinstance(value, Tagged):
            return value
        message = f'"!{value.op}" has no meaning here: it stands on facts, or on values of a case'
        self.inputs.report(file, Problem(MISPLACED_TAG, path, message, "remove the tag"))
        return value.value

    def _bare_throughout(self, file: str, value: Any, path: Path) -> Any:
        value = self._bare(file, value, path)
        if isinstance(value, dict):
            return {name: self._bare_throughout(file, item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self._bare_throughout(file, item, (*path, index)) for index, item in enumerate(value)]
        return value

    def _check_case(self, file: str, case: str, path: tuple[str, ...]) -> None:
        if case not in self.cases:
            message = f'case "{case}" has no blueprint'
            self.inputs.report(file, Problem(UNKNOWN_NAME, path, message, did_you_mean(case, self.cases), key=True))


def _leads_to(place: tuple[str, ...], path: Path) -> bool:
    """Tell whether a path is on the way to a place, in which `*` is any name."""
    return len(path) <= len(place) and all(name in ("*", step) for name, step in zip(place, path, strict=False))


def _mapping(data: Any, name: str) -> dict[str, Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def _layers(title: str, file: str, data: Mapping[str, Any], prefix: tuple[str, ...]) -> dict[str, Layer]:
    """Give a layer for each mapping that stands below a place of a file."""
    return {
        name: Layer(title, file, values, (*prefix, name)) for name, values in data.items() if isinstance(values, dict)
    }


def _facts_of_region(title: str, file: str, facts: dict[str, Any]) -> Layer:
    """Give the facts of a region; of its clusters only which there are, since they have layers of their own."""
    own = {name: value for name, value in facts.items() if name not in ("classes", "clusters")}
    if isinstance(facts.get("clusters"), dict):
        own["clusters"] = {name: {} if isinstance(at, dict) else at for name, at in facts["clusters"].items()}
    return Layer(title, file, own, ("facts",))


def _patches(file: str, declared: Any) -> tuple[Patch, ...]:
    if not isinstance(declared, list):
        return ()
    return tuple(
        Patch(item["target"], item.get("strategicMerge"), tuple(item.get("jsonPatch", ())), file, ("patches", index))
        for index, item in enumerate(declared)
    )
