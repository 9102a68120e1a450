"""Which findings about a cluster may be wrong because objects of it are not known: their template failed.

A rule that misses an object, or pods that a selector means, cannot judge while a kind that it asks for may be
among those that could not be rendered. What two known objects contradict each other in stays certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gitopsgen.check.rule import Finding

_PODS: Final = frozenset(
    {
        "Alertmanager", "CronJob", "DaemonSet", "Deployment", "Gateway", "Job", "Pod", "Prometheus", "PrometheusAgent",
        "ReplicaSet", "ReplicationController", "StatefulSet",
    }
)  # fmt: skip
_HOSTS: Final = frozenset({"Service", "ServiceEntry"})
_SECRETS: Final = frozenset(
    {
        "Certificate", "Elasticsearch", "ExternalSecret", "SealedSecret", "Secret", "VaultDynamicSecret",
        "VaultPKISecret", "VaultStaticSecret",
    }
)  # fmt: skip
# Kinds beside those with pods that read a ConfigMap by its name.
_READERS: Final = frozenset({"Beat", "Cluster", "GatewayClass", "Kafka", "KafkaConnect", "Logstash", "VirtualMachine"})
_SCALERS: Final = frozenset({"HorizontalPodAutoscaler", "ScaledObject"})
# By name of the rule: the kinds that it looks for. A rule that is not here may look for any.
_SOUGHT: Final = {
    "autoscaled-replicas": frozenset[str](),
    "blocking-disruption-budget": _SCALERS,
    "command-on-wasm": frozenset({"RuntimeClass"}),
    "contested-entry-port": frozenset[str](),
    "contested-gateway-server": frozenset[str](),
    "contested-injection": frozenset[str](),
    "contested-mesh-host": frozenset[str](),
    "contested-scale-target": frozenset[str](),
    "contested-target-port": frozenset({"Namespace"}),
    "contested-volume": frozenset[str](),
    "contested-workload": frozenset[str](),
    "dangling-backend": _HOSTS,
    "dangling-disruption-budget": _PODS,
    "dangling-monitor": _PODS | _HOSTS,
    "dangling-network-policy": _PODS,
    "dangling-parent": _HOSTS | {"Gateway"},
    "dangling-role-binding": frozenset({"ClusterRole", "Role", "ServiceAccount"}),
    "dangling-scale-target": _PODS,
    "dangling-service": _PODS,
    "dangling-webhook": frozenset({"Service"}),
    "diluted-metric": frozenset({"Namespace"}),
    "duplicate-object": frozenset[str](),
    "exceeded-quota": frozenset[str](),
    "idle-admission-policy": frozenset({"ConfigMap", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}),
    "idle-policy": _PODS | _HOSTS,
    "idle-sidecar": frozenset({"Namespace"}),
    "idle-subset": _PODS | {"Service"},
    "ignored-annotation": frozenset({"RuntimeClass"}),
    "ineffective-selector": frozenset[str](),
    "lost-redirection": frozenset({"Namespace", "RuntimeClass"}),
    "malformed-constraint": frozenset({"ConstraintTemplate"}),
    "malformed-gateway-certificate": frozenset[str](),
    "meshed-device": frozenset({"Namespace"}),
    "missing-config-map": frozenset({"ConfigMap"}),
    "missing-disruption-budget": _SCALERS | {"PodDisruptionBudget"},
    "missing-priority-class": frozenset({"PriorityClass"}),
    "missing-readiness": _SCALERS,
    "missing-runtime-class": frozenset({"RuntimeClass"}),
    "missing-seccomp-profile": frozenset({"SeccompProfile"}),
    "missing-secret": _SECRETS,
    "missing-service-account": frozenset({"Gateway", "ServiceAccount"}),
    "missing-storage-class": frozenset({"StorageClass"}),
    "missing-volume-claim": frozenset({"PersistentVolumeClaim", "StatefulSet"}),
    "outdated-rego": frozenset[str](),
    "overfull-cluster": frozenset({"PriorityClass"}),  # more objects ask for more; a class may let pods wait
    "overlong-retry": frozenset[str](),
    "proxy-user": frozenset({"Namespace"}),
    "refused-by-policy": frozenset({"Namespace"}),
    "shared-certificate": frozenset[str](),
    "unauthenticated-claim": frozenset({"RequestAuthentication"}),
    "unclear-destination-port": frozenset[str](),
    "unconfined-pod": frozenset[str](),
    "uncovered-route-host": frozenset[str](),
    "unfiltered-guest": frozenset({"RuntimeClass"}),
    "unguarded-namespace": frozenset({"LimitRange", "NetworkPolicy", "ResourceQuota"}),
    "uninjected-proxy": frozenset({"Namespace"}),
    "unknown-destination-host": _HOSTS,
    "unknown-destination-port": _HOSTS,
    "unknown-gateway": frozenset({"Gateway"}),
    "unknown-monitor-port": _PODS | _HOSTS,
    "unknown-namespace": frozenset({"Namespace"}),
    "unknown-provider": frozenset({"ConfigMap"}),
    "unknown-rule-host": _HOSTS,
    "unknown-subset": frozenset({"DestinationRule"}),
    "unknown-target-port": _PODS,
    "unread-config-map": _PODS | _READERS,
    "unrecorded-series": frozenset({"PrometheusRule"}),
    "unrestricted-key-fetch": frozenset[str](),
    "unsafe-retry": frozenset[str](),
    "unserved-gateway-port": frozenset({"Service"}),
    "unset-request": frozenset[str](),
    "untold-protocol": frozenset[str](),
}


def certain(found: Iterable[Finding], unknown: frozenset[str] | None) -> tuple[Finding, ...]:
    """Give the findings that stand whatever objects of the `unknown` kinds there may be; None means any kind."""
    if unknown is None:
        return tuple(one for one in found if _SOUGHT.get(one.name) == frozenset())
    return tuple(one for one in found if one.name in _SOUGHT and not _SOUGHT[one.name] & unknown)
