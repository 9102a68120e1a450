"""Weights of a route that cannot be shared out.

What it finds:
    A negative weight, and several destinations of a route of a VirtualService whose weights are zero together.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{route: [{destination: {host: pay}}, {destination: {host: pay-next}}]}]

Instead:
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: pay, namespace: payment}
    spec:
      hosts: [pay]
      http: [{route: [{destination: {host: pay}, weight: 95}, {destination: {host: pay-next}, weight: 5}]}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.grammar import ROUTES
from gitopsgen.check.rule import MESH, Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence

RULE = Rule("GG543", "malformed-weight", Severity.ERROR, on=ROUTES, is_shared=True, refused_by=MESH)


def check(subject: Subject) -> Iterator[Found]:
    """Report weights that are refused."""
    for protocol in ("http", "tls", "tcp"):
        for path, route in members(subject.data, "spec", protocol, EACH, "route"):
            weights = [mapping(one).get("weight") or 0 for one in sequence(route)]
            if not all(isinstance(weight, int) for weight in weights):
                continue  # the schema says so
            for index, weight in enumerate(weights):
                if weight < 0:
                    message = f"a weight of {subject} is {weight}, expected 0 or more"
                    yield subject.found((*path, index, "weight"), message)
            if len(weights) > 1 and sum(weights) == 0:
                message = f"{len(weights)} destinations of {subject} have the weight 0 together, expected more"
                yield subject.found(path, message, "give each its weight; they need not add up to 100")
