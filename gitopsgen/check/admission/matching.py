"""Which objects a policy or a binding is about, as an API server decides when it is asked to create them.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#matching-requests-matchconstraints
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.capacity.selectors import matches
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, sequence, text

_ITS_NAME: Final = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Request:
    """An object that is to be created, `subject` or its pods; `namespace_labels` is None for an unknown Namespace."""

    subject: Subject
    group: str
    version: str
    kind: str
    resource: str
    namespace: str
    name: str
    data: Mapping[str, Any]
    namespace_labels: Mapping[str, Any] | None

    @property
    def labels(self) -> Mapping[str, Any]:
        """The labels of the object."""
        return mapping(mapping(self.data.get("metadata")).get("labels"))

    def as_variable(self) -> dict[str, Any]:
        """Give what expressions see as `request`; who asks is not known and so not there."""
        kind = {"group": self.group, "version": self.version, "kind": self.kind}
        resource = {"group": self.group, "version": self.version, "resource": self.resource}
        return {
            "kind": kind,
            "resource": resource,
            "subResource": "",
            "requestKind": kind,
            "requestResource": resource,
            "requestSubResource": "",
            "name": self.name,
            "namespace": self.namespace,
            "operation": "CREATE",
            "dryRun": False,
        }


def is_about(constraints: Mapping[str, Any], request: Request) -> bool | None:
    """Whether match resources are about a request, None where that hangs on labels of an unknown Namespace."""
    rules, excluded = sequence(constraints.get("resourceRules")), sequence(constraints.get("excludeResourceRules"))
    if any(_covers(mapping(rule), request) for rule in excluded):
        return False
    if rules and not any(_covers(mapping(rule), request) for rule in rules):
        return False
    if not matches(mapping(constraints.get("objectSelector")), request.labels):
        return False
    return _is_in_namespace(mapping(constraints.get("namespaceSelector")), request)


def may_be_about(constraints: Mapping[str, Any], group: str, version: str, resource: str) -> bool:
    """Whether match resources may be about objects of a type: asked once for all of them."""
    rules = sequence(constraints.get("resourceRules"))
    return not rules or any(_covers_type(mapping(rule), group, version, resource) for rule in rules)


def _covers_type(rule: Mapping[str, Any], group: str, version: str, resource: str) -> bool:
    return (
        any(_is_resource(text(one), resource) for one in sequence(rule.get("resources")))
        and _has(rule, "operations", "CREATE")
        and _has(rule, "apiGroups", group)
        and _has(rule, "apiVersions", version)
    )


def _covers(rule: Mapping[str, Any], request: Request) -> bool:
    names = sequence(rule.get("resourceNames"))
    return (
        _covers_type(rule, request.group, request.version, request.resource)
        and text(rule.get("scope")) in {"", "*", "Namespaced" if request.namespace else "Cluster"}
        and (not names or request.name in names)
    )


def _has(rule: Mapping[str, Any], field: str, value: str) -> bool:
    return bool({"*", value} & {text(one) for one in sequence(rule.get(field)) if isinstance(one, str)})


def _is_resource(pattern: str, resource: str) -> bool:
    # `pods/status` is another one than `pods`, `*/*` is all of them
    return pattern in {"*", "*/*", resource}


def _is_in_namespace(selector: Mapping[str, Any], request: Request) -> bool | None:
    if not selector or (not request.namespace and request.kind != "Namespace"):
        return True
    name = request.namespace or request.name
    labels = request.labels if request.kind == "Namespace" and not request.group else request.namespace_labels
    if labels is not None:
        return matches(selector, {**labels, _ITS_NAME: name})
    keys = {*mapping(selector.get("matchLabels"))}
    keys |= {text(mapping(one).get("key")) for one in sequence(selector.get("matchExpressions"))}
    return matches(selector, {_ITS_NAME: name}) if keys <= {_ITS_NAME} else None
