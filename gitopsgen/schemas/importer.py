"""CustomResourceDefinitions in, a schema pack out: one closed schema a file, facts only.

`<output>/<group>/<kind>_<version>.json`, kind in lower case. Reads CRDs and writes the pack;
`structural` decides what a schema says, `pack` reads it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gitopsgen.diagnostics import Diagnostic, Location, Outcome, Severity
from gitopsgen.schemas.definitions import folded
from gitopsgen.schemas.download import UnreadableError
from gitopsgen.schemas.lock import lock
from gitopsgen.schemas.origins import Origin, origins
from gitopsgen.schemas.pack import RESOURCE, relative_path
from gitopsgen.schemas.structural import Json, close

_CODES = {"unreadable-crd": "GG131", "missing-crd": "GG132", "malformed-crd": "GG133"}
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


class _Loader(yaml.CSafeLoader):
    """PyYAML's loader, but a bare `=` is a string, as in the enumerations of prometheus-operator."""


def _text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:value", _text)


@dataclass(frozen=True, slots=True)
class Imported:
    """One schema of a pack: where it stands in the pack, and what it says."""

    path: str
    schema: Json


def import_crds(
    sources: Iterable[str | Path], output: Path, *, only: Iterable[str] | None = None, context: str | None = None
) -> Outcome[tuple[Path, ...]]:
    """Write the served versions of all CRDs in `sources` under `output`, and their lock; give the files written.

    A source is a file, a folder, `-` or an address; `context` one of kubectl, whose cluster is asked.
    `only` names kinds as `VirtualService.networking.istio.io/v1`, None means all.
    Finds: a file that is no YAML (GG131), a source without a CRD (GG132), a CRD without a schema (GG133).
    """
    read = [_read(*source) for source in origins(sources, context)]
    found = [schema for outcome in read for schema in outcome.value]
    wanted = None if only is None else frozenset(only)
    chosen = {schema.path: schema for schema in found if wanted is None or _identity(schema) in wanted}
    written = tuple(_write(output, chosen[path]) for path in sorted(chosen))
    if written:
        lock(output, sorted(chosen))
    return Outcome(written, tuple(finding for outcome in read for finding in outcome.diagnostics))


def schemas_of(crd: Mapping[str, Any], source: str) -> Iterator[Imported]:
    """Give the schema of each served version of a CustomResourceDefinition."""
    spec = crd["spec"]
    for version in spec["versions"]:
        if version.get("served"):
            structural = version["schema"]["openAPIV3Schema"]
            resource = {
                "group": spec["group"],
                "version": version["name"],
                "kind": spec["names"]["kind"],
                "plural": spec["names"]["plural"],
                "scope": spec["scope"],
                "source": source,
            }
            path = relative_path(spec["group"], spec["names"]["kind"], version["name"])
            yield Imported(path, {**folded(close(_without_status(structural))), RESOURCE: resource})


def _without_status(structural: Json) -> Json:
    # what a controller writes is no manifest's business, and often half of the schema
    fields = structural.get("properties", {})
    return {**structural, "properties": {**fields, "status": _OPEN}} if "status" in fields else structural


def _read(source: str, places: Iterable[Origin]) -> Outcome[list[Imported]]:
    found: list[Imported] = []
    findings: list[Diagnostic] = []
    for origin in places:
        try:
            for crd in _crds(yaml.load_all(origin.read(), Loader=_Loader)):  # derived from the safe one
                found.extend(schemas_of(crd, origin.release))
        except UnreadableError as error:
            findings.append(_finding("unreadable-crd", origin.name, str(error)))
        except OSError as error:
            findings.append(_finding("unreadable-crd", origin.name, f"cannot be read: {error.strerror}"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            findings.append(_finding("unreadable-crd", origin.name, f"is no YAML: {_first_line(error)}"))
        except (KeyError, TypeError, AttributeError) as error:
            message = f"a CustomResourceDefinition without {error}, expected apiextensions.k8s.io/v1 with a schema"
            findings.append(_finding("malformed-crd", origin.name, message))
    if not found and not findings:
        findings.append(_finding("missing-crd", source, "no CustomResourceDefinition found"))
    return Outcome(found, tuple(findings))


def _crds(documents: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        if isinstance(document, Mapping):
            yield from _crds(document.get("items") or () if str(document.get("kind")).endswith("List") else ())
            if document.get("kind") == "CustomResourceDefinition":
                yield document


def _identity(schema: Imported) -> str:
    resource = schema.schema[RESOURCE]
    return f"{resource['kind']}.{resource['group']}/{resource['version']}"


def _write(output: Path, schema: Imported) -> Path:
    path = output / schema.path
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(schema.schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


def _finding(name: str, place: str, message: str) -> Diagnostic:
    return Diagnostic(_CODES[name], name, Severity.ERROR, message, Location(place))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
