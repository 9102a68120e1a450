"""What is wrong with the fleet: each finding once, with the cities and the cases that it is about."""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.diagnostics import Diagnostic
from gitopsgen.model.project import Settings
from gitopsgen.pipeline.options import RenderReport
from gitopsgen.report import json

_FEWEST_PARTS = 3  # region, cluster, case


class Findings:
    """The findings of a run as records, and their numbers by city."""

    def __init__(self, report: RenderReport, settings: Settings) -> None:
        """Sort them by place, errors first."""
        self._settings = settings
        regions = report.regions or ((),) * len(report.diagnostics)
        found = sorted(zip(report.diagnostics, regions, strict=True), key=lambda one: _order(one[0]))
        self.records = [
            {**json.record(one), "cities": sorted({*where, *self._cities(one)}), "cases": self._cases(one)}
            for one, where in found
        ]

    def of_city(self, city: str) -> list[int]:
        """Give the numbers of the findings of one city."""
        return [number for number, one in enumerate(self.records) if city in one["cities"]]

    def of_case(self, case: str) -> list[int]:
        """Give the numbers of the findings of one case."""
        return [number for number, one in enumerate(self.records) if case in one["cases"]]

    def _cities(self, one: Diagnostic) -> Iterator[str]:
        """Give the city in whose overlays a finding is: what keeps it from being rendered was found in no region."""
        folder = f"{self._settings.overlays}/regions/"
        if one.location.file.startswith(folder):
            yield one.location.file.removeprefix(folder).split("/")[0]

    def _cases(self, one: Diagnostic) -> list[str]:
        places = (one.location, *(each.location for each in one.related))
        return sorted({case for place in places for case in self._case_of(place.file)})

    def _case_of(self, file: str) -> Iterator[str]:
        below, blueprints = f"{self._settings.generated}/", f"{self._settings.blueprints}/"
        if file.startswith(below):
            parts = file.removeprefix(below).split("/")
            if len(parts) > _FEWEST_PARTS and parts[2] != "bootstrap":
                yield parts[2]
        elif file.startswith(blueprints) and not file.startswith(f"{blueprints}components/"):
            yield file.removeprefix(blueprints).split("/")[0]


_WEIGHTS = {"error": 0, "warning": 1, "info": 2}


def _order(one: Diagnostic) -> tuple[int, str, int, str]:
    return _WEIGHTS[one.severity.value], one.location.file, one.location.line or 0, one.message
