"""A rule in a definition of a custom kind that costs more than an API server allows.

What it finds:
    In `x-kubernetes-validations`: a rule or a `messageExpression` whose cost, with the largest lists, maps and texts
    that the schema lets through and as often as the rule is asked, is beyond 10,000,000; rules that are beyond
    100,000,000 together. The cost is reckoned as the server of the cluster's own version reckons it. Not reckoned are
    expressions that are wrong (GG481), and those with optional entries (`[?self.a]`) or functions that no server has
    yet; what rules and policies cost when they run is not told either.

Why:
    The API server refuses the definition, and knows none of its kind. It takes one that was there before and whose
    schema is the same.

Example:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                hosts: {type: array, items: {type: string, maxLength: 253}}
              x-kubernetes-validations:
                - {rule: "self.hosts.all(a, self.hosts.exists_one(b, a == b))"}

Instead:
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                hosts: {type: array, maxItems: 64, items: {type: string, maxLength: 253}}
              x-kubernetes-validations:
                - {rule: "self.hosts.all(a, self.hosts.exists_one(b, a == b))"}

"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.kubernetes.lenience import release
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.model.variant import Path

if TYPE_CHECKING:
    from gitopsgen.schemas.costs import Cost

_SCHEMA: Final = "openAPIV3Schema"
RULE = Rule(
    "GG486",
    "costly-rule",
    Severity.ERROR,
    on=of_kind("CustomResourceDefinition.apiextensions.k8s.io"),
    is_shared=True,
    refused_by=API_SERVER,
    reads=frozenset({_SCHEMA}),
)
_NEWEST: Final = [1, 36]
_NAMED: Final = 3
_FINE: Final = 1.5
_FAR: Final = 100
_ENDLESS: Final = 2**60  # what nothing in a schema can cost


def check(subject: Subject) -> Iterator[Found]:
    """Report rules that are refused."""
    from gitopsgen.schemas.costs import costs, factor_of_all  # noqa: PLC0415 - what a fleet without definitions spares

    _, minor = release(subject.known.kind) or _NEWEST
    for path, schema in members(subject.data, "spec", "versions", EACH, "schema", _SCHEMA):
        found = costs(mapping(schema), minor)
        dear = [one for one in found if one.factor > 1]
        for one in dear:
            yield _dear(subject, path, one)
        together = factor_of_all(found)
        if together > 1 and not dear:
            yield _dear_together(subject, path, found, together)


def _dear(subject: Subject, path: Path, one: Cost) -> Found:
    what = "this rule" if one.path[-1] == "rule" else "this message"
    often = f", asked {one.times} times in one object," if one.times > 1 else ""
    message = f"{what}{often} may cost {_told(one.factor)} as much as an API server allows"
    return subject.found((*path, *one.path), message, _hint(one))


def _dear_together(subject: Subject, path: Path, found: Sequence[Cost], factor: float) -> Found:
    dearest = max(found, key=lambda one: one.cost)
    message = (
        f"the {len(found)} expressions of this schema, of which this is the dearest, may together cost {_told(factor)}"
        " as much as an API server allows"
    )
    return subject.found((*path, *dearest.path), message, _hint(dearest))


def _told(factor: float) -> str:
    """Give a factor as the server prints it."""
    if factor > _FAR:
        return f"more than {_FAR} times"
    return f"{factor:.6f} times" if factor < _FINE else f"{factor:.1f} times"


def _hint(one: Cost) -> str:
    if one.endless:
        more = " and others" if len(one.endless) > _NAMED else ""
        return f"set {', '.join(one.endless[:_NAMED])}{more}"
    if one.cost < _ENDLESS:
        return "set lower bounds, or ask less"
    return "look at fields themselves: to the server, what string(), orValue() and others give may be of any size"
