"""The metadata that every object has, which the schemas of custom kinds leave to the server."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_TEXT = {"type": ["string", "null"]}
_TEXTS = {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}}
_OWNER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "name", "uid"],
    "properties": {
        **{name: {"type": "string", "minLength": 1} for name in ("apiVersion", "kind", "name", "uid")},
        "blockOwnerDeletion": {"type": ["boolean", "null"]},
        "controller": {"type": ["boolean", "null"]},
    },
}
# apimachinery's ObjectMeta; `name` and its kin are judged by rules, here they are only typed
OBJECT_META: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("generateName", "name", "namespace", "resourceVersion", "selfLink", "uid"), _TEXT),
        "annotations": _TEXTS,
        "labels": _TEXTS,
        "creationTimestamp": {"type": ["string", "null"], "format": "date-time"},
        "deletionTimestamp": {"type": ["string", "null"], "format": "date-time"},
        "deletionGracePeriodSeconds": {"type": ["integer", "null"]},
        "finalizers": {"type": ["array", "null"], "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "generation": {"type": ["integer", "null"]},
        "managedFields": {"type": ["array", "null"]},
        "ownerReferences": {
            "type": ["array", "null"],
            "items": _OWNER,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["uid"],
        },
    },
}


def with_object_meta(schema: Json, api_version: str, kind: str) -> Json:
    """Give the schema of a custom kind with the fields that every object has, in the form a server checks them."""
    fields = schema.get("properties", {})
    own = {key: value for key, value in fields.get("metadata", {}).items() if key != "additionalProperties"}
    metadata = {**OBJECT_META, "allOf": [own]} if "properties" in own else OBJECT_META
    common = {"apiVersion": {"const": api_version}, "kind": {"const": kind}, "metadata": metadata}
    return {**schema, "properties": {**fields, **common}}
