"""Overlay files: facts and layers of values, each file judged by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.load.findings import INVALID_FACT, UNKNOWN_NAME
from gitopsgen.load.shapes import check_shape, shape
from gitopsgen.model.project import Layer, Overlay, Patch
from gitopsgen.values import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitopsgen.load.inputs import Inputs


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
        if not isinstance(data, dict):
            self.inputs.report(file, Problem(INVALID_FACT, (), "values are a list or a scalar, expected a mapping"))
            data = {}
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

    def _check_case(self, file: str, case: str, path: tuple[str, ...]) -> None:
        if case not in self.cases:
            message = f'case "{case}" has no blueprint'
            self.inputs.report(file, Problem(UNKNOWN_NAME, path, message, did_you_mean(case, self.cases), key=True))


def known_keys(kind: str) -> tuple[str, ...]:
    """Give the facts that an overlay of a kind may hold."""
    return tuple(shape(f"overlay-{kind}").schema["properties"]["facts"]["properties"])


def _mapping(data: Any, name: str) -> dict[str, Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def _patches(file: str, declared: Any) -> tuple[Patch, ...]:
    return tuple(
        Patch(item["target"], item.get("strategicMerge"), tuple(item.get("jsonPatch", ())), file, ("patches", index))
        for index, item in enumerate(declared or ())
    )
