"""The values of an EnvoyFilter's patches, each with the type that it is to be. Judges nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.fields import EACH, members
from gitopsgen.check.istio.envoy_values import Complaint, complaints
from gitopsgen.check.rule import Subject
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.schemas.wording import dotted

_LISTENER: Final = "envoy.config.listener.v3"
_ROUTE: Final = "envoy.config.route.v3"
# https://istio.io/latest/docs/reference/config/networking/envoy-filter/#EnvoyFilter-ApplyTo
TYPES: Final = {
    "BOOTSTRAP": "envoy.config.bootstrap.v3.Bootstrap",
    "CLUSTER": "envoy.config.cluster.v3.Cluster",
    "EXTENSION_CONFIG": "envoy.config.core.v3.TypedExtensionConfig",
    "FILTER_CHAIN": f"{_LISTENER}.FilterChain",
    "HTTP_FILTER": "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter",
    "HTTP_ROUTE": f"{_ROUTE}.Route",
    "LISTENER": f"{_LISTENER}.Listener",
    "LISTENER_FILTER": f"{_LISTENER}.ListenerFilter",
    "NETWORK_FILTER": f"{_LISTENER}.Filter",
    "ROUTE_CONFIGURATION": f"{_ROUTE}.RouteConfiguration",
    "VIRTUAL_HOST": f"{_ROUTE}.VirtualHost",
}


def complaints_of(subject: Subject) -> Iterator[Complaint]:
    """Give what is wrong with the values of patches, as far as Istio looks at them, in whole sentences."""
    for path, found in members(subject.data, "spec", "configPatches", EACH):
        one = mapping(found)
        patch = mapping(one.get("patch"))
        kind = TYPES.get(text(one.get("applyTo")))
        is_read = mapping(one.get("match")).get("context") != "WAYPOINT" and text(patch.get("operation"))
        if not kind or not is_read:
            continue
        for complaint in complaints(kind, patch.get("value")):
            said = f'in a patch of {subject}, "{dotted(complaint.path)}" {complaint.message}'
            yield complaint._replace(path=(*path, "patch", "value", *complaint.path), message=said)
