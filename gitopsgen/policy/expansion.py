"""Objects that the cluster would make of others, so that policies on Pods see what makes Pods.

https://open-policy-agent.github.io/gatekeeper/website/docs/expansion
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

EXPANSION: Final = ("expansion.gatekeeper.sh", "ExpansionTemplate")
_DEEPEST: Final = 30


class UnexpandableError(Exception):
    """An ExpansionTemplate that is for an object and makes nothing of it: why."""


class Expanded(NamedTuple):
    """An object that comes of another one: from which template, with which action, and where in the other it stands."""

    data: Mapping[str, Any]
    template: str
    action: str
    field: Path


def expanded(
    data: Mapping[str, Any],
    templates: Sequence[Mapping[str, Any]],
    changed: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    depth: int = 0,
) -> Iterator[Expanded]:
    """Give all objects that come of one, also by way of others, each as mutators have `changed` it."""
    if depth >= _DEEPEST:
        raise UnexpandableError(f"ExpansionTemplates lead to each other more than {_DEEPEST} times")
    for template in templates:
        spec = mapping(template.get("spec"))
        if any(_applies(mapping(one), data) for one in sequence(spec.get("applyTo"))):
            made = _made(data, spec, text(mapping(template.get("metadata")).get("name")))
            made = made._replace(data=changed(made.data))
            yield made
            for more in expanded(made.data, templates, changed, depth + 1):
                yield more._replace(field=(*made.field, *more.field))


def _applies(wanted: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    group, _, version = text(data.get("apiVersion")).rpartition("/")
    claims = (("groups", group), ("versions", version), ("kinds", text(data.get("kind"))))
    return all(value in sequence(wanted.get(key)) for key, value in claims)


def _made(data: Mapping[str, Any], spec: Mapping[str, Any], name: str) -> Expanded:
    field = tuple(text(spec.get("templateSource")).split("."))
    source: Any = data
    for step in field:
        source = mapping(source).get(step)
    if not isinstance(source, dict):
        raise UnexpandableError(f'ExpansionTemplate {name} finds no "{".".join(field)}" in the object')
    wanted = mapping(spec.get("generatedGVK"))
    group, version, kind = (text(wanted.get(key)) for key in ("group", "version", "kind"))
    parent = mapping(data.get("metadata"))
    own = {key: text(data.get(key)) for key in ("apiVersion", "kind")} | {"name": text(parent.get("name")), "uid": ""}
    metadata = {**mapping(source.get("metadata")), "name": f"{text(parent.get('name'))}-{kind}".lower()}
    if parent.get("namespace"):
        metadata["namespace"] = parent["namespace"]
    metadata["ownerReferences"] = [*sequence(metadata.get("ownerReferences")), own]
    api_version = f"{group}/{version}" if group else version
    made = {**source, "apiVersion": api_version, "kind": kind, "metadata": metadata}
    return Expanded(made, name, text(spec.get("enforcementAction")), field)
