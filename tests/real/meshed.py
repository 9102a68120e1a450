"""A meshed cluster as Istio's analyzers would find it running: what is rendered, and what is made of it there.

Pods as the mesh leaves them, and the Secrets that External Secrets writes.
"""

import base64
import copy
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from .builds import tool

Object = dict[str, Any]

WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet"}
PROXY = "istio-proxy"
PROXY_IMAGE = "registry.example.com/mirror/istio-proxyv2:1"
TLS = "kubernetes.io/tls"
# What the mesh's agent writes to a pod of an ambient namespace once it has taken over its traffic.
REDIRECTED = {"ambient.istio.io/redirection": "enabled"}


def running(objects: Sequence[Object]) -> list[Object]:
    """Give objects with what is made of them in a cluster."""
    namespaces = {
        each["metadata"]["name"]: each["metadata"].get("labels", {}) for each in objects if each["kind"] == "Namespace"
    }
    pods = (pod for obj in objects for pod in _pods(obj))
    secrets = (secret for obj in objects for secret in _secrets(obj))
    return [*objects, *(_meshed(pod, namespaces) for pod in pods), *secrets]


def _pods(obj: Object) -> Iterator[Object]:
    name, namespace = obj["metadata"]["name"], obj["metadata"].get("namespace")
    if obj["kind"] in WORKLOADS:
        template = copy.deepcopy(obj["spec"]["template"])
    elif obj["kind"] == "Prometheus":
        labels = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": name}
        template = {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "prometheus", "image": "prometheus"}]},
        }
    else:
        return
    metadata = {"name": f"{name}-0", "namespace": namespace}
    yield {"apiVersion": "v1", "kind": "Pod", **template, "metadata": {**template["metadata"], **metadata}}


def _meshed(pod: Object, namespaces: dict[str, dict[str, str]]) -> Object:
    metadata = pod["metadata"]
    namespace = namespaces.get(metadata["namespace"], {})
    labels = {**namespace, **metadata.get("labels", {})}
    if labels.get("istio.io/dataplane-mode") == "ambient":
        metadata["annotations"] = {**metadata.get("annotations", {}), **REDIRECTED}
    elif labels.get("sidecar.istio.io/inject", "true") == "true" and namespace.get("istio-injection") == "enabled":
        image = metadata.get("annotations", {}).get("sidecar.istio.io/proxyImage", PROXY_IMAGE)
        pod["spec"].setdefault("initContainers", []).append({"name": PROXY, "image": image, "restartPolicy": "Always"})
    return pod


def _secrets(obj: Object) -> Iterator[Object]:
    if obj["kind"] == "ExternalSecret":
        target = obj["spec"].get("target", {})
        template = target.get("template", {})
        name = target.get("name", obj["metadata"]["name"])
        kind = template.get("type", "Opaque")
        yield {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": obj["metadata"]["namespace"]},
            "type": kind,
            "data": _certificate(f"{name}.example.com") if kind == TLS else {},
        }


def _certificate(name: str) -> dict[str, str]:
    """Make a key and a certificate of its own, which the analyzers look into."""
    command = [tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", "-", "-out", "-", "-days", "2", "-subj", f"/CN={name}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    start = text.index("-----BEGIN CERTIFICATE-----")
    parts = {"tls.key": text[:start], "tls.crt": text[start:]}
    return {key: base64.b64encode(part.encode()).decode() for key, part in parts.items()}
