"""The schemas of all files that people write, for editors: made of those by which the files are read and judged.

Knows which file has which schema; nothing of how a file is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.diagnostics import Outcome
from gitopsgen.load.blueprints import COMPONENTS, read_blueprints
from gitopsgen.load.case_schema import check_schema
from gitopsgen.load.defaulted import with_defaults
from gitopsgen.load.inputs import Inputs
from gitopsgen.load.layering import dialect, layered, pruned
from gitopsgen.load.settings import SETTINGS_FILE, read_settings
from gitopsgen.load.shapes import schema_of
from gitopsgen.model.project import Blueprint, Layer

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "docs/schemas"  # where a project keeps them
CATALOGUE: Final = "catalog.json"
VSCODE: Final = "vscode.json"
_LAYERS: Final = ("fleet", "environment", "tier", "area", "region")
_TAGS: Final = ("append sequence", "prepend sequence", "merge sequence", "replace sequence", "replace mapping")
_DELETE: Final = ("delete scalar", "delete mapping")
MODELINE: Final = "# yaml-language-server: $schema="


@dataclass(frozen=True, slots=True)
class EditorSchema:
    """A schema, what it is of, and the files (globs) that it is for, relative to the project."""

    name: str
    schema: Mapping[str, Any]
    files: tuple[str, ...]

    @property
    def file(self) -> str:
        """Its file's name, by which others refer to it."""
        return f"{self.name}.json"

    @property
    def text(self) -> str:
        """The file's text."""
        return _text(self.schema)


@dataclass(frozen=True, slots=True)
class _Cases:
    """What is known of a project: schemas of values, by case and by component; nothing outside of one."""

    cases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    components: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def editor_schemas(root: Path | None) -> Outcome[tuple[EditorSchema, ...]]:
    """Give all schemas of a project, with the values of its cases; those that any project has, where there is none.

    A blueprint whose schema is broken is reported, and its values may be anything.
    """
    if root is None:
        return Outcome(tuple(_schemas("blueprints", "overlays", _Cases())))
    inputs = Inputs(root)
    settings = read_settings(inputs)
    blueprints = read_blueprints(inputs, settings.blueprints)
    cases = {name: _described(each) for name, each in blueprints.items()}
    known = _Cases(cases, _components(root, settings.blueprints))
    return Outcome(tuple(_schemas(settings.blueprints, settings.overlays, known)), inputs.diagnostics())


def _described(blueprint: Blueprint) -> dict[str, Any]:
    schema = with_defaults(blueprint.schema, blueprint.defaults)
    says = blueprint.facts.get("description") or blueprint.title
    schema.setdefault("description", f"Values of the case {blueprint.name}: {says}")
    return schema


def _components(root: Path, blueprints: str) -> dict[str, Mapping[str, Any]]:
    inputs = Inputs(root)  # what is wrong in them was told with the blueprints
    folder = f"{blueprints}/{COMPONENTS}"
    files = [file for file in inputs.walk(folder) if file.endswith("/values.schema.json")]
    read = {file.split("/")[-2]: inputs.json(file) for file in files}
    sound = {name: schema for name, schema in read.items() if schema is not None and not check_schema(schema)}
    own = {name: f"{folder}/{name}/values.yaml" for name in sound}
    values = {name: inputs.yaml(file) or {} for name, file in own.items() if inputs.has(file)}
    return {
        name: with_defaults(schema, [Layer(name, own[name], values.get(name, {}))]) for name, schema in sound.items()
    }


def _schemas(blueprints: str, overlays: str, known: _Cases) -> Iterator[EditorSchema]:
    yield EditorSchema("settings", _own("settings"), (SETTINGS_FILE,))
    yield EditorSchema("blueprint", _own("blueprint"), (f"{blueprints}/*/blueprint.yaml",))
    component = (f"{blueprints}/{COMPONENTS}/*/component.yaml",)
    yield EditorSchema("component", _own("component"), component)
    for layer in _LAYERS:
        yield EditorSchema(f"overlay-{layer}", _overlay(layer, known.cases), (f"{overlays}/{_layer_file(layer)}",))
    yield EditorSchema("rollouts", _own("rollouts"), (f"{overlays}/rollouts.yaml",))
    yield EditorSchema("release-lock", _releases(known.cases), (f"{overlays}/releases.lock.yaml",))
    yield EditorSchema("image-lock", _own("image-lock"), (f"{overlays}/images.lock.yaml",))
    yield EditorSchema("version-set", _own("version-set"), (f"{overlays}/version-sets/*.yaml",))
    for case, schema in sorted(known.cases.items()):
        values = EditorSchema(values_of(case), dialect(layered(schema)), (f"{blueprints}/{case}/values.yaml",))
        region = f"{overlays}/regions/*"
        yield values
        yield EditorSchema(
            f"overlay-case-{case}", _case_overlay(values), (f"{region}/{case}.yaml", f"{region}/*/{case}.yaml")
        )
    for name, schema in sorted(known.components.items()):
        file = f"{blueprints}/{COMPONENTS}/{name}/values.yaml"
        yield EditorSchema(f"component-values-{name}", dialect(layered(schema)), (file,))


def _own(name: str) -> dict[str, Any]:
    return dialect(pruned(schema_of(name)))


def values_of(case: str) -> str:
    """Give the name of the schema of a case's values."""
    return f"values-{case}"


def _layer_file(layer: str) -> str:
    if layer == "fleet":
        return "fleet.yaml"
    return "regions/*/region.yaml" if layer == "region" else f"{layer}s/*.yaml"


def _overlay(layer: str, cases: Mapping[str, Any]) -> dict[str, Any]:
    schema = _own(f"overlay-{layer}")
    if cases:
        closed = schema["definitions"]["cases"]
        schema["definitions"]["cases"] = _by_case(closed, {case: _values(case) for case in cases})
    return schema


def _releases(cases: Mapping[str, Any]) -> dict[str, Any]:
    schema = _own("release-lock")
    if cases:
        node = schema["properties"]["cases"]
        known = {}
        for case in cases:
            release = json.loads(json.dumps(node["additionalProperties"]))
            values = release["properties"]["releases"]["additionalProperties"]["properties"]["values"]
            release["properties"]["releases"]["additionalProperties"]["properties"]["values"] = {
                "description": values["description"],
                "allOf": [_values(case)],
            }
            known[case] = release
        schema["properties"]["cases"] = _by_case(node, known)
    return schema


def _values(case: str) -> dict[str, Any]:
    return {"$ref": f"{values_of(case)}.json"}


def _by_case(node: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Close a mapping whose keys are cases."""
    kept = {name: value for name, value in node.items() if name != "propertyNames"}
    return {**kept, "additionalProperties": False, "properties": dict(sorted(known.items()))}


def _case_overlay(values: EditorSchema) -> dict[str, Any]:
    """Give the schema of a file of values and patches, which refers to that of values alone."""
    schema = _own("case-overlay")
    names = values.schema.get("properties", {})
    below = {name: {"$ref": f"{values.file}#/properties/{name}"} for name in names}
    closed = {} if not names else {"additionalProperties": False}
    return {**schema, "type": "object", **closed, "properties": {**below, **schema["properties"]}}


def catalogue(schemas: tuple[EditorSchema, ...], base: str = "") -> str:
    """Give a catalogue in SchemaStore's form; `base` is where the schemas are served."""
    listed = [
        {
            "name": f"gitopsgen {one.name}",
            "description": one.schema.get("description", one.schema.get("title", one.name)),
            "fileMatch": [f"**/{glob}" if one.name != "settings" else glob for glob in one.files],
            "url": f"{base.rstrip('/')}/{one.file}" if base else one.file,
        }
        for one in schemas
    ]
    return _text({"$schema": "https://json.schemastore.org/schema-catalog.json", "version": 1, "schemas": listed})


def vscode(schemas: tuple[EditorSchema, ...]) -> str:
    """Give settings of Visual Studio Code with its YAML extension: which file has which schema, and our tags."""
    matched = {f"./{FOLDER}/{one.file}": list(one.files) for one in schemas}
    tags = [f"!{tag}" for tag in (*_TAGS, *_DELETE)]
    return _text({"yaml.schemas": matched, "yaml.customTags": tags})


def files_of(schemas: tuple[EditorSchema, ...], base: str = "") -> dict[str, str]:
    """Give all that stands in the folder of schemas, by name."""
    extra = {CATALOGUE: catalogue(schemas, base), VSCODE: vscode(schemas)}
    return {**{one.file: one.text for one in schemas}, **extra}


def schema_for(schemas: tuple[EditorSchema, ...], file: str) -> EditorSchema | None:
    """Give the schema of a file of the project, None where it has none."""
    for one in schemas:
        if any(_matches(file, glob) for glob in one.files):
            return one
    return None


def _matches(file: str, glob: str) -> bool:
    steps, globs = file.split("/"), glob.split("/")
    return len(steps) == len(globs) and all(map(fnmatchcase, steps, globs))


def bundled(schemas: tuple[EditorSchema, ...], name: str) -> str:
    """Give the text of a schema that stands by itself: what it refers to in other files is among its definitions."""
    by_file = {one.file: one for one in schemas}
    schema = dict(next(one.schema for one in schemas if one.name == name))
    needed = sorted(file for file in set(_files_referred(schema)))
    if needed:
        parts = {by_file[file].name: _inside(by_file[file].schema, by_file[file].name) for file in needed}
        schema = _rerouted(schema, {file: f"#/definitions/{by_file[file].name}" for file in needed})
        schema["definitions"] = {**schema.get("definitions", {}), **parts}
    return _text(schema)


def _inside(schema: Mapping[str, Any], name: str) -> Any:
    """Give a schema as it stands among the definitions of another."""
    moved = _rerouted(schema, {"": f"#/definitions/{name}"})
    return {key: value for key, value in moved.items() if key != "$schema"}


def _rerouted(node: Any, starts: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_rerouted(each, starts) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: _moved(value, starts) if key == "$ref" and isinstance(value, str) else _rerouted(value, starts)
        for key, value in node.items()
    }


def _moved(reference: str, starts: Mapping[str, str]) -> str:
    file, _, pointer = reference.partition("#")
    return f"{starts[file]}{pointer}" if file in starts else reference


def _files_referred(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _files_referred(each)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield from filter(None, [value.partition("#")[0]])
            else:
                yield from _files_referred(value)


def with_modeline(text: str, file: str, schema: EditorSchema, folder: str = FOLDER) -> str:
    """Give a file's text whose first line tells editors its schema, by a relative path."""
    up = "../" * (len(PurePosixPath(file).parts) - 1)
    line = f"{MODELINE}{up}{folder}/{schema.file}\n"
    first, _, rest = text.partition("\n")
    return line + (rest if first.startswith(MODELINE) else text)


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
