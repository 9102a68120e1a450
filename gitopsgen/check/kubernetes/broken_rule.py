"""A custom object that breaks a rule of its kind.

What it finds:
    An object of a custom kind that its schema allows, but not one of the rules in CEL which the
    CustomResourceDefinition holds beside the schema. The message shows the rule as it is written there.
    A rule that this program cannot evaluate (a macro with two variables, `format`, `semver`) is reported too.

Why:
    The API server refuses the object. A rule that cannot be evaluated for an object, since it asks for a field
    that is not there, refuses it too.

Example:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: [bank.example.com]
      addresses: [10.20.0.0/16]
      ports: [{number: 443, name: tls, protocol: TLS}]
      resolution: DNS

Instead:
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: bank, namespace: payment}
    spec:
      hosts: [bank.example.com]
      addresses: [10.20.0.0/16]
      ports: [{number: 443, name: tls, protocol: TLS}]
      resolution: STATIC

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_schema
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.expressions import UNJUDGED

RULE = Rule("GG480", "broken-rule", Severity.ERROR, on=has_schema, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what the validator of the kind found of this sort, and what it could not judge."""
    yield from subject.violating(RULE.name)
    # nobody knows whether the server would refuse the object
    yield from (found._replace(refused=False) for found in subject.violating(UNJUDGED))
