"""An update that a rule of a custom kind about changes does not allow.

What it finds:
    An object of a custom kind whose definition has rules in CEL that compare with the older object (`oldSelf`), where
    the new version breaks one, such as a field that may not change.

Why:
    The API server refuses the update, and Argo CD cannot sync the object.

Example:
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata: {name: mesh}
    spec: {controllerName: istio.io/gateway-controller}
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata: {name: mesh}
    spec: {controllerName: example.com/gateway-controller}

Instead:
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata: {name: mesh}
    spec: {controllerName: istio.io/gateway-controller}
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata: {name: mesh}
    spec: {controllerName: istio.io/gateway-controller, description: of the mesh}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.rule import API_SERVER, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG924", "broken-transition", Severity.ERROR, refused_by=API_SERVER)
CURE: Final = "leave it as it was, or give the new object another name"


def check(change: Changed) -> Iterator[Found]:
    """Report broken rules about changes."""
    if change.both and change.validator:
        before, after = change.both
        for one in change.validator.transitions(after.data, before.data):
            yield Found(one.field, one.message, CURE)
