"""A webhook for admission that the API server cannot call.

What it finds:
    A webhook whose name has fewer than three parts or is taken twice; with neither `url` nor `service` to call, or
    both; with an address that is not https; with side effects that it does not rule out; with versions of reviews
    that no server sends.

Why:
    The API server refuses the object.

Example:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: gatekeeper}
    webhooks:
      - name: validation
        clientConfig: {url: http://gatekeeper.example.com/v1/admit}
        sideEffects: None
        admissionReviewVersions: [v1]

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: gatekeeper}
    webhooks:
      - name: validation.gatekeeper.sh
        clientConfig: {url: https://gatekeeper.example.com/v1/admit}
        sideEffects: None
        admissionReviewVersions: [v1]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from gitopsgen.cel import Failure, compiled
from gitopsgen.check import names
from gitopsgen.check.admission.request_types import compiled_with_types, misfit
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path

_GROUP: Final = "admissionregistration.k8s.io"
RULE = Rule(
    "GG419",
    "malformed-webhook",
    Severity.ERROR,
    on=of_kind(f"ValidatingWebhookConfiguration.{_GROUP}", f"MutatingWebhookConfiguration.{_GROUP}"),
    is_shared=True,
    reads=frozenset({"url", "admissionReviewVersions", "expression"}),
    refused_by=API_SERVER,
)
_SEEN: Final = frozenset({"object", "oldObject", "request", "authorizer"})
_HARMLESS: Final = ("None", "NoneOnDryRun")
_KNOWN_REVIEWS: Final = frozenset({"v1", "v1beta1"})
_LEAST_PARTS: Final = 3


def check(subject: Subject) -> Iterator[Found]:
    """Report webhooks that are refused."""
    seen: set[str] = set()
    for index, entry in enumerate(sequence(subject.data.get("webhooks"))):
        hook, path = mapping(entry), ("webhooks", index)
        name = text(hook.get("name"))
        if expected := _expected_name(name):
            yield subject.found((*path, "name"), f'the webhook "{name}" must be {expected}')
        elif name in seen:
            yield subject.found((*path, "name"), f'two webhooks of {subject} are called "{name}", expected one')
        seen.add(name)
        yield from _called(subject, mapping(hook.get("clientConfig")), (*path, "clientConfig"))
        yield from _conditions(subject, sequence(hook.get("matchConditions")), (*path, "matchConditions"))
        effects = hook.get("sideEffects")
        if "sideEffects" in hook and effects not in _HARMLESS:
            message = f"a webhook of {subject} has the side effects {effects}, expected None or NoneOnDryRun"
            yield subject.found((*path, "sideEffects"), message)
        if "admissionReviewVersions" in hook:
            reviews = sequence(hook["admissionReviewVersions"])
            yield from _reviews(subject, reviews, (*path, "admissionReviewVersions"))


def _conditions(subject: Subject, conditions: list[Any], path: Path) -> Iterator[Found]:
    for index, condition in enumerate(map(mapping, conditions)):
        expression, where = text(condition.get("expression")).strip(), (*path, index, "expression")
        if not expression:
            continue
        program = compiled(expression, _SEEN)
        if not isinstance(program, Failure):
            program = compiled_with_types(expression, _SEEN)
        if isinstance(program, Failure):
            if not program.is_unsupported:
                yield subject.found(where, f"this is no expression that a webhook can have: {program.message}")
            continue
        told = misfit(program.return_type().name(), ("BOOL",), "true or false", expression)
        if told:
            yield subject.found(where, *told)


def _expected_name(name: str) -> str:
    if len(name.split(".")) < _LEAST_PARTS:
        return "a name of three parts or more with '.' between them"
    return names.subdomain(name)


def _called(subject: Subject, client: Mapping[str, Any], path: Path) -> Iterator[Found]:
    address, service = client.get("url"), client.get("service")
    if (address is None) == (service is None):
        given = "neither url nor service" if address is None else "both url and service"
        yield subject.found(path, f"a webhook of {subject} has {given}, expected one of them")
    elif isinstance(address, str) and (expected := _expected_address(address)):
        yield subject.found((*path, "url"), f'a webhook of {subject} is called at "{address}", expected {expected}')
    elif isinstance(service, dict):
        for field in ("name", "namespace"):
            if service.get(field) == "":
                yield subject.found((*path, "service", field), f"the {field} of the service is empty, expected one")
        below = service.get("path")
        if isinstance(below, str) and _is_bad_path(below):
            message = f'the path of the service is "{below}", expected "/" and DNS subdomains with "/" between'
            yield subject.found((*path, "service", "path"), message)


def _expected_address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an address"
    if parts.scheme != "https" or not parts.netloc:
        return "https:// and a host"
    if "@" in parts.netloc or parts.query or parts.fragment:
        return "an address without a user, a query or a fragment"
    return ""


def _is_bad_path(path: str) -> bool:
    if path in {"", "/"}:
        return False
    return not path.startswith("/") or any(names.subdomain(step) for step in path[1:].removesuffix("/").split("/"))


def _reviews(subject: Subject, reviews: list[Any], path: Path) -> Iterator[Found]:
    if not _KNOWN_REVIEWS.intersection(map(text, reviews)):
        yield subject.found(path, f"a webhook of {subject} takes no reviews that servers send, expected v1")
    for index, version in enumerate(map(text, reviews)):
        if version in map(text, reviews[:index]):
            yield subject.found((*path, index), f'the version "{version}" of reviews stands twice, expected once')
        elif expected := names.service(version):
            yield subject.found((*path, index), f'the version "{version}" of reviews must be {expected}')
