"""Every rule there is, sorted by code. A new rule is one file, and one line here."""

from __future__ import annotations

from gitopsgen.check.istio import (
    dangling_backend,
    dangling_parent,
    idle_policy,
    unknown_destination_host,
    unknown_destination_port,
    unknown_gateway,
    unknown_rule_host,
    unknown_subset,
)
from gitopsgen.check.kubernetes import (
    duplicate_entry,
    duplicate_object,
    malformed_annotation,
    malformed_constraint,
    malformed_label,
    malformed_name,
    malformed_value,
    mismatched_selector,
    misplaced_config,
    missing_field,
    missing_name,
    missing_namespace,
    stray_namespace,
    unknown_field,
    unknown_kind,
    unknown_value,
    unknown_volume,
    unserved_kind,
    wrong_type,
)
from gitopsgen.check.nodes import open_kubeconfig, unknown_server_option, unplaced_node
from gitopsgen.check.references import (
    autoscaled_replicas,
    dangling_disruption_budget,
    dangling_monitor,
    dangling_network_policy,
    dangling_role_binding,
    dangling_scale_target,
    dangling_service,
    foreign_runtime_class,
    missing_config_map,
    missing_priority_class,
    missing_runtime_class,
    missing_secret,
    missing_service_account,
    missing_volume_claim,
    unknown_monitor_port,
    unknown_target_port,
)
from gitopsgen.check.rule import ClusterRule, ManifestRule
from gitopsgen.check.security import (
    literal_credential,
    literal_secret,
    unpinned_image,
    unqualified_image,
    unresolved_digest,
)

MANIFEST_RULES: tuple[ManifestRule, ...] = (
    unknown_kind,
    unserved_kind,
    unknown_field,
    missing_field,
    wrong_type,
    unknown_value,
    malformed_value,
    duplicate_entry,
    missing_name,
    malformed_name,
    missing_namespace,
    stray_namespace,
    malformed_label,
    malformed_annotation,
    mismatched_selector,
    unknown_volume,
    misplaced_config,
    foreign_runtime_class,
    unpinned_image,
    unqualified_image,
    unresolved_digest,
    literal_secret,
    literal_credential,
)
CLUSTER_RULES: tuple[ClusterRule, ...] = (
    duplicate_object,
    malformed_constraint,
    dangling_scale_target,
    autoscaled_replicas,
    dangling_service,
    unknown_target_port,
    dangling_monitor,
    unknown_monitor_port,
    missing_service_account,
    missing_config_map,
    missing_secret,
    missing_volume_claim,
    missing_priority_class,
    missing_runtime_class,
    dangling_disruption_budget,
    dangling_role_binding,
    dangling_network_policy,
    unknown_destination_host,
    unknown_subset,
    unknown_destination_port,
    dangling_backend,
    dangling_parent,
    unknown_gateway,
    unknown_rule_host,
    idle_policy,
)
# Of the files that nodes read, not of objects.
NODE_RULES: tuple[ManifestRule, ...] = (unknown_server_option, open_kubeconfig, unplaced_node)
RULES: tuple[ManifestRule | ClusterRule, ...] = tuple(
    sorted((*MANIFEST_RULES, *CLUSTER_RULES, *NODE_RULES), key=lambda module: module.RULE.code)
)
