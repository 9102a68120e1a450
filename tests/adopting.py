"""A project of eight cities without any case, and trees of manifests that `import` adopts into it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import yaml

from gitopsgen.diagnostics import Severity
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline.project import open_project

ROOT = Path(__file__).parent.parent
TREES = Path(__file__).parent / "adopted"


class Town(NamedTuple):
    zh: str
    site: str
    tier: str
    area: str


CITIES = {
    "shanghai": Town("上海", "SHA", "core", "cn-east"),
    "hangzhou": Town("杭州", "HGH", "edge", "cn-east"),
    "suzhou": Town("苏州", "SZV", "edge", "cn-east"),
    "wuhu": Town("芜湖", "WHU", "edge", "cn-east"),
    "beijing": Town("北京", "BJS", "core", "cn-north"),
    "tianjin": Town("天津", "TSN", "edge", "cn-north"),
    "shenzhen": Town("深圳", "SZX", "core", "cn-south"),
    "zhuhai": Town("珠海", "ZUH", "edge", "cn-south"),
}
FLEET = """\
# What holds in every city.
facts:
  country: CN
  timezone: Asia/Shanghai
  environment: production
  waves:
    - {wave: 0, name: all}
  classes:
    edge:
      distribution: k3s
      versionSet: modern
      mesh: ambient
      nodes: 1
      size: {cpu: 4, memory: 8Gi}
      podCidr: 10.42.0.0/16
      serviceCidr: 10.43.0.0/16
      cases: []
  clusters:
    edge: {}
cases: {}
"""


def region_file(at, town):
    return f"""\
facts:
  zh: {town.zh}
  province: 某省
  iso: CN-SH
  gb2260: "{310000 + at}"
  site: {town.site}
  lat: {30 + at}.5
  lon: {110 + at}.5
  tier: {town.tier}
  area: {town.area}
  wave: 0
  failover: []
"""


def make_project(root, *, schemas=True):
    """Write a project whose cities run nothing yet."""
    overlays = root / "overlays"
    files = {root / "gitopsgen.yaml": "repository: {url: https://git.example.com/a.git, revision: main}\n"}
    files[root / "gitopsgen.yaml"] += 'registry: registry.example.com\nrequires: ">=0.1"\n'
    files[overlays / "fleet.yaml"] = FLEET
    files[overlays / "images.lock.yaml"] = "images: {}\n"
    files[overlays / "environments/production.yaml"] = "facts: {}\ncases: {}\n"
    for tier in {town.tier for town in CITIES.values()}:
        files[overlays / f"tiers/{tier}.yaml"] = "facts: {}\ncases: {}\n"
    for area in {town.area for town in CITIES.values()}:
        files[overlays / f"areas/{area}.yaml"] = f"facts: {{areaZh: 华{area[3:5]}, hub: shanghai}}\ncases: {{}}\n"
    for at, (name, town) in enumerate(CITIES.items()):
        files[overlays / f"regions/{name}/region.yaml"] = region_file(at, town)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (overlays / "version-sets").mkdir()
    shutil.copy(ROOT / "overlays/version-sets/modern.yaml", overlays / "version-sets")
    if schemas:
        shutil.copytree(ROOT / "schemas/modern", root / "schemas/modern")
    return root


def rendered(root, case):
    """Give the objects of a case by place, read from the text of the files that a render would write."""
    found = {}
    opened = open_project(root, Selection(cases=(case,)))
    assert [one for one in opened.diagnostics if one.severity is Severity.ERROR] == []
    for variant in opened.variants:
        texts = [made.content.decode() for _, made in opened.made(variant) if made.is_resource]
        found[f"{variant.id.region}/{variant.id.cluster}"] = by_identity("---\n".join(texts))
    return found


def by_identity(text):
    objects = [one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one]
    return {identity(one): one for one in objects}


def identity(data):
    metadata = data["metadata"]
    return data["apiVersion"], data["kind"], metadata.get("namespace", ""), metadata["name"]


def contents(root):
    """Give every file of a folder, to tell whether anything was written."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
