"""Cuts what an API server publishes about its own types down to the facts that checks need.

Run by hand when a Kubernetes version is added: `python -m gitopsgen.schemas.extract_facts INPUT OUTPUT`.
It must not judge: what a fact means is said in `library`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_TRIVIAL: tuple[Any, ...] = ("", 0, {}, False, None)  # what Go's zero values give anyway


def extract(published: dict[str, Any]) -> dict[str, Any]:
    """Give kinds by API version, and enumerations, defaults, list keys and required fields by definition."""
    fields = {name: _fields(definition) for name, definition in published["definitions"].items()}
    return {
        "kubernetes": published["kubernetes"],
        "kinds": {version: _kinds(resources) for version, resources in published["resources"].items()},
        "definitions": {name: facts for name, facts in fields.items() if facts},
    }


def _kinds(resources: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {
        resource["kind"]: [resource["name"], resource["namespaced"]]
        for resource in resources
        if "/" not in resource["name"] and "create" in resource["verbs"]
    }


def _fields(definition: dict[str, Any]) -> dict[str, Any]:
    required = definition.get("required", ())
    found = {name: _facts(field, required=name in required) for name, field in definition.get("properties", {}).items()}
    return {name: facts for name, facts in found.items() if facts}


def _facts(field: dict[str, Any], *, required: bool) -> dict[str, Any]:
    items = field.get("items", {})
    facts = {
        "default": None if field.get("default") in _TRIVIAL else field["default"],
        "enum": field.get("enum"),
        "itemEnum": items.get("enum"),
        "keys": field.get("x-kubernetes-list-map-keys"),
        "required": required,
    }
    return {name: fact for name, fact in facts.items() if fact}


def main(source: str, target: str) -> None:
    """Read the published types at `source` and write their facts to `target`."""
    facts = extract(json.loads(Path(source).read_text(encoding="utf-8")))
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    Path(target).write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
