"""Names that a person may give to what is scaffolded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gitopsgen.diagnostics import UsageError

# A flow is called `metrics-of-<service>`, and a policy of a flow may have 53 characters.
LONGEST: Final = {"service": 40, "region": 63, "blueprint": 50, "policy": 50}

# Words that already mean something where the name will stand: folders of the project, keys beside it, Kubernetes' own.
RESERVED: Final = frozenset(
    {
        "argocd", "autoscaling", "blueprints", "bootstrap", "case", "cases", "classes", "components", "default",
        "facts", "fleet", "generated", "kube-node-lease", "kube-public", "kube-system", "monitoring", "namespaces",
        "network", "opa", "overlays", "patches", "region", "regions", "runtime", "schemas", "secrets", "values",
    }
)  # fmt: skip
# What a folder of Python, Rust or Go, or Git, would trip over.
_UNSAFE: Final = frozenset({"con", "nul", "prn", "aux", "test", "tests", "src", "target", "vendor", "main", "git"})


def check_name(kind: str, name: str) -> str:
    """Give back the name of a new `kind` of thing; raises UsageError where it is no DNS label or is reserved.

    DNS labels: https://www.rfc-editor.org/rfc/rfc1123#section-2.1; names of objects and folders are made of it.
    """
    longest = LONGEST[kind]
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name):
        raise UsageError(
            f'"{name}" cannot name a {kind}: expected a DNS label of lower-case letters, digits and "-" inside'
        )
    if len(name) > longest:
        raise UsageError(f'"{name}" is too long for a {kind}: {len(name)} characters, expected at most {longest}')
    if not name[0].isalpha():
        raise UsageError(f'"{name}" cannot name a {kind}: expected a letter at the beginning')
    if name in RESERVED or name in _UNSAFE:
        raise UsageError(f'"{name}" cannot name a {kind}: the word is reserved')
    return name


def refuse_taken(kind: str, name: str, taken: Iterable[str]) -> None:
    """Raise UsageError where the name is in use already."""
    if name in taken:
        raise UsageError(f"there is a {kind} {name} already")
