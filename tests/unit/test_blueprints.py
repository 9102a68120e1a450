"""What the blueprints of this repository promise beside their templates."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints"
COMPONENTS = sorted(path.parent for path in BLUEPRINTS.glob("components/*/component.yaml"))
CASES = sorted(path.parent for path in BLUEPRINTS.glob("*/blueprint.yaml"))
SECCOMP = sorted(BLUEPRINTS.rglob("seccomp/profiles/*.json"))

# Without these no container starts, whatever runs in it.
INDISPENSABLE = {"execve", "exit_group", "futex", "mmap", "openat", "read", "write", "close", "clone"}


@pytest.mark.parametrize("folder", COMPONENTS, ids=lambda path: path.name)
def test_components_know_no_case(folder: Path) -> None:
    words = {word for case in CASES for word in (case.name, case.name.split("-", maxsplit=1)[0])} - {"cluster"}
    known = [
        f"{path.relative_to(BLUEPRINTS)}: {word}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in sorted(words)
        if re.search(rf"\b{word}\b", path.read_text())
    ]

    assert known == []


@pytest.mark.parametrize("folder", [*COMPONENTS, *CASES], ids=lambda path: path.name)
def test_blueprints_and_components_are_complete(folder: Path) -> None:
    missing = [name for name in ("values.yaml", "values.schema.json", "README.md") if not (folder / name).is_file()]

    assert missing == []


@pytest.mark.parametrize("folder", [*COMPONENTS, *CASES], ids=lambda path: path.name)
def test_every_object_of_a_schema_is_closed_and_every_value_described(folder: Path) -> None:
    schema = json.loads((folder / "values.schema.json").read_text())

    assert list(faults(schema, "#")) == []


def faults(schema: object, path: str, *, is_value: bool = False) -> list[str]:
    if not isinstance(schema, dict):
        return []
    found = []
    if schema.get("type") == "object" and "additionalProperties" not in schema:
        found.append(f"{path} is open")
    if is_value and "description" not in schema:
        found.append(f"{path} has no description")
    for name, each in schema.get("properties", {}).items():
        found += faults(each, f"{path}/{name}", is_value=True)
    for key in ("items", "additionalProperties"):
        found += faults(schema.get(key), f"{path}/{key}")
    for name, each in schema.get("$defs", {}).items():
        found += faults(each, f"{path}/$defs/{name}")
    for each in schema.get("oneOf", []):
        found += faults(each, f"{path}/oneOf")
    return found


@pytest.mark.parametrize("profile", SECCOMP, ids=lambda path: path.name)
def test_seccomp_profiles_let_containers_start(profile: Path) -> None:
    data = json.loads(profile.read_text())
    allowed = {name for rule in data["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}

    assert data["defaultAction"] == "SCMP_ACT_ERRNO"
    assert {"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"} <= set(data["architectures"])
    assert allowed >= INDISPENSABLE


@pytest.mark.parametrize("dashboard", sorted(BLUEPRINTS.glob("*/files/*dashboard*.json")), ids=lambda path: path.name)
def test_dashboards_have_queries_and_no_overlapping_panels(dashboard: Path) -> None:
    panels = json.loads(dashboard.read_text())["panels"]
    places = [
        (x, y)
        for each in panels
        for x in range(each["gridPos"]["x"], each["gridPos"]["x"] + each["gridPos"]["w"])
        for y in range(each["gridPos"]["y"], each["gridPos"]["y"] + each["gridPos"]["h"])
    ]

    assert all(target["expr"] for each in panels for target in each["targets"])
    assert len(places) == len(set(places))
    assert len({each["id"] for each in panels}) == len(panels)


def test_the_gateways_seccomp_profile_is_one_that_the_nodes_get() -> None:
    values = yaml.safe_load((BLUEPRINTS / "payment-gateway/values.yaml").read_text())

    assert values["seccomp"] in {f"profiles/{path.name}" for path in SECCOMP}
