"""A rule for tokens that cannot be used.

What it finds:
    In a RequestAuthentication: neither `issuer` nor `jwksUri`, a `jwksUri` that is not http or https, an empty
    audience, an output header without its claim.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata: {name: pay, namespace: istio-system}
    spec: {jwtRules: [{issuer: "https://id.example.com", jwksUri: id.example.com/keys}]}

Instead:
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata: {name: pay, namespace: istio-system}
    spec: {jwtRules: [{issuer: "https://id.example.com", jwksUri: "https://id.example.com/keys"}]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

RULE = Rule(
    "GG563",
    "malformed-jwt",
    Severity.ERROR,
    on=of_kind("RequestAuthentication.security.istio.io"),
    is_shared=True,
    refused_by=MESH,
)
_SCHEMES: Final = ("http:", "https:")


def check(subject: Subject) -> Iterator[Found]:
    """Report rules that are refused."""
    for path, found in members(subject.data, "spec", "jwtRules", EACH):
        rule = mapping(found)
        address = text(rule.get("jwksUri"))
        if not (rule.get("issuer") or rule.get("jwksUri")):
            yield subject.found(path, f"a rule of {subject} has neither issuer nor jwksUri, expected one of them")
        if address and not address.lower().startswith(_SCHEMES):
            yield subject.found(
                (*path, "jwksUri"), f'jwksUri of {subject} is "{address}", expected http:// or https://'
            )
        for index, audience in enumerate(sequence(rule.get("audiences"))):
            if audience == "":
                yield subject.found((*path, "audiences", index), f"an audience of {subject} is empty")
        for index, output in enumerate(sequence(rule.get("outputClaimToHeaders"))):
            if not (mapping(output).get("header") and mapping(output).get("claim")):
                message = f"an output header of {subject} lacks its header or its claim, expected both"
                yield subject.found((*path, "outputClaimToHeaders", index), message)
