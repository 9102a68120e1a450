"""A toleration that tolerates nothing that can be.

What it finds:
    A toleration without a key whose operator is not `Exists`, a value beside `Exists`, `tolerationSeconds` with
    an effect other than `NoExecute`, keys and values that no taint can have.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      tolerations: [{key: edge, operator: Exists, value: city}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      tolerations: [{key: edge, operator: Exists}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.names import label_key, label_value
from gitopsgen.check.pods import pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Known, Rule, Subject, has_pods, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

_is_class = of_kind("RuntimeClass.node.k8s.io")


def _tolerates(known: Known) -> bool:
    return has_pods(known) or _is_class(known)


RULE = Rule("GG455", "malformed-toleration", Severity.ERROR, on=_tolerates, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report tolerations that the server does not take."""
    if _is_class(subject.known):
        given = sequence(mapping(subject.data.get("scheduling")).get("tolerations"))
        for index, one in enumerate(map(mapping, given)):
            yield from _toleration(subject, ("scheduling", "tolerations", index), one)
            if one in given[:index]:
                yield subject.found(("scheduling", "tolerations", index), "a toleration stands twice, expected once")
        return
    for index, one in enumerate(map(mapping, sequence(pod_spec(subject).get("tolerations")))):
        path = (*spec_path(subject), "tolerations", index)
        yield from map(validated, _toleration(subject, path, one))


def _toleration(subject: Subject, path: Path, one: Mapping[str, Any]) -> Iterator[Found]:
    key, operator, value = text(one.get("key")), text(one.get("operator")), text(one.get("value"))
    if key and (expected := label_key(key)):
        yield subject.found((*path, "key"), f'the key "{key}" must be {expected}')
    if not key and operator != "Exists":
        message = f"a toleration without a key has the operator {operator or 'Equal'}, expected Exists"
        yield subject.found((*path, "operator"), message, "name the key of the taint, or tolerate all with Exists")
    elif operator == "Exists" and value:
        message = f'the operator Exists beside the value "{value}", which it does not look at'
        yield subject.found((*path, "operator"), message, "remove the value, or write Equal")
    elif operator in ("", "Equal") and (expected := label_value(value)):
        yield subject.found(path, f'the value "{value}" of the toleration must be {expected}')
    if one.get("tolerationSeconds") is not None and one.get("effect") != "NoExecute":
        message = f"tolerationSeconds with the effect {one.get('effect') or 'of any kind'}, expected NoExecute"
        yield subject.found((*path, "effect"), message, "write effect: NoExecute, or remove tolerationSeconds")
