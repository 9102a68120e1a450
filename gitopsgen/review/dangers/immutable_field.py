"""A field changed that an API server does not let anyone change.

What it finds:
    Another selector, claim template or service name of a workload, another role of a binding, another
    provisioner of a storage class, new contents of an immutable ConfigMap or Secret, and the like.

Why:
    The server refuses the object, and Argo CD stops there in every city: the object has to be deleted and made
    anew, which stops what runs and, of a StatefulSet, is done with care for its volumes.

Example:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {selector: {matchLabels: {app: app}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {selector: {matchLabels: {app: app, tier: web}}}

Instead:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop}
    spec: {selector: {matchLabels: {app: app}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: shop, labels: {tier: web}}
    spec: {selector: {matchLabels: {app: app}}}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.review.change import Changed, Found, kind_of
from gitopsgen.review.immutability import frozen, refusals

RULE = Rule("GG901", "immutable-field", Severity.WARNING)
_CURE: Final = "give the new object another name, or plan how the old one is deleted and made anew"


def check(change: Changed) -> Iterator[Found]:
    """Report changes of immutable fields."""
    if change.both:
        before, after = change.both
        kind = kind_of(after)
        for one in (
            *refusals(kind, before.data, after.data, change.kubernetes),
            *frozen(kind, before.data, after.data),
        ):
            yield Found(one.place, f'"{".".join(map(str, one.fixed))}" changes, which the API server refuses', _CURE)
