"""Writes what other tools need to give the same objects: `python -m tests.bench.peers PROJECT DIR`.

They get their values already merged, which favours them: merging is part of our own work.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
import yaml

from gitopsgen.compose import Selection, compose
from gitopsgen.load import load
from tests.bench.cases import CASES
from tests.bench.dialect import as_go_template, as_plain_jinja, as_untrimmed_jinja
from tests.bench.fleet import template_text, templates
from tests.bench.schemas import schemas

Objects = dict[str, dict[str, Any]]  # name of the template -> the object that it gives
_KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
_KAPITAN_PRELUDE = "".join(
    f"{{% set {root} = inventory.parameters['{root}'] %}}" for root in ("values", "case", "region", "cluster", "image")
)


def main() -> None:
    """Write the inputs of all peers."""
    parser = argparse.ArgumentParser(description="Write the inputs of the tools that we are compared with.")
    parser.add_argument("project", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--city", default="", help="of this city alone")
    arguments = parser.parse_args()
    write_peers(arguments.project, arguments.directory, arguments.city)


def write_peers(project: Path, directory: Path, city: str = "") -> None:
    """Write the inputs of all peers for all variants of a project, or of one city."""
    contexts = {f"{region}/{case}": context for region, case, context in variants(project) if city in {"", region}}
    for target, context in contexts.items():
        # JSON is YAML too, and reads faster: no peer loses time on its input.
        _write(directory / "values" / f"{target}.yaml", json.dumps(context, ensure_ascii=False))
    _write(directory / "targets", "".join(f"{target}\n" for target in contexts))
    _write_jinja(directory)
    _write_helm(directory / "helm")
    _write_kapitan(directory / "kapitan", contexts)
    _write_make_argocd_fly(directory / "make-argocd-fly", contexts)
    _write_kustomize(directory / "kustomize", {target: objects(context) for target, context in contexts.items()})
    for name, schema in schemas():
        _write(directory / "schemas" / name, json.dumps(schema))


def variants(project: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give region, case and all data of each variant, as any template engine can use it."""
    loaded = load(project).value
    for variant in compose(loaded, Selection()).value:
        context = variant.context
        image = context["values"]["image"]
        name = f"{image['repository']}:{image['tag']}"
        pinned = f"{loaded.settings.registry}/{name}@{loaded.images[name]['digest']}"
        data = {root: context[root] for root in ("values", "case", "region", "cluster")}
        yield variant.id.region, variant.id.case, {**data, "image": pinned}


def objects(context: Mapping[str, Any]) -> Objects:
    """Give the objects of one variant by the shortest way: plain Jinja and a YAML parser."""
    found: Objects = {}
    for path in templates():
        case = next(case for case in CASES if case.name == context["case"]["name"])
        text = _environment().from_string(as_plain_jinja(template_text(path, case))).render(context)
        found[path.name.removesuffix(".j2")] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


_ENVIRONMENT: list[jinja2.Environment] = []


def _environment() -> jinja2.Environment:
    if not _ENVIRONMENT:
        _ENVIRONMENT.append(
            jinja2.Environment(  # noqa: S701 - no HTML
                undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
            )
        )
    return _ENVIRONMENT[0]


def _write_jinja(directory: Path) -> None:
    """Write the templates for makejinja and for the loop."""
    for case in CASES:
        for path in templates():
            _write(directory / "jinja" / case.name / path.name, as_plain_jinja(template_text(path, case)))


def _write_helm(directory: Path) -> None:
    for case in CASES:
        chart = {"apiVersion": "v2", "name": case.name, "version": "1.0.0"}
        _write(directory / case.name / "Chart.yaml", json.dumps(chart))
        for path in templates():
            name = path.name.removesuffix(".j2")
            _write(directory / case.name / "templates" / name, as_go_template(template_text(path, case)))


def _write_kapitan(directory: Path, contexts: Mapping[str, Mapping[str, Any]]) -> None:
    for case in CASES:
        for path in templates():
            # it cuts the last line end, which ends a block of text
            text = as_plain_jinja(template_text(path, case), _KAPITAN_PRELUDE) + "\n"
            _write(directory / "templates" / case.name / path.name, text)
    # kapitan refuses an inventory without this folder, even an empty one
    (directory / "inventory" / "classes").mkdir(parents=True)
    for target, context in contexts.items():
        case = target.partition("/")[2]
        work = {"input_type": "jinja2", "input_paths": [f"templates/{case}"], "output_path": ".", "suffix_remove": True}
        name = target.replace("/", "-")
        parameters = {**context, "target_name": name, "kapitan": {"vars": {"target": name}, "compile": [work]}}
        _write(directory / "inventory" / "targets" / f"{name}.yml", json.dumps({"parameters": parameters}))


def _write_make_argocd_fly(directory: Path, contexts: Mapping[str, Mapping[str, Any]]) -> None:
    """Write an environment for each city, in which each case is an application with its data as variables."""
    for case in CASES:
        for path in templates():
            _write(directory / "source" / case.name / path.name, as_untrimmed_jinja(template_text(path, case)))
    cities: dict[str, dict[str, Any]] = {}
    for target, context in contexts.items():
        city, case = target.split("/")
        cities.setdefault(city, {})[case] = {"vars": context}
    for city, apps in cities.items():
        _write(directory / "config" / f"{city}.yml", json.dumps({"envs": {city: {"apps": apps}}}, ensure_ascii=False))


def _write_kustomize(directory: Path, found: Mapping[str, Objects]) -> None:
    """Write a base for each case and tier, and overlays that patch what differs in a city."""
    bases: dict[str, Objects] = {}
    for target, own in found.items():
        city, case = target.split("/")
        tier = own["namespace.yaml"]["metadata"]["labels"]["gitopsgen.io/tier"]
        # Lists of cities may differ in length only where the fleet is tiny; the base then is the city's own.
        base = f"{case}/{tier}/{len(own['serviceentry.yaml']['spec']['endpoints'])}"
        if base not in bases:
            bases[base] = own
            for name, data in own.items():
                _write(directory / "bases" / base / name, yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True))
            _write(directory / "bases" / base / "kustomization.yaml", _dumped({"resources": sorted(own)}))
        overlay = {"resources": [f"../../../bases/{base}"], "patches": list(_patches(bases[base], own))}
        _write(directory / "overlays" / target / "kustomization.yaml", _dumped(overlay))
        cases = {"resources": [f"../../overlays/{city}/{case.name}" for case in CASES]}
        _write(directory / "cities" / city / "kustomization.yaml", _dumped(cases))


def _patches(base: Objects, own: Objects) -> Iterator[dict[str, Any]]:
    for name, data in own.items():
        operations = list(_differences(base[name], data, ""))
        if operations:
            target = {"kind": data["kind"], "name": base[name]["metadata"]["name"]}
            yield {"target": target, "patch": json.dumps(operations, ensure_ascii=False)}


def _differences(base: Any, own: Any, path: str) -> Iterator[dict[str, Any]]:
    """Give the operations of RFC 6902 that make one object of the other."""
    if base == own:
        return
    if isinstance(base, dict) and isinstance(own, dict):
        for key in base.keys() & own.keys():
            yield from _differences(base[key], own[key], f"{path}/{_escaped(key)}")
        yield from ({"op": "remove", "path": f"{path}/{_escaped(key)}"} for key in base.keys() - own.keys())
        for key in own.keys() - base.keys():
            yield {"op": "add", "path": f"{path}/{_escaped(key)}", "value": own[key]}
    elif isinstance(base, list) and isinstance(own, list) and len(base) == len(own):
        for place, (one, other) in enumerate(zip(base, own, strict=True)):
            yield from _differences(one, other, f"{path}/{place}")
    else:
        yield {"op": "replace", "path": path, "value": own}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _dumped(data: Mapping[str, Any]) -> str:
    return yaml.dump({**_KUSTOMIZATION, **data}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
