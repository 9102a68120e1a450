"""Overlay files: facts and layers of values, each file judged by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.load.findings import INVALID_FACT, MISPLACED_TAG, UNKNOWN_NAME
from gitopsgen.load.shapes import check_shape
from gitopsgen.model.project import Layer, Overlay, Patch
from gitopsgen.source import Tagged
from gitopsgen.values import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitopsgen.load.inputs import Inputs
    from gitopsgen.model.variant import Path


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
        facts, cases = _mapping(data, "facts"), _mapping(data, "cases")
        for case in cases:
            self._check_case(file, case, ("cases", case))
        layers = {
            case: Layer(title, file, values, ("cases", case))
            for case, values in cases.items()
            if isinstance(values, dict)
        }
        return Overlay(title, file, Layer(title, file, facts, ("facts",)), layers)

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

    def _without_odd_tags(self, file: str, data: Any) -> Any:
        """Report merge tags around facts and around the values of a case: there is nothing to merge with."""
        data = self._bare(file, data, ())
        if not isinstance(data, dict):
            return data
        data = {name: self._bare(file, value, (name,)) for name, value in data.items()}
        if isinstance(data.get("cases"), dict):
            data["cases"] = {case: self._bare(file, values, ("cases", case)) for case, values in data["cases"].items()}
        return data

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


def _mapping(data: Any, name: str) -> dict[str, Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def _patches(file: str, declared: Any) -> tuple[Patch, ...]:
    if not isinstance(declared, list):
        return ()
    return tuple(
        Patch(item["target"], item.get("strategicMerge"), tuple(item.get("jsonPatch", ())), file, ("patches", index))
        for index, item in enumerate(declared)
    )
