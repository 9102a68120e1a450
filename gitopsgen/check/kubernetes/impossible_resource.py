"""Resources that no container can ask for.

What it finds:
    A request above its limit or below zero; a device or huge page that is asked for in parts, without a limit,
    or with another limit than its request; a name that is no resource of a container.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          resources:
            requests: {memory: 2Gi}
            limits: {memory: 1Gi}

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers:
        - name: ledger
          image: registry.example.com/ledger
          resources:
            requests: {memory: 1Gi}
            limits: {memory: 1Gi}

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from gitopsgen.capacity.quantities import amount
from gitopsgen.check.kubernetes.lenience import release, validated
from gitopsgen.check.kubernetes.resources import given_amount
from gitopsgen.check.names import label_key
from gitopsgen.check.pods import containers, pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence
from gitopsgen.model.variant import Path
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG450", "impossible-resource", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_STANDARD: Final = ("cpu", "ephemeral-storage", "memory")
_PAGES: Final = "hugepages-"
_CLAIMED: Final = [1, 34]  # the first that reads resourceClaims unasked
_CLAIMS: Final = ("resourceClaimName", "resourceClaimTemplateName")
_OWN: Final = "kubernetes.io/"


def check(subject: Subject) -> Iterator[Found]:
    """Report requests and limits that the server does not take."""
    for path, container in containers(subject):
        yield from map(validated, _container(subject, (*path, "resources"), mapping(container.get("resources"))))
    if release(subject.known.kind) >= _CLAIMED:
        for index, claim in enumerate(map(mapping, sequence(pod_spec(subject).get("resourceClaims")))):
            given = [field for field in _CLAIMS if claim.get(field) is not None]
            if len(given) != 1:
                message = f"a claim of resources has {' and '.join(given) or 'nothing that it is made of'}"
                where = (*spec_path(subject), "resourceClaims", index)
                yield validated(subject.found(where, message, f"write one of {' and '.join(_CLAIMS)}"))


def _container(subject: Subject, path: Path, resources: Mapping[str, Any]) -> Iterator[Found]:
    requests, limits = mapping(resources.get("requests")), mapping(resources.get("limits"))
    for field, amounts in (("requests", requests), ("limits", limits)):
        for name, value in amounts.items():
            if wrong := _wrong(name, value):
                yield subject.found((*path, field, name), *wrong)
    for name, value in requests.items():
        if wrong := _against(name, value, limits):
            yield subject.found((*path, "requests", name), *wrong)
    names = {*requests, *limits}
    if any(name.startswith(_PAGES) for name in names) and not names & {"cpu", "memory"}:
        yield subject.found(path, "huge pages without cpu or memory", "ask for memory too")


def _wrong(name: str, value: Any) -> tuple[str, str] | None:
    """Give what is wrong with an amount by itself, and a hint."""
    number = amount(value)
    wrong = _wrong_name(name)
    if wrong or number is None:  # what is no number is reported as a malformed value
        return wrong
    if number < 0:
        return f"{name} is {value}, expected at least 0", ""
    if (size := _page(name)) is not None and number and (not size or number % size):
        return f"{name} is {value}, expected whole pages", f"a multiple of {name.removeprefix(_PAGES)}"
    if _is_device(name) and number.denominator != 1:
        return f"{name} is {value}, expected a whole number", "devices are not divided"
    return None


def _page(name: str) -> Fraction | None:
    """Give the size of huge pages, 0 for what is no size, None for another resource."""
    return (amount(name.removeprefix(_PAGES)) or Fraction(0)) if name.startswith(_PAGES) else None


def _wrong_name(name: str) -> tuple[str, str] | None:
    if "/" not in name and name not in _STANDARD and not name.startswith(_PAGES):
        hint = suggestion(name, _STANDARD) or "devices have a prefix, as in example.com/device"
        return f'"{name}" is no resource of a container', hint
    if "/" in name and (expected := label_key(name)):
        return f'the resource name "{name}" must be {expected}', ""
    if name.startswith("requests."):
        return f'"{name}" is what a quota calls it', f'write "{name.removeprefix("requests.")}"'
    return None


def _raised(name: str, limit: Any) -> str:
    """Give what mends a limit below the request: of memory, "m" is seldom meant."""
    is_tiny = name in {"memory", "ephemeral-storage"} and str(limit).endswith("m")
    return f'"m" is a thousandth of a byte: write {str(limit)[:-1]}Mi' if is_tiny else "raise the limit"


def _against(name: str, value: Any, limits: Mapping[str, Any]) -> tuple[str, str] | None:
    """Give what is wrong with a request by its limit, and a hint."""
    asked, allowed = amount(value), given_amount(limits[name]) if name in limits else None
    is_whole = name.startswith(_PAGES) or _is_device(name)
    if asked is None:
        return None
    if allowed is None:
        is_lonely = is_whole and name not in limits
        return (f"{name} is requested without a limit", "give it the same limit") if is_lonely else None
    if is_whole and asked != allowed:
        return f"the request of {name} is {value}, expected {limits[name] or 0} as its limit", "such are not shared"
    if asked > allowed:
        return f"the request of {name} is {value}, above its limit of {limits[name] or 0}", _raised(name, limits[name])
    return None


def _is_device(name: str) -> bool:
    return "/" in name and _OWN not in name
