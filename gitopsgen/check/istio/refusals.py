"""The rules on what Istio's webhook refuses. A new one is one file, and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gitopsgen.check.istio import (
    contradictory_client_tls,
    contradictory_resolution,
    contradictory_route,
    contradictory_server_tls,
    contradictory_traffic_policy,
    empty_listener,
    malformed_authorization,
    malformed_authorization_value,
    malformed_cors,
    malformed_envoy_patch,
    malformed_envoy_value,
    malformed_export,
    malformed_fault,
    malformed_header_operation,
    malformed_jwt,
    malformed_listener,
    malformed_load_balancing,
    malformed_match,
    malformed_mesh_address,
    malformed_mesh_duration,
    malformed_mesh_host,
    malformed_mesh_port,
    malformed_mesh_retry,
    malformed_mesh_selector,
    malformed_redirect,
    malformed_subset,
    malformed_telemetry,
    malformed_weight,
    malformed_workload_probe,
    unselective_ports,
)

if TYPE_CHECKING:
    from gitopsgen.check.rule import ManifestRule

REFUSALS: Final[tuple[ManifestRule, ...]] = (
    malformed_mesh_host,
    malformed_mesh_port,
    malformed_mesh_duration,
    malformed_weight,
    contradictory_route,
    malformed_mesh_retry,
    malformed_mesh_selector,
    malformed_mesh_address,
    malformed_subset,
    malformed_export,
    malformed_authorization,
    contradictory_traffic_policy,
    malformed_jwt,
    unselective_ports,
    contradictory_server_tls,
    empty_listener,
    malformed_listener,
    contradictory_client_tls,
    malformed_fault,
    malformed_redirect,
    malformed_match,
    malformed_cors,
    malformed_header_operation,
    malformed_load_balancing,
    contradictory_resolution,
    malformed_telemetry,
    malformed_envoy_patch,
    malformed_workload_probe,
    malformed_authorization_value,
    malformed_envoy_value,
)
