"""Links between objects are those that a cluster would follow, also where their end has no manifest."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gitopsgen.check.checker import Checker
from gitopsgen.check.links import links
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop}
spec:
  template:
    metadata: {labels: {app: shop}}
    spec:
      serviceAccountName: shop
      priorityClassName: high
      volumes: [{name: config, configMap: {name: shop}}]
      containers: [{name: shop, envFrom: [{secretRef: {name: keys}}]}]
"""
OTHERS = {
    "Service": "spec: {selector: {app: shop}}",
    "ConfigMap": "data: {}",
    "NetworkPolicy": "spec: {podSelector: {matchLabels: {app: shop}}}",
    "HorizontalPodAutoscaler": "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}}",
    "ExternalSecret": "spec: {secretStoreRef: {name: vault}, target: {name: keys}}",
    "RoleBinding": "roleRef: {kind: Role, name: shop}\nsubjects: [{kind: ServiceAccount, name: shop}]",
    "HTTPRoute": "spec: {parentRefs: [{name: door}], rules: [{backendRefs: [{name: shop, port: 80}]}]}",
    "Ingress": "spec: {rules: [{http: {paths: [{backend: {service: {name: shop}}}]}}]}",
    "VirtualService": "spec: {gateways: [mesh, door], http: [{route: [{destination: {host: shop}}]}]}",
    "DestinationRule": "spec: {host: shop.shop.svc.cluster.local}",
    "StatefulSet": "spec: {serviceName: shop, template: {spec: {containers: []}}}",
}
VERSIONS = {
    "NetworkPolicy": "networking.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "ExternalSecret": "external-secrets.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "VirtualService": "networking.istio.io/v1",
    "DestinationRule": "networking.istio.io/v1",
    "StatefulSet": "apps/v1",
}


def found():
    texts = [DEPLOYMENT]
    for kind, rest in OTHERS.items():
        head = f"apiVersion: {VERSIONS.get(kind, 'v1')}\nkind: {kind}\nmetadata: {{name: shop, namespace: shop}}\n"
        texts.append(head + rest + "\n")
    variant = VariantId("wuxi", "edge", "shop")
    manifests = [Manifest(variant, f"{number}.yaml", "t", 0, yaml.safe_load(text)) for number, text in enumerate(texts)]
    cluster = Checker("1.35", Path("nowhere"), keep=False).gathered(manifests)
    return {(one.source.known.name, one.verb, one.kind, one.name, one.target is not None) for one in links(cluster)}


LINKS = found()


@pytest.mark.parametrize(
    "link",
    [
        ("Deployment", "reads", "ConfigMap", "shop", True),
        ("Deployment", "reads", "Secret", "keys", False),
        ("Deployment", "runs as", "ServiceAccount", "shop", False),
        ("Deployment", "ranks by", "PriorityClass", "high", False),
        ("Service", "leads to", "Deployment", "shop", True),
        ("NetworkPolicy", "guards", "Deployment", "shop", True),
        ("HorizontalPodAutoscaler", "scales", "Deployment", "shop", True),
        ("ExternalSecret", "makes", "Secret", "keys", False),
        ("ExternalSecret", "asks", "SecretStore", "vault", False),
        ("RoleBinding", "gives", "Role", "shop", False),
        ("RoleBinding", "gives to", "ServiceAccount", "shop", False),
        ("HTTPRoute", "leads to", "Service", "shop", True),
        ("HTTPRoute", "is attached to", "Gateway", "door", False),
        ("Ingress", "leads to", "Service", "shop", True),
        ("VirtualService", "leads to", "Service", "shop", True),
        ("VirtualService", "is attached to", "Gateway", "door", False),
        ("DestinationRule", "rules", "Service", "shop", True),
        ("StatefulSet", "is named by", "Service", "shop", True),
    ],
)
def test_a_link_is_found(link):
    assert link in LINKS


def test_there_are_no_others():
    assert len(LINKS) == 18
