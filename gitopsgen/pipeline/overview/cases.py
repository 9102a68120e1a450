"""The cases of the fleet: what they promise, how far their rollouts are, which controls they support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gitopsgen.evidence import Answer, Evidence
from gitopsgen.model.project import Blueprint, Project
from gitopsgen.pipeline.overview.findings import Findings
from gitopsgen.promote import Progress
from gitopsgen.promote.changes import NONE

_PLACES: Final = 3  # lines that are named for a control; `evidence` names all


def case_records(
    project: Project, progress: Sequence[Progress], evidence: Mapping[str, Evidence], findings: Findings
) -> list[dict[str, Any]]:
    """Give a record a case, by name."""
    rollouts = {one.case: one for one in progress}
    return [
        {
            **_blueprint(one),
            "rollout": _rollout(rollouts[name]) if name in rollouts else None,
            "controls": [control for each in evidence.values() for control in _controls(each, name)],
            "findings": findings.of_case(name),
        }
        for name, one in sorted(project.blueprints.items())
    ]


def _blueprint(one: Blueprint) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.facts.get("description", ""),
        "namespace": one.namespace,
        "kubernetes": f">={one.minimum_kubernetes}",
        "components": sorted({use.component for use in one.uses}),
        "objectives": [{"name": name, "target": target} for name, target in _objectives(one.facts.get("objectives"))],
    }


def _objectives(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give what a case promises as name and text; a list's entries are called by their name."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _objectives(below, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            if isinstance(entry, dict) and "name" in entry:
                rest = ", ".join(f"{key} {each}" for key, each in entry.items() if key != "name")
                yield f"{name}.{entry['name']}", rest
            else:
                yield from _objectives(entry, f"{name}.{number}")
    elif value is not None:
        yield name, str(value)


def _rollout(one: Progress) -> dict[str, Any]:
    return {
        "release": one.release or None,
        "date": one.date or None,
        "clusters": one.count,
        "done": one.done,
        "next": str(one.next) if one.next else None,
        "batches": [
            {
                "wave": step.batch.wave,
                "number": step.batch.number,
                "of": step.batch.count,
                "clusters": [
                    {"cluster": name, "release": None if release == NONE else release}
                    for release, names in step.clusters.items()
                    for name in names
                ],
            }
            for step in one.steps
        ],
    }


def _controls(evidence: Evidence, case: str) -> Iterator[dict[str, Any]]:
    for answer in evidence.answers:
        have, total = answer.cases.get(case, (0, 0))
        if total:
            yield {
                "framework": evidence.framework.title,
                "number": answer.control.number,
                "title": answer.control.title,
                "supported": have,
                "variants": total,
                "places": list(_places(answer, case)),
            }


def _places(answer: Answer, case: str) -> Iterator[str]:
    found = (f"{one.place.file}:{one.place.line}" for each in answer.groups if each.case == case for one in each.places)
    yield from list(dict.fromkeys(found))[:_PLACES]
