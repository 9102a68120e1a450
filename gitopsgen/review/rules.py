"""Every danger that is looked for, sorted by code. A new one is one file, and one line here.

`UPDATE_RULES` are what the API server refuses of an update: `check --against` asks for them, `diff` does not.
"""

from __future__ import annotations

from gitopsgen.review.change import ChangeRule, FleetRule
from gitopsgen.review.dangers import (
    bound_account,
    exposed_outside,
    immutable_field,
    opened_network,
    removed_definition,
    removed_namespace,
    removed_store,
    scaled_to_zero,
    shrunk_storage,
    undigested_image,
    weakened_mesh_tls,
    weakened_pod_security,
    weakened_policy,
    weakened_seccomp,
    whole_fleet_change,
    widened_role,
)
from gitopsgen.review.updates import (
    broken_transition,
    emptied_field,
    frozen_contents,
    nameless_secret,
    refused_update,
    shrunk_claim,
    unstored_version,
)

CHANGE_RULES: tuple[ChangeRule, ...] = (
    immutable_field,
    shrunk_storage,
    removed_namespace,
    removed_definition,
    removed_store,
    widened_role,
    weakened_mesh_tls,
    weakened_seccomp,
    weakened_pod_security,
    opened_network,
    scaled_to_zero,
    undigested_image,
    exposed_outside,
    weakened_policy,
)
FLEET_RULES: tuple[FleetRule, ...] = (whole_fleet_change, bound_account)
UPDATE_RULES: tuple[ChangeRule, ...] = (
    refused_update,
    shrunk_claim,
    frozen_contents,
    unstored_version,
    broken_transition,
    emptied_field,
    nameless_secret,
)
RULES: tuple[ChangeRule | FleetRule, ...] = tuple(
    sorted((*CHANGE_RULES, *FLEET_RULES, *UPDATE_RULES), key=lambda one: one.RULE.code)
)
