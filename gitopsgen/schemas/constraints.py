"""The kinds of Gatekeeper constraints, which exist only once their template is applied.

A ConstraintTemplate gives the parameters; Gatekeeper adds what every constraint has.
Facts from Gatekeeper's own match and constraint schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitopsgen.model.unchecked import mapping, text
from gitopsgen.schemas.kind import Kind
from gitopsgen.schemas.metadata import with_object_meta
from gitopsgen.schemas.structural import close

CONSTRAINTS = "constraints.gatekeeper.sh"
_VERSION = f"{CONSTRAINTS}/v1beta1"

_NAMES = {"type": "array", "items": {"type": "string"}}
_SELECTOR = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "matchLabels": {"type": "object", "additionalProperties": {"type": "string"}},
        "matchExpressions": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["key", "operator"],
                "properties": {
                    "key": {"type": "string"},
                    "operator": {"type": "string", "enum": ["In", "NotIn", "Exists", "DoesNotExist"]},
                    "values": _NAMES,
                },
            },
        },
    },
}
_WILDCARD_NAMES = {"type": "array", "items": {"type": "string", "pattern": r"^\*?[-:a-z0-9]*\*?$"}}
_MATCH = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "excludedNamespaces": _WILDCARD_NAMES,
        "kinds": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"apiGroups": _NAMES, "kinds": _NAMES},
            },
        },
        "labelSelector": _SELECTOR,
        "name": {"type": "string"},
        "namespaceSelector": _SELECTOR,
        "namespaces": _WILDCARD_NAMES,
        "scope": {"type": "string", "enum": ["*", "Cluster", "Namespaced"]},
        "source": {"type": "string", "enum": ["All", "Generated", "Original"]},
    },
}
_ACTION = {"type": "string", "enum": ["deny", "dryrun", "scoped", "warn"]}
_SCOPED = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "action": {"type": "string"},
            "enforcementPoints": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": False, "properties": {"name": {"type": "string"}}},
            },
        },
    },
}


def made_kind(template: Any) -> str:
    """Give the name of the kind that a ConstraintTemplate makes, empty where it names none."""
    crd = mapping(mapping(mapping(mapping(template).get("spec")).get("crd")).get("spec"))
    return text(mapping(crd.get("names")).get("kind"))


def constraint_kind(template: Mapping[str, Any]) -> Kind | None:
    """Give the kind that a ConstraintTemplate makes, None where the template names none."""
    name = made_kind(template)
    if not name:
        return None
    spec = {
        "enforcementAction": _ACTION,
        "match": _MATCH,
        "scopedEnforcementActions": _SCOPED,
        **_parameters(template["spec"]["crd"]["spec"].get("validation", {})),
    }
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "metadata": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 63}}},
            "spec": {"type": "object", "additionalProperties": False, "properties": spec},
            "status": {},
        },
    }
    return Kind(
        api_version=_VERSION,
        name=name,
        schema=with_object_meta(schema, _VERSION, name),
        plural=name.lower(),
        namespaced=False,
        source=f"ConstraintTemplate {name.lower()}",
    )


def _parameters(validation: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = validation.get("openAPIV3Schema")
    if schema is None:
        return {}  # Gatekeeper then gives the kind no such field
    # a legacy schema need not be structural: Gatekeeper opens all of it
    return {"parameters": {} if validation.get("legacySchema") is True else close(dict(schema))}
