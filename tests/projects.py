"""A small project of three cities and two cases, for tests that need one on disk."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from gitopsgen.compose import Selection, compose
from gitopsgen.diagnostics import Diagnostic
from gitopsgen.load import load
from gitopsgen.model.project import Project
from gitopsgen.model.variant import Variant

SCHEMA = '{"type": "object", "additionalProperties": false'

FILES = {
    "gitopsgen.yaml": """\
requires: ">=0.1"
repository: {url: https://git.example.com/shop.git, revision: main}
registry: registry.example.com
""",
    "blueprints/components/workload/component.yaml": "name: workload\ndescription: A workload.\n",
    "blueprints/components/workload/values.yaml": """\
name: app
replicas: 1
image:
  repository: shop/app
  tag: "1.0.0"
ports:
  - {name: http, port: 80}
args: [serve]
tolerations: []
""",
    "blueprints/components/workload/values.schema.json": SCHEMA
    + """,
  "required": ["name", "image"],
  "properties": {
    "name": {"type": "string", "description": "Name of the workload."},
    "replicas": {"type": "integer", "minimum": 1, "description": "Number of pods."},
    "image": {"type": "object", "additionalProperties": false, "required": ["repository", "tag"], "properties": {
      "repository": {"type": "string"}, "tag": {"type": "string"}}},
    "ports": {"type": "array", "x-gitopsgen-merge": {"key": "name"}, "items": {"$ref": "#/$defs/port"}},
    "args": {"type": "array", "items": {"type": "string"}, "x-gitopsgen-merge": "append"},
    "tolerations": {"type": "array", "items": {"type": "string"}}
  },
  "$defs": {"port": {"type": "object", "additionalProperties": false, "required": ["name", "port"], "properties": {
    "name": {"type": "string"}, "port": {"$ref": "#/$defs/number"}}},
    "number": {"type": "integer", "minimum": 1, "maximum": 65535}}
}
""",
    "blueprints/components/workload/manifests/deployment.yaml.j2": "apiVersion: apps/v1\nkind: Deployment\n",
    "blueprints/components/scaling/component.yaml": "name: scaling\ndescription: Scaling.\n",
    "blueprints/components/scaling/values.yaml": "min: 1\nmax: 4\n",
    "blueprints/components/scaling/values.schema.json": SCHEMA
    + """,
  "required": ["min", "max"],
  "properties": {"min": {"type": "integer"}, "max": {"type": "integer", "maximum": 100}}}
""",
    "blueprints/components/lib/labels.j2": "{% macro labels() %}{% endmacro %}\n",
    "blueprints/shop/blueprint.yaml": """\
name: shop
title: Shop
description: Sells things.
namespace: shop
minimumKubernetes: "1.30"
uses:
  - {component: workload}
  - {component: scaling, values: scaling}
""",
    "blueprints/shop/values.yaml": 'name: shop\ngreeting: hello\nlabels: {team: "shop"}\n',
    "blueprints/shop/values.schema.json": SCHEMA
    + """,
  "properties": {
    "greeting": {"type": "string", "enum": ["hello", "welcome"]},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    "replicas": {"maximum": 50}
  }}
""",
    "blueprints/shop/manifests/configmap.yaml.j2": "apiVersion: v1\nkind: ConfigMap\n",
    "blueprints/shop/bootstrap/etc/shop.conf": "plain\n",
    "blueprints/shop/bootstrap/etc/k3s.yaml.j2": "node: {{ region.name }}\n",
    "blueprints/shop/files/policy.rego": "package shop\n",
    "blueprints/shop/README.md": "# Shop\n",
    "blueprints/books/blueprint.yaml": """\
name: books
title: Books
description: Keeps books.
namespace: books
minimumKubernetes: "1.32"
""",
    "blueprints/books/values.yaml": "currency: CNY\n",
    "blueprints/books/values.schema.json": SCHEMA + ', "properties": {"currency": {"type": "string"}}}\n',
    "overlays/fleet.yaml": """\
facts:
  country: CN
  timezone: Asia/Shanghai
  environment: production
  waves:
    - {wave: 0, name: canary}
    - {wave: 1, name: rest}
  clusters:
    edge: {distribution: k3s, versionSet: modern, mesh: ambient, nodes: 1, cases: [shop]}
cases:
  shop:
    labels: {team: fleet}
""",
    "overlays/environments/production.yaml": "facts: {}\ncases: {}\n",
    "overlays/tiers/large.yaml": """\
facts:
  clusters:
    edge: {nodes: 3}
cases:
  shop:
    replicas: 3
    scaling: {max: 30}
""",
    "overlays/tiers/small.yaml": "facts: {}\ncases: {}\n",
    "overlays/areas/east.yaml": "facts: {areaZh: 华东, hub: shanghai}\n",
    "overlays/areas/west.yaml": "facts: {areaZh: 西北, hub: urumqi}\n",
    "overlays/version-sets/modern.yaml": 'kubernetes: "1.35"\nk3s: v1.35.6+k3s1\n',
    "overlays/version-sets/seed.yaml": 'kubernetes: "1.30"\nk3s: v1.30.4+k3s1\n',
    "overlays/images.lock.yaml": """\
images:
  shop/app:1.0.0: {digest: unresolved, resolved: never, from: registry.example.com}
""",
    "overlays/regions/shanghai/region.yaml": """\
facts:
  zh: 上海
  province: 上海市
  iso: CN-SH
  gb2260: "310000"
  site: SHA
  lat: 31.23
  lon: 121.474
  tier: large
  area: east
  wave: 0
  exchanges: [SSE]
  failover: [suzhou, urumqi]
  clusters:
    platform: {distribution: kubeadm, versionSet: modern, cases: [books]}
""",
    "overlays/regions/shanghai/shop.yaml": """\
greeting: welcome
image:
  tag: "1.0.1"
ports:
  - {name: http, port: 8080}
  - {name: admin, port: 9000}
args: [--verbose]
tolerations: !append [edge]
""",
    "overlays/regions/shanghai/edge/shop.yaml": "replicas: 5\n",
    "overlays/regions/suzhou/region.yaml": """\
facts:
  zh: 苏州
  province: 江苏省
  iso: CN-JS
  gb2260: "320500"
  site: SZV
  lat: 31.299
  lon: 120.585
  tier: small
  area: east
  wave: 1
  failover: [shanghai]
""",
    "overlays/regions/urumqi/region.yaml": """\
facts:
  zh: 乌鲁木齐
  province: 新疆维吾尔自治区
  iso: CN-XJ
  gb2260: "650100"
  site: URC
  lat: 43.825
  lon: 87.617
  tier: small
  area: west
  wave: 1
  failover: [shanghai]
cases:
  shop: {scaling: {min: 2}}
""",
    "schemas/modern/example.com/widget_v1.json": "{}\n",
}


def write(root: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the project, with some files changed, added, or (None) left out."""
    for name, content in {**FILES, **(changes or {})}.items():
        if content is None:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return root


def loaded(root: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Project:
    """Write the project and load it; it must have no findings."""
    outcome = load(write(root, changes))
    assert [brief(finding) for finding in outcome.diagnostics] == []
    return outcome.value


def composed(project: Project, selection: Selection | None = None) -> dict[str, Variant]:
    """Compose a project that must have no findings; give the variants by address."""
    outcome = compose(project, selection or Selection())
    assert [brief(finding) for finding in outcome.diagnostics] == []
    return {str(variant.id): variant for variant in outcome.value}


def brief(finding: Diagnostic) -> str:
    """Give a finding on one line, without what only a reader needs."""
    return f"{finding.location} {finding.code} {finding.message}"


def edited(name: str, old: str, new: str) -> dict[str, str | bytes | None]:
    """Give the change of one text in one file of the project."""
    assert old in FILES[name], old
    return {name: FILES[name].replace(old, new)}


# A fleet with what ours does not have: two cases, a region with two clusters, one known by its address,
# a namespace that only one cluster has, objects without a namespace.
SECOND = {
    "blueprints/bye/blueprint.yaml": "name: bye\ntitle: Bye\ndescription: Says bye.\nnamespace: bye\n",
    "blueprints/bye/values.yaml": "far: false\n",
    "blueprints/bye/values.schema.json": """\
{"type": "object", "additionalProperties": false,
 "properties": {"far": {"type": "boolean", "description": "Far away."}}}
""",
    "blueprints/bye/manifests/priorityclass.yaml.j2": """\
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: bye
value: 1
""",
    "blueprints/bye/manifests/configmap.yaml.j2": """\
{% if values.far %}
apiVersion: v1
kind: ConfigMap
metadata:
  name: bye
  namespace: far
{% endif %}
""",
    "overlays/regions/wuxi/bye.yaml": "far: true\n",
}


def two_cases(project: Path) -> None:
    """Write the project of the stories with a second case, a second cluster, and clusters that Argo CD knows."""
    shutil.copytree(Path(__file__).parent / "stories/base", project, dirs_exist_ok=True)
    for name, text in SECOND.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")
    region = project / "overlays/regions/wuxi/region.yaml"
    back = "{distribution: k3s, versionSet: modern, cases: [bye], destination: {server: 'https://10.0.0.1:6443'}}"
    region.write_text(region.read_text("utf-8").rstrip("\n") + f"\n  clusters:\n    back: {back}\n", "utf-8")
    region = project / "overlays/regions/suzhou/region.yaml"
    edge = "{cases: [hello, bye], destination: {name: the-edge}}"
    region.write_text(region.read_text("utf-8").rstrip("\n") + f"\n  clusters:\n    edge: {edge}\n", "utf-8")
