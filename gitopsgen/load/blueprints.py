"""Blueprints and the components that they use: templates, native files, schema and default values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.load.case_schema import Mount, case_schema, check_schema
from gitopsgen.load.findings import INVALID_FACT, MISSING_FILE, STRAY_FILE, UNKNOWN_NAME
from gitopsgen.load.shapes import check_shape
from gitopsgen.model.project import Blueprint, ComponentUse, Layer, Share, Template
from gitopsgen.values import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.load.inputs import Inputs

COMPONENTS: Final = "components"
_TEMPLATE: Final = ".j2"
_NO_INPUT: Final = ("README.md", "tests/")


@dataclass(frozen=True, slots=True)
class _Package:
    """What a blueprint and a component have in common: a folder with templates, files, schema and defaults."""

    name: str
    directory: str
    facts: Mapping[str, Any]
    templates: tuple[Template, ...]
    files: Mapping[str, str]
    schema: Mapping[str, Any] | None  # None where it is broken: values are then not judged
    defaults: Layer | None


def read_blueprints(inputs: Inputs, folder: str) -> dict[str, Blueprint]:
    """Read all blueprints of a project, by name."""
    components: dict[str, list[str]] = defaultdict(list)
    cases: dict[str, list[str]] = defaultdict(list)
    for path in inputs.walk(folder):
        steps = path[len(folder) + 1 :].split("/", 2)
        if len(steps) == 3 and steps[0] == COMPONENTS:  # noqa: PLR2004 - components/<name>/<file>
            components[steps[1]].append(steps[2])
        elif len(steps) > 1 and steps[0] != COMPONENTS:
            cases[steps[0]].append("/".join(steps[1:]))
        else:
            inputs.report_file(STRAY_FILE, path, f'"{path}" belongs to no blueprint and no component')
    known = {
        name: package
        for name, files in components.items()
        if (package := _read_package(inputs, f"{folder}/{COMPONENTS}/{name}", files, "component"))
    }
    packages = [_read_package(inputs, f"{folder}/{name}", files, "blueprint") for name, files in cases.items()]
    return {package.name: _blueprint(inputs, package, known) for package in packages if package}


def _read_package(inputs: Inputs, directory: str, files: list[str], kind: str) -> _Package | None:
    name = directory.rsplit("/", 1)[1]
    facts_file = f"{directory}/{kind}.yaml"
    if f"{kind}.yaml" not in files:
        if kind == "blueprint":
            inputs.report_file(MISSING_FILE, facts_file, f'blueprint "{name}" has no "blueprint.yaml"')
        for path in files:  # a folder of shared macros: they count as inputs
            inputs.raw(f"{directory}/{path}")
        return None
    facts = inputs.yaml(facts_file)
    if facts is not None:
        check_shape(inputs, kind, facts_file, facts)
    facts = facts if isinstance(facts, dict) else {}
    if facts.get("name", name) != name:
        message = f'"name" is "{facts["name"]}", expected the name of the folder, "{name}"'
        inputs.report(facts_file, Problem(INVALID_FACT, ("name",), message))
    package = _Package(name, directory, facts, _templates(directory, files), {}, {}, None)
    return replace(
        package,
        files=_native_files(inputs, directory, files),
        schema=_schema(inputs, directory, files),
        defaults=_defaults(inputs, package, files, kind),
    )


def _templates(directory: str, files: list[str]) -> tuple[Template, ...]:
    """Give the templates of a folder: manifests, files of the node, files that Argo CD reads."""
    found = []
    for path in files:
        if path.startswith("manifests/") and path.endswith(".yaml.j2"):
            found.append(Template(f"{directory}/{path}", "manifest"))
        elif path.startswith("bootstrap/") and path.endswith(_TEMPLATE):
            found.append(Template(f"{directory}/{path}", "node", output=path[len("bootstrap/") : -len(_TEMPLATE)]))
        elif path.startswith("argocd/") and path.endswith(".json.j2"):
            found.append(Template(f"{directory}/{path}", "application", output=path[len("argocd/") : -len(_TEMPLATE)]))
    return tuple(found)


def _native_files(inputs: Inputs, directory: str, files: list[str]) -> dict[str, str]:
    """Give the text of native files; note the digest of all others that a template could take in."""
    read_elsewhere = ("blueprint.yaml", "component.yaml", "values.yaml", "values.schema.json")
    texts = {}
    for path in files:
        file = f"{directory}/{path}"
        is_native = path.startswith("files/") or (path.startswith("bootstrap/") and not path.endswith(_TEMPLATE))
        if is_native:
            text = inputs.text(file)
            if text is not None:
                texts[file] = text
        elif path not in read_elsewhere and not path.startswith(_NO_INPUT):
            if path.startswith("manifests/") and not path.endswith(_TEMPLATE):
                cure = 'name it "….yaml.j2", or move it to "files/"'
                inputs.report_file(STRAY_FILE, file, f'"{file}" is no template and would not be rendered', cure)
            inputs.raw(file)
    return texts


def _schema(inputs: Inputs, directory: str, files: list[str]) -> Mapping[str, Any] | None:
    """Give the schema of a folder's values: a closed empty one where there is none, None where it is broken."""
    nothing = {"type": "object", "additionalProperties": False, "properties": {}}
    if "values.schema.json" not in files:
        return nothing
    file = f"{directory}/values.schema.json"
    schema = inputs.json(file)
    if schema is None:
        return None
    problems = inputs.once(("schema", file), (schema,), lambda: check_schema(schema))
    for problem in problems:
        inputs.report(file, problem)
    # Values are not judged by a schema that is broken: each would be blamed for it.
    is_broken = any(problem.kind.name == "invalid-schema" for problem in problems)
    return None if is_broken else schema


def _defaults(inputs: Inputs, package: _Package, files: list[str], kind: str) -> Layer | None:
    if "values.yaml" not in files:
        return None
    file = f"{package.directory}/values.yaml"
    data = inputs.yaml(file)
    if data is not None and not isinstance(data, dict):
        inputs.report(file, Problem(INVALID_FACT, (), "values are a list or a scalar, expected a mapping"))
    return Layer(f"{kind} {package.name}", file, data if isinstance(data, dict) else {})


def _blueprint(inputs: Inputs, package: _Package, components: Mapping[str, _Package]) -> Blueprint:
    facts = package.facts
    uses = _uses(inputs, package, components)
    used = [(components[use.component], use.at) for use in uses]
    layers = [replace(component.defaults, at=at) for component, at in used if component.defaults]
    own = (package.defaults,) if package.defaults else ()
    return Blueprint(
        name=package.name,
        directory=package.directory,
        title=str(facts.get("title", package.name)),
        namespace=str(facts.get("namespace", package.name)),
        minimum_kubernetes=str(facts.get("minimumKubernetes", "")),
        templates=(*_mounted_templates(used), *package.templates),
        files={path: text for part in (*(c for c, _ in used), package) for path, text in part.files.items()},
        schema=_case_schema(inputs, package, used),
        defaults=(*layers, *own),
        uses=uses,
        facts=facts,
        shares=tuple(_shares(facts.get("shares"))),
    )


def _shares(declared: Any) -> Iterator[Share]:
    """Give the computed values; what has not their form was reported with the file."""
    for index, share in enumerate(declared if isinstance(declared, list) else ()):
        paths = [share.get(name) if isinstance(share, dict) else None for name in ("value", "total", "weight")]
        written = [tuple(path.split(".")) for path in paths if isinstance(path, str)]
        if len(written) == len(paths):
            yield Share(index, *written)


def _case_schema(inputs: Inputs, package: _Package, used: list[tuple[_Package, tuple[str, ...]]]) -> Mapping[str, Any]:
    """Give the schema of a case; one that allows all where a part of it is broken or not known."""
    mounts = [
        Mount(part.name, at, part.schema, str(part.facts.get("description", "")))
        for part, at in used
        if part.schema is not None
    ]
    declared = package.facts.get("uses")
    is_whole = len(mounts) == (len(declared) if isinstance(declared, list) else 0)
    is_read = f"{package.directory}/blueprint.yaml" not in inputs.unread
    if package.schema is None or not is_whole or not is_read:
        return {"type": "object"}
    made_of = (str(package.facts.get("title", package.name)), package.schema, tuple(mounts))
    return inputs.once(("case", package.name), made_of, lambda: case_schema(*made_of))


def _mounted_templates(used: list[tuple[_Package, tuple[str, ...]]]) -> tuple[Template, ...]:
    return tuple(
        replace(template, at=at, component=component.name) for component, at in used for template in component.templates
    )


def _uses(inputs: Inputs, package: _Package, components: Mapping[str, _Package]) -> tuple[ComponentUse, ...]:
    """Give the components that a blueprint takes; one that is not there is reported."""
    declared = package.facts.get("uses")
    found = []
    for index, use in enumerate(declared if isinstance(declared, list) else ()):
        name = use.get("component") if isinstance(use, dict) else None
        if not isinstance(name, str):
            continue
        if name not in components:
            problem = Problem(
                UNKNOWN_NAME,
                ("uses", index, "component"),
                f'component "{name}" does not exist',
                did_you_mean(name, components),
            )
            inputs.report(f"{package.directory}/blueprint.yaml", problem)
            continue
        at = use.get("values", "")
        found.append(ComponentUse(name, tuple(at.split(".")) if isinstance(at, str) and at else ()))
    return tuple(found)
