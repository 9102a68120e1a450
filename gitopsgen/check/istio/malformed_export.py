"""A namespace that nothing can be exported to.

What it finds:
    An entry of `exportTo` of a VirtualService, DestinationRule or ServiceEntry that is neither `.`, `*` nor a name of a
    namespace, one that stands twice, and others beside `*`. A ServiceEntry may be exported to nobody, `~`.

Why:
    Istio's webhook refuses the object.

Example:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec: {host: "*.example.com", exportTo: ["*", shop]}

Instead:
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: pay, namespace: payment}
    spec: {host: "*.example.com", exportTo: ["*"]}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.istio.grammar import DNS_LABEL, is_label
from gitopsgen.check.rule import MESH, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text

_KINDS: Final = ("DestinationRule", "ServiceEntry", "VirtualService")
RULE = Rule(
    "GG549",
    "malformed-export",
    Severity.ERROR,
    on=of_kind(*(f"{kind}.networking.istio.io" for kind in _KINDS)),
    is_shared=True,
    refused_by=MESH,
)


def check(subject: Subject) -> Iterator[Found]:
    """Report entries that are refused."""
    entries = sequence(mapping(subject.data.get("spec")).get("exportTo"))
    alone = {"*", "~"} if subject.known.name == "ServiceEntry" else {"*"}
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        path, name = ("spec", "exportTo", index), text(entry)
        meant = (subject.namespace or "default") if name == "." else name
        if meant in seen:
            yield subject.found(path, f'{subject} is exported twice to "{meant}", expected once')
        elif name in alone and len(entries) > 1:
            yield subject.found(path, f'{subject} is exported to "{name}" and to others, expected one of them')
        elif name not in {".", *alone} and not is_label(name):
            yield subject.found(path, f'{subject} is exported to "{name}", expected ".", "*" or {DNS_LABEL}')
        seen.add(meant)
