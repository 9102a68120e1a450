"""A field of a custom kind that is left empty where it held something.

What it finds:
    A mapping, or a list that has to be there and whose items have keys, that the older version filled and the newer one
    has as `{}` or `[]`, in an object of a custom kind whose schema does not let the field be null.

Why:
    Server-side apply takes away what is in it and leaves null, not the empty field that is written there: the API
    server refuses the update. https://github.com/kubernetes-sigs/structured-merge-diff/blob/master/typed/remove.go

Example:
    apiVersion: rabbitmq.com/v1beta1
    kind: RabbitmqCluster
    metadata: {name: orders, namespace: payment}
    spec: {affinity: {podAntiAffinity: {}}}
    ---
    apiVersion: rabbitmq.com/v1beta1
    kind: RabbitmqCluster
    metadata: {name: orders, namespace: payment}
    spec: {affinity: {}}

Instead:
    apiVersion: rabbitmq.com/v1beta1
    kind: RabbitmqCluster
    metadata: {name: orders, namespace: payment}
    spec: {affinity: {podAntiAffinity: {}}}
    ---
    apiVersion: rabbitmq.com/v1beta1
    kind: RabbitmqCluster
    metadata: {name: orders, namespace: payment}
    spec: {replicas: 3}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import API_SERVER, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found
from gitopsgen.schemas.bundled import versions_with
from gitopsgen.schemas.kind import Schema, node_at, resolve
from gitopsgen.schemas.lists import counterpart
from gitopsgen.schemas.wording import dotted

RULE = Rule("GG925", "emptied-field", Severity.ERROR, refused_by=API_SERVER)
CURE: Final = "leave the field out: then it goes as a whole"
_LIST: Final = "x-kubernetes-list-type"


def check(change: Changed) -> Iterator[Found]:
    """Report fields that would become null."""
    if not change.both or change.validator is None:
        return
    before, after = change.both
    if versions_with(after.known.api_version, after.known.name):
        return  # of its own kinds the server takes null for nothing
    schema = change.validator.kind.schema
    for path, held in _emptied(schema, schema, before.data, after.data, ()):
        if path and path[0] != "metadata" and _refuses_null(schema, path, held):
            empty = f'"{dotted(path)}" is left empty where it held something'
            yield Found(path, f"{empty}: server-side apply makes it null, which its kind does not take", CURE)


def _emptied(root: Schema, part: Schema, old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    node = resolve(root, part)
    if type(old) is not type(new) or not isinstance(old, (dict, list)) or _is_atomic(node, old):
        return
    if old and not new:
        yield path, old
    elif isinstance(old, dict):
        for name in new.keys() & old.keys():
            below = node.get("properties", {}).get(name, node.get("additionalProperties"))
            if isinstance(below, Mapping):
                yield from _emptied(root, below, old[name], new[name], (*path, name))
    else:
        keys = node.get("x-kubernetes-list-map-keys", ())
        for at, one in enumerate(new):
            yield from _emptied(root, node.get("items", {}), counterpart(keys, one, old), one, (*path, at))


def _refuses_null(schema: Schema, path: Path, held: Any) -> bool:
    node = node_at(schema, path)
    if node.get("type") == "array":
        return path[-1] in node_at(schema, path[:-1]).get("required", ())  # elsewhere no list is an empty one
    # what the server filled in by itself is not taken away
    fields = node.get("properties", {}).items()
    is_filled = any(name not in held and "default" in resolve(schema, field) for name, field in fields)
    return node.get("type") == "object" and "default" not in node and not is_filled


def _is_atomic(node: Schema, value: Any) -> bool:
    """Whether server-side apply replaces a value as a whole, as it does with lists whose items have no identity."""
    if isinstance(value, list):
        return bool(node.get(_LIST, "atomic") == "atomic")
    return bool(node.get("x-kubernetes-map-type") == "atomic")
