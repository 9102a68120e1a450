"""All kinds of one Kubernetes version, cut to what checks read and joined with what servers publish.

The bundled schemas know types, unknown fields and required fields; the server's facts add
enumerations, scopes and defaults of list keys; the forms of quantities, numbers and dates,
which the server's decoder knows, are added here. Pure: `bundled` reads the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]

# Raised whenever the result for the same input changes: caches are keyed by it.
FORMAT = 12

_WORDS = ("default", "minimum", "maximum", "minLength", "pattern", "type")
_REFERENCE = "#/$defs/"
_DROPPED = frozenset(
    {
        "$id",
        "$schema",
        "description",
        "x-kubernetes-group-version-kind",
        "x-kubernetes-map-type",
        "x-kubernetes-patch-strategy",
        "x-kubernetes-unions",
    }
)
# apimachinery's resource.Quantity: a signed decimal with a binary suffix, a decimal suffix or an exponent
_QUANTITY = {
    "type": ["string", "number"],
    "pattern": r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
    "x-gitopsgen-type": "quantity",
}
_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
_INT_OR_STRING = {"type": ["string", "integer"], "x-kubernetes-int-or-string": True, **_INT32}
# The first two are written as oneOf in the source, where null meets both sides and so is refused: as here. The last
# has no fields, which the source does not tell from any.
_WRITTEN: dict[str, Json] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": _QUANTITY,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": _INT_OR_STRING,
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus": {
        "type": ["object", "null"],
        "additionalProperties": False,
    },
}


def build(definitions: Json, facts: Json, *, exact: bool) -> Json:
    """Give `{"kinds": {apiVersion: {kind: {…}}}, "definitions": {name: schema}, "references": {name: names}}`.

    `exact` says whether the facts are of the very version of the definitions; only then does
    a kind that the facts lack count as not served.
    """
    kinds = _kinds(definitions, facts["kinds"], exact=exact)
    cut: dict[str, Json] = {
        name: _WRITTEN.get(name) or _definition(definition, _facts(name, definitions, facts["definitions"]))
        for name, definition in definitions.items()
    }
    for definition in cut.values():
        _refuse_nulls(definition, cut)
    references = {name: sorted(_references(definition)) for name, definition in cut.items()}
    roots = {entry["definition"] for named in kinds.values() for entry in named.values()}
    used = _reachable(references, roots)
    return {
        "kinds": kinds,
        "definitions": {name: cut[name] for name in used},
        "references": {name: references[name] for name in used},
    }


def joined(published: Json, validated: Json) -> Json:
    """Give the facts of a server with those of its validation code, field by field; what it publishes comes first."""
    definitions = {
        name: {
            field: validated.get(name, {}).get(field, {}) | published["definitions"].get(name, {}).get(field, {})
            for field in {**validated.get(name, {}), **published["definitions"].get(name, {})}
        }
        for name in {**validated, **published["definitions"]}
    }
    return {**published, "definitions": definitions}


def closure(library: Json, definition: str) -> Json:
    """Give a self-contained schema of one definition: itself, and beside it all that it refers to."""
    names = _reachable(library["references"], library["references"][definition])
    return {
        **_root(library["definitions"][definition]),
        "$defs": {name: library["definitions"][name] for name in names},
    }


def _reachable(references: Json, roots: Iterable[str]) -> list[str]:
    found, queue = set(roots), list(roots)
    while queue:
        new = set(references[queue.pop()]) - found
        found |= new
        queue.extend(new)
    return sorted(found)


def _root(definition: Json) -> Json:
    # in the schema of a kind itself, other than where it stands in another, every field may be null
    needed = definition.get("required", ())
    fields = {
        name: field if name in needed or "$ref" in field else _nullable(field)
        for name, field in definition.get("properties", {}).items()
    }
    return {**definition, "type": "object", "properties": fields}


def _nullable(field: Json) -> Json:
    if not isinstance(field.get("type"), str):
        return field
    enum = {"enum": [*field["enum"], None]} if "enum" in field else {}
    return {**field, "type": [field["type"], "null"], **enum}


def _kinds(definitions: Json, published: Json, *, exact: bool) -> Json:
    kinds: Json = {}
    for name, definition in definitions.items():
        for gvk in definition.get("x-kubernetes-group-version-kind", ()):
            version = f"{gvk['group']}/{gvk['version']}" if gvk["group"] else gvk["version"]
            known = published.get(version, {}).get(gvk["kind"])
            if known or not _is_internal(gvk["kind"], definition):
                plural, namespaced = known or ("", None)
                entry = {
                    "definition": name,
                    "plural": plural,
                    "namespaced": namespaced,
                    "served": bool(known) or not exact,
                }
                kinds.setdefault(version, {})[gvk["kind"]] = entry
    return kinds


def _is_internal(kind: str, definition: Json) -> bool:
    # lists, options and answers carry a kind too, but no object of theirs stands in a manifest
    metadata = definition.get("properties", {}).get("metadata", {}).get("$ref", "")
    return kind.endswith("List") or not metadata.endswith("ObjectMeta")


def _facts(name: str, definitions: Json, facts: Json) -> Json:
    found = facts.get(name, {})
    specification = definitions[name].get("properties", {}).get("spec", {}).get("$ref", "").rpartition("/")[2]
    if "x-kubernetes-group-version-kind" in definitions[name] and definitions.get(specification, {}).get("required"):
        # to the server a missing specification is an empty one, which then lacks what it requires
        return {**found, "spec": {"required": True, **found.get("spec", {})}}
    return found  # type: ignore[no-any-return]  # a JSON value


def _definition(definition: Json, facts: Json) -> Json:
    cut: Json = _cut(definition)
    fields = cut.get("properties", {})
    for name, found in facts.items():
        if name in fields:
            fields[name] = _enrich(fields[name], found)
    missing = [name for name, found in facts.items() if found.get("required") and name not in cut.get("required", ())]
    # what servers publish as required, and fill in themselves
    spared = {name for name, found in facts.items() if found.get("spared")}
    if (missing or spared) and fields:
        cut["required"] = [name for name in (*cut.get("required", ()), *missing) if name not in spared]
    return cut


def _refuse_nulls(definition: Json, definitions: Json) -> None:
    """Refuse null for what is needed, and for items and objects that need something: to the server they lack it."""

    def is_demanding(node: Json) -> bool:
        return bool(definitions.get(node.get("$ref", "").removeprefix(_REFERENCE), {}).get("required"))

    fields = definition.get("properties", {})
    for name, field in fields.items():
        if is_demanding(field.get("items", {})):
            field["items"] = {**field["items"], "type": "object"}
        if name not in definition.get("required", ()):
            continue
        if is_demanding(field):
            fields[name] = {**field, "type": "object"}
        elif field.get("type") in (["array", "null"], ["object", "null"]):  # of other types the empty one may do
            fields[name] = {**field, "type": [kind for kind in field["type"] if kind != "null"]}


def _enrich(field: Json, facts: Json) -> Json:
    enriched = dict(field)
    if "enum" in facts:
        enriched["enum"] = _choices(field, facts["enum"])
    if "itemEnum" in facts:
        enriched["items"] = {**field["items"], "enum": facts["itemEnum"]}
    if "items" in facts:
        enriched["items"] = {**field["items"], **facts["items"]}
    enriched |= {name: facts[name] for name in _WORDS if name in facts}
    if "keys" in facts:
        enriched |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": facts["keys"]}
    return enriched


def _choices(field: Json, values: list[Any]) -> list[Any]:
    # the server reads null as "not set", which its enumerations do not list
    return [*values, None] if "null" in field.get("type", ()) else values


def _cut(node: Json) -> Json:
    cut = {key: _cut_value(key, value) for key, value in node.items() if key not in _DROPPED}
    if cut.get("format") == "int32":
        cut |= _INT32
    if cut.get("format") == "byte":
        cut["format"] = "base64"  # the decoder takes more than `byte` in a CustomResourceDefinition
    if cut.get("format") == "date-time":
        cut["pattern"] = "^[^a-z]*$"  # the server's decoder takes no small t and z
    return cut


def _cut_value(key: str, value: Any) -> Any:
    if key == "$ref":
        return _REFERENCE + value.rpartition("/")[2]
    if key == "properties":
        return {name: _cut(field) for name, field in value.items()}
    if key in {"items", "additionalProperties"} and isinstance(value, Mapping):
        return _cut(dict(value))
    return value


def _references(node: Json) -> set[str]:
    found = {node["$ref"].rpartition("/")[2]} if "$ref" in node else set()
    for below in (*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")):
        if isinstance(below, Mapping):
            found |= _references(dict(below))
    return found
