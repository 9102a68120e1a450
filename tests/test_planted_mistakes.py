"""All mistakes at once: one run over a project full of them tells each at its line, and writes nothing.

`tests/planted` is laid over a copy of this repository's project, and facts of some cities are spoiled.
A guilty line carries its code in a comment; what a comment cannot stand on is in `ELSEWHERE`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLANTED = Path(__file__).parent / "planted"
CODE = re.compile(r"# (GG\d{3})\b(?!:)")
MANIFESTS = "blueprints/payment-gateway/manifests"

# In a city's facts: what is replaced, and by what.
FACTS = {
    "changchun": (r"(?m)^  site: .*\n", ""),
    "changsha": (r"(?m)^  lat: (.*)$", r'  lat: "\1" # GG112'),
    "changzhou": (r"(?m)^  wave: .*$", "  wave: 9 # GG114"),
    "daqing": (r"(?m)^  tier: .*$", "  tier: edge-smal # GG114"),
    "guilin": (r"(?m)^  failover: .*$", "  failover: [nannig, guangzhou] # GG114"),
    "guiyang": (r"(?m)^  lon: (.*)$", r"  lon: \1\n  longitude: 1 # GG111"),
    "hengyang": (r"\Z", "  clusters:\n    edge: {versionSet: seed} # GG207\n"),
    "lanzhou": (r"(?m)^  site: .*$", "  site: off # GG103"),
    "liuzhou": (r"\Z", "classes:\n  egde: {payment-gateway: {autoscaling: {max: 12}}} # GG114\n"),
    "luoyang": (r"\Z", "  clusters:\n    spare: {class: tradign} # GG114\n"),
    "mianyang": (r"\Z", "  clusters:\n    edge: {nodes: 2, overbooked: planted mistakes need room} # GG124\n"),
    "linyi": (r"(?m)^  province: (.*)$", r"  province: \1\n  province: \1 # GG102"),
}
ELSEWHERE = {
    ("overlays/regions/changchun/region.yaml", 3, "GG113"),
    ("overlays/regions/hengyang/edgy/payment-gateway.yaml", None, "GG114"),
    ("overlays/regions/kunming/notes.txt", None, "GG119"),
    (f"{MANIFESTS}/planted-nameless.yaml.j2", 1, "GG319"),
    (f"{MANIFESTS}/planted-claimed.yaml.j2", 1, "GG320"),
    (f"{MANIFESTS}/planted-template.yaml.j2", 1, "GG309"),
}
SUGGESTED = {
    "autoscalling": "autoscaling",
    "edge-smal": "edge-small",
    "nannig": "nanning",
    "egde": "edge",
    "tradign": "trading",
}


def plant(project):
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copy(ROOT / "gitopsgen.yaml", project)
    shutil.copytree(PLANTED, project, dirs_exist_ok=True)
    for region, (old, new) in FACTS.items():
        edit(project / f"overlays/regions/{region}/region.yaml", old, new)
    # No city but the one that asks for older versions is below it.
    edit(project / "blueprints/payment-gateway/blueprint.yaml", r"minimumKubernetes: .*", 'minimumKubernetes: "1.31"')


def edit(file, old, new):
    text, count = re.subn(old, new, file.read_text("utf-8"), count=1)
    assert count == 1, file
    file.write_text(text, "utf-8")


def expected(project):
    """Give file, line and code of every planted mistake."""
    found = set(ELSEWHERE)
    touched = [*(f"overlays/regions/{region}/region.yaml" for region in FACTS)]
    touched += [file.relative_to(PLANTED).as_posix() for file in PLANTED.rglob("*") if file.is_file()]
    for name in touched:
        for number, line in enumerate((project / name).read_text("utf-8").splitlines(), 1):
            found |= {(name, number, code) for code in CODE.findall(line)}
    return found


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    project = tmp_path_factory.mktemp("planted") / "project"
    plant(project)
    before = state(project)
    command = [sys.executable, "-m", "gitopsgen", "render", "-o", "json"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return project, done, before == state(project)


def state(project):
    """Give what stands in a project, without the lock that a run takes."""
    files = (file for file in project.rglob("*") if ".gitopsgen" not in file.parts)
    return {file: file.stat().st_mtime_ns for file in files}


def findings(done):
    return json.loads(done.stdout)["findings"]


def test_every_mistake_is_told_at_its_line_in_one_run(planted):
    project, done, _ = planted
    wanted = expected(project)
    found = {(one["location"]["file"], one["location"]["line"], one["code"]) for one in findings(done)}

    assert sorted(wanted - found, key=str) == []
    assert len(wanted) >= 50
    assert len({code for _, _, code in wanted}) >= 45


def test_nothing_is_written(planted):
    _, done, is_unchanged = planted

    assert done.returncode == 1
    assert is_unchanged


def test_a_misspelt_name_is_answered_with_the_right_one(planted):
    hints = {one["message"].split('"')[1]: one["hint"] for one in findings(planted[1]) if '"' in one["message"]}

    assert {name: hints[name] for name in SUGGESTED} == {
        name: f'did you mean "{meant}"?' for name, meant in SUGGESTED.items()
    }


def test_a_finding_is_told_once_and_no_other_mistake_is_invented(planted):
    """What a mistake drags behind it is not reported as another one, or the reader cannot tell which is which."""
    project, done, _ = planted
    wanted = {(file, code) for file, _, code in expected(project)}
    found = [(one["location"]["file"], one["code"]) for one in findings(done) if one["severity"] == "error"]
    places = [(one["code"], one["message"], str(one["location"])) for one in findings(done)]

    assert len(places) == len(set(places))
    assert sorted({one for one in found if one not in wanted}) == []
