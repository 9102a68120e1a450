"""The evidence that a blueprint's README names for its controls is there when the case is rendered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
READMES = {
    path.parent.name: path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("blueprints/*/README.md"))
    if "\n## Evidence\n" in path.read_text(encoding="utf-8")
}
NAMED = re.compile(r"`([A-Z][A-Za-z]+/[a-z][a-z0-9.-]*)`")


def named(readme: str) -> set[str]:
    section = readme.partition("\n## Evidence\n")[2].partition("\n## ")[0]
    return set(NAMED.findall(section))


def rendered(fleet: Path, case: str) -> set[str]:
    documents = (
        document
        for path in fleet.glob(f"*/*/{case}/*.yaml")
        if path.name != "kustomization.yaml"
        for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader)
    )
    return {f"{document['kind']}/{document['metadata']['name']}" for document in documents}


@pytest.mark.parametrize("case", READMES)
def test_objects_that_are_named_as_evidence_are_rendered(case: str, whole_fleet: Path) -> None:
    objects = named(READMES[case])

    assert objects, "a section on evidence that names no object"
    assert objects - rendered(whole_fleet, case) == set()
