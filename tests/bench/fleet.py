"""Writes an invented project of as many cities as asked for: `python -m tests.bench.fleet DIR --cities 54`.

The inputs are made of few parts, so that any number of cities costs nothing to write; what they give differs per city.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench.cases import CASES, IMAGE_DIGEST, Case, defaults, of_city, of_some_cities, of_tier
from tests.bench.cities import AREAS, TIERS, WAVES, City, cities, hub

TEMPLATES = Path(__file__).parent / "templates"
SCHEMAS = Path(__file__).parents[2] / "schemas" / "modern"
KUBERNETES = "1.35"
CLUSTER = "edge"
LABELS = (
    "app.kubernetes.io/name: {{ values.name }}",
    "app.kubernetes.io/part-of: {{ case.name }}",
    "app.kubernetes.io/managed-by: gitopsgen",
    'app.kubernetes.io/version: "{{ values.image.tag }}"',
    "topology.kubernetes.io/region: {{ region.area }}",
    "topology.kubernetes.io/zone: {{ region.name }}",
    "gitopsgen.io/site: {{ region.site }}",
    "gitopsgen.io/tier: {{ region.tier }}",
)


def main() -> None:
    """Write a project where the command line says."""
    parser = argparse.ArgumentParser(description="Write an invented project.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--cities", type=int, default=54)
    arguments = parser.parse_args()
    write_project(arguments.directory, arguments.cities)


def write_project(directory: Path, count: int) -> None:
    """Write a project of `count` cities into a directory."""
    for name, text in files(count):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(SCHEMAS, directory / "schemas" / "modern", dirs_exist_ok=True)


def files(count: int) -> Iterator[tuple[str, str]]:
    """Give every file of a project but the schemas of custom kinds: path and text."""
    yield (
        "gitopsgen.yaml",
        as_yaml(
            {
                "requires": ">=0.1",
                "repository": {"url": "https://git.example.com/fleet.git", "revision": "main"},
                "registry": "registry.example.com",
            }
        ),
    )
    for case in CASES:
        yield from _blueprint(case)
    yield from _common_overlays()
    for city in cities(count):
        yield from region_files(city)


def template_text(path: Path, case: Case) -> str:
    """Give a template as a case's blueprint has it: with all labels written out."""
    lines: list[str] = [f"{{# {case.title}: {path.name.removesuffix('.yaml.j2')} #}}"]
    for line in path.read_text("utf-8").splitlines():
        indent, found, _ = line.partition("#labels")
        lines += [f"{indent}{label}" for label in LABELS] if found else [line]
    return "\n".join(lines) + "\n"


def templates() -> list[Path]:
    """Give the templates that every case has a copy of."""
    return sorted(TEMPLATES.glob("*.yaml.j2"))


def region_files(city: City) -> Iterator[tuple[str, str]]:
    """Give the overlays of one city."""
    folder = f"overlays/regions/{city.name}"
    values = {case.name: of_city(case, city) for case in CASES}
    yield f"{folder}/region.yaml", as_yaml({"facts": _facts(city), "cases": values})
    own = of_some_cities(city)
    if own:
        yield f"{folder}/{CASES[0].name}.yaml", as_yaml(own)


def _facts(city: City) -> dict[str, Any]:
    return {
        "zh": city.zh,
        "province": AREAS[city.area] + "省",
        "iso": "CN-ZZ",
        "gb2260": f"{100000 + city.number}",
        "site": city.site,
        "lat": city.lat,
        "lon": city.lon,
        "tier": city.tier,
        "area": city.area,
        "wave": WAVES[city.tier],
        "failover": city.failover,
    }


def _blueprint(case: Case) -> Iterator[tuple[str, str]]:
    folder = f"blueprints/{case.name}"
    facts = {
        "name": case.name,
        "title": case.title,
        "description": f"{case.title} of the invented fleet.",
        "namespace": case.name,
        "minimumKubernetes": "1.30",
    }
    values = defaults(case)
    sample = {**values, "host": "a", "network": {**values["network"], **of_city(case, cities(9)[0])["network"]}}
    yield f"{folder}/blueprint.yaml", as_yaml(facts)
    yield f"{folder}/values.yaml", as_yaml(values)
    yield f"{folder}/values.schema.json", json.dumps(_schema(sample), indent=2) + "\n"
    yield f"{folder}/README.md", f"# {case.title}\n"
    for path in templates():
        yield f"{folder}/manifests/{path.name}", template_text(path, case)


def _schema(sample: Any) -> dict[str, Any]:
    """Give a closed schema of all that looks like a sample."""
    match sample:
        case dict():
            properties = {name: _schema(value) for name, value in sample.items()}
            return {"type": "object", "additionalProperties": False, "properties": properties}
        case list():
            return {"type": "array", "items": _schema(sample[0])}
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "minimum": 0}
        case float():
            return {"type": "number"}
        case _:
            return {"type": "string", "minLength": 1}


def _common_overlays() -> Iterator[tuple[str, str]]:
    cluster = {
        "distribution": "k3s",
        "versionSet": "modern",
        "mesh": "ambient",
        "nodes": 3,
        "cases": sorted(case.name for case in CASES),
    }
    waves = [{"wave": wave, "name": tier} for tier, wave in sorted(WAVES.items(), key=lambda item: item[1])]
    facts = {"country": "CN", "timezone": "Asia/Shanghai", "environment": "production", "exchanges": []}
    yield "overlays/fleet.yaml", as_yaml({"facts": {**facts, "waves": waves, "clusters": {CLUSTER: cluster}}})
    yield "overlays/environments/production.yaml", as_yaml({"facts": {}, "cases": {}})
    for tier in dict.fromkeys(TIERS):
        yield (
            f"overlays/tiers/{tier}.yaml",
            as_yaml({"facts": {}, "cases": {case.name: of_tier(tier) for case in CASES}}),
        )
    for area, zh in AREAS.items():
        yield f"overlays/areas/{area}.yaml", as_yaml({"facts": {"areaZh": zh, "hub": hub(area)}, "cases": {}})
    yield "overlays/version-sets/modern.yaml", as_yaml({"kubernetes": KUBERNETES, "k3s": "v1.35.6+k3s1"})
    lock = {"digest": IMAGE_DIGEST, "resolved": "2026-11-21", "from": "registry.example.com"}
    yield "overlays/images.lock.yaml", as_yaml({"images": {f"{case.repository}:{case.tag}": lock for case in CASES}})


def as_yaml(data: Mapping[str, Any]) -> str:
    """Give plain data as block YAML, all strings quoted: what a person would write, and one way only to read it."""
    return "".join(_lines(data, ""))


def _lines(data: Any, indent: str) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{name}:\n"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{indent}{name}:\n"
            yield from (f"{indent}  - {json.dumps(item, ensure_ascii=False)}\n" for item in value)
        else:
            yield f"{indent}{name}: {json.dumps(value, ensure_ascii=False)}\n"


if __name__ == "__main__":
    main()
