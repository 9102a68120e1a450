"""The kinds that Gatekeeper's controller defines when a constraint template is applied.

Knows nothing of a server; what is written here follows Gatekeeper's own `CreateSchema` and `CreateCRD`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .crds import Definition, Kind, kind_of

GROUP = "constraints.gatekeeper.sh"
VERSIONS = ("v1beta1", "v1alpha1")
TEMPLATE_KIND = "ConstraintTemplate"

# Has the same `match` as every constraint, and its definition is at hand.
MATCHING_KIND: Kind = ("mutations.gatekeeper.sh", "Assign")

OPEN: Mapping[str, Any] = {"x-kubernetes-preserve-unknown-fields": True}
STRING: Mapping[str, Any] = {"type": "string"}


def constraint_definitions(
    templates: Iterable[Mapping[str, Any]], definitions: Iterable[Definition]
) -> list[Definition]:
    """Make the definition of each constraint kind once."""
    match = _match_schema(definitions)
    made = (constraint_definition(template, match) for template in templates)
    return list({kind_of(each): each for each in made}.values())


def constraint_definition(template: Mapping[str, Any], match: Mapping[str, Any]) -> Definition:
    """Make what Gatekeeper makes of one template."""
    kind = template["spec"]["crd"]["spec"]["names"]["kind"]
    schema = _schema(template["spec"]["crd"]["spec"], match)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.lower()}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Cluster",
            "names": {"kind": kind, "plural": kind.lower(), "singular": kind.lower()},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": version == VERSIONS[0],
                    "schema": {"openAPIV3Schema": schema},
                    "subresources": {"status": {}},
                }
                for version in VERSIONS
            ],
        },
    }


def _schema(declared: Mapping[str, Any], match: Mapping[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "match": match,
        "enforcementAction": {"type": "string", "default": "deny"},
        "scopedEnforcementActions": _list_of(
            {"action": STRING, "enforcementPoints": _list_of({"name": STRING})},
        ),
    }
    parameters = declared.get("validation", {}).get("openAPIV3Schema")
    if parameters is not None:
        spec["parameters"] = parameters
    name = {"type": "string", "maxLength": 63}
    return _object({"metadata": _object({"name": name}), "spec": _object(spec), "status": OPEN})


def _match_schema(definitions: Iterable[Definition]) -> Mapping[str, Any]:
    for definition in definitions:
        if kind_of(definition) == MATCHING_KIND:
            schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
            match: dict[str, Any] = schema["properties"]["spec"]["properties"]["match"]
            return match
    return {"type": "object", **OPEN}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties)}
