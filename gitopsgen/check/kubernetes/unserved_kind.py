"""An object of an API that a server offers only when it is told to.

What it finds:
    A kind that this Kubernetes version has, but that its API server does not serve by default:
    most alpha and beta versions.

Why:
    Without `--runtime-config` on the server the object is refused; alpha and beta versions also
    disappear with little notice.

Example:
    apiVersion: admissionregistration.k8s.io/v1beta1
    kind: MutatingAdmissionPolicy
    metadata: {name: pin-images}

Instead:
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: pin-images}
    spec:
      policyName: pin-images
      validationActions: [Deny]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.rule import Found, Known, Rule, Subject
from gitopsgen.diagnostics import Severity


def _is_unserved(known: Known) -> bool:
    return known.kind is not None and not known.kind.served


RULE = Rule("GG402", "unserved-kind", Severity.WARNING, on=_is_unserved, is_shared=True)


def check(subject: Subject) -> Iterator[Found]:
    """Report an object whose API must be switched on."""
    version, kind = subject.known.api_version, subject.known.name
    message = f'"{kind}" of "{version}" is not served by default, expected an API that every server offers'
    yield subject.found(("apiVersion",), message, "switch it on with the API server's runtime-config")
