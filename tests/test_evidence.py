"""What the README of a blueprint names as evidence for a control is what the command finds for it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from gitopsgen.compose import Selection
from gitopsgen.evidence.markdown import lines
from gitopsgen.pipeline import evidence

ROOT = Path(__file__).parent.parent
SHANGHAI = Selection(regions=("shanghai",))  # runs every case
NAMES = {"PCI DSS": "pci-dss", "SOC 2": "soc2", "GDPR": "gdpr", "等保": "mlps"}
READMES = {
    path.parent.name: path.read_text(encoding="utf-8").partition("\n## Evidence\n")[2].partition("\n## ")[0]
    for path in sorted(ROOT.glob("blueprints/*/README.md"))
    if "\n## Evidence\n" in path.read_text(encoding="utf-8")
}
ROWS = [
    (case, controls.strip(), objects)
    for case, section in READMES.items()
    for controls, objects in re.findall(r"^\| ((?:PCI|SOC|GDPR|等保)[^|]*)\|([^|]*)\|$", section, re.MULTILINE)
]


@cache
def found(fleet: Path, framework: str):
    outcome = evidence(ROOT, framework, SHANGHAI, fleet)
    assert outcome.diagnostics == ()
    return outcome.value


def named(controls: str):
    """Give (framework, number) of what a cell like `PCI DSS 1.2.5, 1.3.1 · GDPR 25` names."""
    for part in controls.split(" · "):
        name = next(name for name in NAMES if part.startswith(name))
        for number in part.removeprefix(name).split(","):
            yield NAMES[name], number.strip()


def objects_for(fleet: Path, case: str, framework: str, number: str) -> set[str]:
    answer = next(one for one in found(fleet, framework).answers if one.control.number == number)
    return {one.place.object for group in answer.groups if group.case == case for one in group.places}


@pytest.mark.parametrize(("case", "controls", "objects"), ROWS, ids=[f"{case}: {some}" for case, some, _ in ROWS])
def test_objects_in_a_readme_are_found_as_evidence_for_the_controls_beside_them(case, controls, objects, whole_fleet):
    wanted = set(re.findall(r"`([A-Z][A-Za-z]+/[a-z][a-z0-9.-]*)`", objects))
    by_control = {each: objects_for(whole_fleet, case, *each) for each in named(controls)}

    assert wanted, "a row that names no object"
    assert wanted - set().union(*by_control.values()) == set()
    assert [each for each, some in by_control.items() if not some & wanted] == []


@pytest.mark.parametrize("case", READMES)
def test_a_readme_says_how_to_ask_and_what_manifests_cannot_do(case):
    assert "Manifests support compliance; they do not prove it." in READMES[case]
    assert f"gitopsgen evidence --framework pci-dss --case {case}" in READMES[case]
    assert any(one == case for one, _, _ in ROWS)


@pytest.mark.parametrize("framework", NAMES.values())
def test_places_are_lines_that_stand_there(framework, whole_fleet):
    for answer in found(whole_fleet, framework).answers:
        for group in answer.groups:
            for one in (*group.places, *group.against):
                text = Path(one.place.file).read_text(encoding="utf-8").splitlines()

                assert 1 <= one.place.line <= len(text)
                assert text[one.place.line - 1].strip() not in {"", "---"}


@pytest.mark.parametrize("framework", NAMES.values())
def test_every_support_is_found_somewhere_or_is_known_to_be_wanting(framework, whole_fleet):
    """A condition that nothing satisfies may be a slip of its path: what is wanting in truth is written down here."""
    wanting = {"pinned-images", "volumes-encrypted", "sync-windows", "pinned-images-enforced", "admission-by-policy"}

    missing = {one.id for answer in found(whole_fleet, framework).answers for one in answer.nowhere}

    assert missing <= wanting


def test_the_page_tells_of_controls_that_nothing_supports(whole_fleet):
    page = "\n".join(lines(found(whole_fleet, "pci-dss")))

    assert "- **3.5.1** Card numbers are unreadable wherever they are stored: nowhere in the fleet." in page
