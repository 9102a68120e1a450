"""A definition of a custom kind whose names or versions cannot be.

What it finds:
    A CustomResourceDefinition that is not called after its plural and group; names that are no names; a version
    that stands twice or has no schema; not exactly one version that is stored; a conversion without its webhook.

Why:
    The API server refuses the object, and knows none of its kind.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - {name: v1, served: true, storage: false, schema: {openAPIV3Schema: {type: object}}}

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check import names
from gitopsgen.check.kubernetes.lenience import SELECTED, release
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas.rule_types import WrongRuleError, follow

RULE = Rule(
    "GG426",
    "malformed-definition",
    Severity.ERROR,
    on=of_kind("CustomResourceDefinition.apiextensions.k8s.io"),
    is_shared=True,
    reads=frozenset({"name", "group", "plural"}),
    refused_by=API_SERVER,
)
_GUARDED: Final = ("k8s.io", "kubernetes.io")
_SCALED: Final = {
    "labelSelectorPath": (".spec.", ".status."),
    "specReplicasPath": (".spec.",),
    "statusReplicasPath": (".status.",),
}
_APPROVAL: Final = "api-approved.kubernetes.io"


def check(subject: Subject) -> Iterator[Found]:
    """Report names and versions that are refused."""
    spec = mapping(subject.data.get("spec"))
    if not spec:
        return  # reported as a missing field
    yield from _group(subject, spec)
    yield from _names(subject, mapping(spec.get("names")))
    yield from _versions(subject, spec)
    conversion = mapping(spec.get("conversion"))
    if conversion.get("strategy") == "Webhook" and conversion.get("webhook") is None:
        message = f"{subject} is converted by a webhook, expected the field webhook"
        yield subject.found(("spec", "conversion"), message)
    elif conversion.get("strategy") == "None" and conversion.get("webhook") is not None:
        message = f"{subject} is not converted and names a webhook, expected none"
        yield subject.found(("spec", "conversion", "webhook"), message)
    if spec.get("preserveUnknownFields") is True:
        message = "preserveUnknownFields is true, expected false"
        hint = "set x-kubernetes-preserve-unknown-fields in the schema"
        yield subject.found(("spec", "preserveUnknownFields"), message, hint)


def _group(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    group, plural = text(spec.get("group")), text(mapping(spec.get("names")).get("plural"))
    if subject.name and subject.name != f"{plural}.{group}":
        message = f'{subject} defines "{plural}.{group}", expected the same as its name'
        yield subject.found(("metadata", "name"), message, "write the plural, a dot and the group")
    expected = names.subdomain(group) if "." in group else "a domain with a dot in it"
    if expected and "group" in spec:
        yield subject.found(("spec", "group"), f'the group "{group}" must be {expected}')
    is_guarded = any(group == one or group.endswith(f".{one}") for one in _GUARDED)
    if is_guarded and not mapping(subject.metadata.get("annotations")).get(_APPROVAL):
        message = f'the group "{group}" is Kubernetes\' own, expected the annotation {_APPROVAL}'
        yield subject.found(("spec", "group"), message, "take a group of your own")


def _names(subject: Subject, given: Mapping[str, Any]) -> Iterator[Found]:
    path: Path = ("spec", "names")
    for field in ("plural", "singular", "kind", "listKind"):
        name = text(given.get(field))
        is_empty = not name and field in {"plural", "kind"} and field in given
        expected = names.service(name.lower() if field in {"kind", "listKind"} else name)
        if is_empty or (name and expected):
            yield subject.found((*path, field), f'the {field} "{name}" must be {expected}')
    if text(given.get("kind")) and given.get("kind") == given.get("listKind"):
        yield subject.found((*path, "listKind"), "kind and listKind are the same, expected two names")
    for field in ("shortNames", "categories"):
        for index, name in enumerate(map(text, sequence(given.get(field)))):
            if expected := names.service(name):
                yield subject.found((*path, field, index), f'"{name}" of the {field} must be {expected}')


def _versions(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    versions = [mapping(one) for one in sequence(spec.get("versions"))]
    stored = [text(one.get("name")) for one in versions if one.get("storage") is True]
    if "versions" in spec and len(stored) != 1:
        told = " and ".join(stored) or "no version"
        yield subject.found(("spec", "versions"), f"{subject} stores {told}, expected exactly one version")
    seen: set[str] = set()
    for index, version in enumerate(versions):
        path: Path = ("spec", "versions", index)
        name = text(version.get("name"))
        if "name" in version and (expected := names.service(name)):
            yield subject.found((*path, "name"), f'the version "{name}" must be {expected}')
        elif name in seen:
            yield subject.found((*path, "name"), f'the version "{name}" stands twice, expected once')
        seen.add(name)
        yield from _columns(subject, version, path)
        if mapping(version.get("schema")).get("openAPIV3Schema") is None:
            where = (*path, "schema") if "schema" in version else path
            yield subject.found(where, f'the version "{name}" has no schema, expected schema.openAPIV3Schema')


def _columns(subject: Subject, version: Mapping[str, Any], path: Path) -> Iterator[Found]:
    """Report paths into an object that are none: of columns, of what selects, and of the scale subresource."""
    schema = mapping(mapping(version.get("schema")).get("openAPIV3Schema"))
    selectable = version.get("selectableFields") if release(subject.known.kind) >= SELECTED else ()
    for index, one in enumerate(map(mapping, sequence(selectable))):
        if expected := _unselectable(text(one.get("jsonPath")), schema):
            where = (*path, "selectableFields", index, "jsonPath")
            yield subject.found(where, f'"{text(one.get("jsonPath"))}" selects nothing: {expected}')
    for index, one in enumerate(map(mapping, sequence(version.get("additionalPrinterColumns")))):
        where, given = (*path, "additionalPrinterColumns", index, "jsonPath"), text(one.get("jsonPath"))
        if given and not given.startswith("."):
            yield subject.found(where, f'the path of a column is "{given}", expected one that begins with "."')
    scale = mapping(mapping(version.get("subresources")).get("scale"))
    for field, roots in _SCALED.items():
        given = text(scale.get(field))
        if given and not given.startswith(roots):
            where = (*path, "subresources", "scale", field)
            yield subject.found(where, f'{field} is "{given}", expected a path below {" or ".join(roots)}')


def _unselectable(path: str, schema: Mapping[str, Any]) -> str:
    try:
        sort = text(follow(path, schema).get("type"))
    except WrongRuleError as error:
        return str(error)
    return "" if sort in {"boolean", "integer", "string"} else "expected a text, a whole number or a truth value"
