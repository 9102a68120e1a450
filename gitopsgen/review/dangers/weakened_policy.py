"""A policy of the cluster refuses less than before.

What it finds:
    A constraint or template of Gatekeeper, a ValidatingAdmissionPolicy, a binding of one or a validating webhook that
    goes; a constraint that only warns or notes, a binding that does not deny any more; a policy or webhook that lets
    pass what it cannot judge; namespaces that become exempt.

Why:
    Such a policy is what keeps the next change from being dangerous. Nothing fails when it goes, so nobody notices.

Example:
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: RequiredOwner
    metadata: {name: namespaces}
    spec: {enforcementAction: deny}
    ---
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: RequiredOwner
    metadata: {name: namespaces}
    spec: {enforcementAction: dryrun}

Instead:
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: RequiredOwner
    metadata: {name: namespaces}
    spec: {enforcementAction: warn}
    ---
    apiVersion: constraints.gatekeeper.sh/v1beta1
    kind: RequiredOwner
    metadata: {name: namespaces}
    spec: {enforcementAction: deny}

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitopsgen.check.rule import Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, Found

RULE = Rule("GG916", "weakened-policy", Severity.WARNING)

_CONSTRAINTS: Final = "constraints.gatekeeper.sh"
_REGISTRATION: Final = "admissionregistration.k8s.io"
_GUARDS: Final = frozenset(
    {
        ("templates.gatekeeper.sh", "ConstraintTemplate"),
        (_REGISTRATION, "ValidatingAdmissionPolicy"),
        (_REGISTRATION, "ValidatingAdmissionPolicyBinding"),
        (_REGISTRATION, "ValidatingWebhookConfiguration"),
    }
)
_WEIGHTS: Final = {"": 3, "deny": 3, "scoped": 2, "warn": 1}
_CURE: Final = "exempt the one object that needs it, and say until when"
Exempt = dict[str, Path]


def check(change: Changed) -> Iterator[Found]:
    """Report policies that refuse less."""
    known = change.subject.known
    is_guard = known.group == _CONSTRAINTS or (known.group, known.name) in _GUARDS
    if is_guard and change.after is None:
        yield Found((), "is removed, and refuses nothing any more", "see that another policy refuses the same")
    if not change.both:
        return
    before, after = change.both
    if is_guard:
        yield from _of_strength(before, after)
    old, new = _exempt(before), _exempt(after)
    for name in sorted(new.keys() - old.keys()):
        yield Found(new[name], f'exempts the namespace "{name}"', _CURE)


def _of_strength(before: Subject, after: Subject) -> Iterator[Found]:
    was, now = (mapping(side.data.get("spec")) for side in (before, after))
    if before.known.group == _CONSTRAINTS:
        old, new = (text(spec.get("enforcementAction")) for spec in (was, now))
        if _WEIGHTS.get(new, 0) < _WEIGHTS.get(old, 0):
            yield Found(("spec", "enforcementAction"), f"its action goes from {old or 'deny'} to {new}", _CURE)
    if "Deny" in sequence(was.get("validationActions")) and "Deny" not in sequence(now.get("validationActions")):
        yield Found(("spec", "validationActions"), "does not deny any more", _CURE)
    old_policies, new_policies = dict(_failures(before)), dict(_failures(after))
    for path, failure in new_policies.items():
        if failure == "Ignore" and old_policies.get(path, "Fail") == "Fail" and path in old_policies:
            yield Found(path, "lets pass what it cannot judge (failurePolicy goes from Fail to Ignore)", _CURE)


def _failures(subject: Subject) -> Iterator[tuple[Path, str]]:
    if subject.known.name == "ValidatingAdmissionPolicy":
        yield ("spec", "failurePolicy"), text(mapping(subject.data.get("spec")).get("failurePolicy")) or "Fail"
    for index, hook in enumerate(map(mapping, sequence(subject.data.get("webhooks")))):
        yield ("webhooks", index, "failurePolicy"), text(hook.get("failurePolicy")) or "Fail"


def _exempt(subject: Subject) -> Exempt:
    """Give the namespaces that a constraint, or the Config of Gatekeeper, leaves alone."""
    spec = mapping(subject.data.get("spec"))
    if subject.known.group == _CONSTRAINTS:
        return _named(("spec", "match"), mapping(spec.get("match")))
    found: Exempt = {}
    if (subject.known.group, subject.known.name) == ("config.gatekeeper.sh", "Config"):
        for index, entry in enumerate(sequence(spec.get("match"))):
            found |= _named(("spec", "match", index), mapping(entry))
    return found


def _named(path: Path, match: Any) -> Exempt:
    return {str(name): (*path, "excludedNamespaces") for name in sequence(match.get("excludedNamespaces"))}
