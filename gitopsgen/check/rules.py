"""Every rule there is, sorted by code. A new rule is one file, and one line here."""

from __future__ import annotations

from gitopsgen.check.kubernetes import (
    duplicate_entry,
    duplicate_object,
    malformed_value,
    missing_field,
    unknown_field,
    unknown_kind,
    unknown_value,
    unserved_kind,
    wrong_type,
)
from gitopsgen.check.rule import ClusterRule, ManifestRule
from gitopsgen.check.security import unpinned_image, unqualified_image, unresolved_digest

MANIFEST_RULES: tuple[ManifestRule, ...] = (
    unknown_kind,
    unserved_kind,
    unknown_field,
    missing_field,
    wrong_type,
    unknown_value,
    malformed_value,
    duplicate_entry,
    unpinned_image,
    unqualified_image,
    unresolved_digest,
)
CLUSTER_RULES: tuple[ClusterRule, ...] = (duplicate_object,)
RULES: tuple[ManifestRule | ClusterRule, ...] = tuple(
    sorted((*MANIFEST_RULES, *CLUSTER_RULES), key=lambda module: module.RULE.code)
)
