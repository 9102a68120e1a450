"""What Istio's analyzers warn of, our rules warn of: asked about samples of each rule that names one of their codes."""

import copy
import json
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml

from gitopsgen.check import Checker
from gitopsgen.check.documentation import sections
from gitopsgen.check.rules import RULES
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

from . import documents
from .components import istio_analyzers
from .meshed import running
from .needs import program
from .test_apiserver import CHECKOUT, MODERN

pytestmark = pytest.mark.real

CODE = re.compile(r"\bIST\d{4}\b")
ANALYZED = [module for module in RULES if CODE.search(sections(module)["Why"])]
VARIANT = VariantId("shanghai", "edge", "payment-gateway")

# What Istio's chart installs to inject proxies, as far as the analyzers look at it.
INJECTOR = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "MutatingWebhookConfiguration",
    "metadata": {"name": "istio-sidecar-injector"},
    "webhooks": [
        {
            "name": "namespace.sidecar-injector.istio.io",
            "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
            "objectSelector": {
                "matchExpressions": [{"key": "sidecar.istio.io/inject", "operator": "NotIn", "values": ["false"]}]
            },
        },
        {
            "name": "object.sidecar-injector.istio.io",
            "namespaceSelector": {"matchExpressions": [{"key": "istio-injection", "operator": "DoesNotExist"}]},
            "objectSelector": {"matchLabels": {"sidecar.istio.io/inject": "true"}},
        },
    ],
}
EARLIER = "Istio names both, we name the one that comes later"
OF_DEPLOYMENT = "Istio names the pods, we name their template"
OF_SERVICES = "Istio names the Deployment, we name the Service that is at odds with another one"
# By rule and object: what one of the two says alone.
EXPLAINED = {
    ("contested-mesh-host", "VirtualService payment/first"): EARLIER,
    ("contested-workload", "Sidecar payment/default"): EARLIER,
    ("contested-workload", "Sidecar payment/pay"): EARLIER,
    ("contested-workload", "Telemetry payment/all"): EARLIER,
    ("contested-gateway-server", "Gateway payment/first"): EARLIER,
    ("contested-entry-port", "ServiceEntry payment/bank"): EARLIER,
    ("misplaced-mesh-annotation", "Pod payment/pay-0"): OF_DEPLOYMENT,
    ("idle-envoy-patch", "EnvoyFilter payment/of-routes"): "the proxy's routes are removed, whatever the message says",
    ("shared-certificate", "Gateway payment/pay"): EARLIER,
    ("shared-certificate", "Gateway payment/risk"): "Istio names the one with fewer labels in its selector",
    ("proxy-user", "Pod payment/overridden"): "its own container says another user",
    ("proxy-user", "Pod payment/without-proxy"): "no proxy runs beside it",
    ("unreachable-route", "VirtualService payment/delegating"): "its delegate may leave some of the requests",
    ("untold-protocol", "Service outside/pay"): "it is not in the mesh",
    ("uninjected-proxy", "Deployment elsewhere/unknown"): "no manifest describes its namespace",
    ("contested-target-port", "Deployment payment/pay"): OF_SERVICES,
    ("contested-target-port", "Service payment/b"): OF_SERVICES,
    ("contested-injection", "MutatingWebhookConfiguration istio-sidecar-injector"): EARLIER,
    ("ineffective-selector", "AuthorizationPolicy payment/of-made-later"): "its pods are made in the cluster",
}

Object = dict[str, Any]


class Said(NamedTuple):
    """An object, as `Kind namespace/name`, and the code of what is said of it."""

    code: str
    origin: str


def objects(text: str) -> list[Object]:
    return [each for each in yaml.safe_load_all(text) if each is not None]


def defaulted(found: list[Object]) -> list[Object]:
    """Give the objects with what an API server writes into Services."""
    written = copy.deepcopy(found)
    for each in written:
        for port in each.get("spec", {}).get("ports", []) if each["kind"] == "Service" else []:
            port.setdefault("protocol", "TCP")
    return written


def of_istio(found: list[Object], folder: Path) -> set[Said]:
    """Give what all analyzers say of the objects, and of the pods that are made of them."""
    config, path, answer = (folder / name for name in ("mesh.yaml", "objects.yaml", "answer.json"))
    config.write_text("{}", encoding="utf-8")
    injectors = [] if any(each["kind"] == INJECTOR["kind"] for each in found) else [INJECTOR]
    path.write_text(documents.joined([*injectors, *running(defaulted(found))]), encoding="utf-8")
    command = [program(istio_analyzers), str(config), str(path), str(answer)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(answer.read_text(encoding="utf-8"))["messages"]
    return {Said(each["code"], each["origin"]) for each in said}


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(MODERN.kubernetes.rpartition(".")[0], CHECKOUT / "schemas" / MODERN.name, keep=False)


def of_ours(found: list[Object], checker: Checker, code: str) -> set[str]:
    """Give the objects of which a rule of ours says something."""
    manifests = [Manifest(VARIANT, "sample.yaml", "sample.j2", number, data) for number, data in enumerate(found)]
    findings = [*(each for one in manifests for each in checker.manifest(one)), *checker.cluster(manifests)]
    return {origin(found[each.manifest.document]) for each in findings if each.code == code}


def origin(obj: Object) -> str:
    namespace, name = obj["metadata"].get("namespace"), obj["metadata"]["name"]
    return f"{obj['kind']} {namespace}/{name}" if namespace else f"{obj['kind']} {name}"


def codes_of(module: ModuleType) -> set[str]:
    return set(CODE.findall(sections(module)["Why"]))


@pytest.mark.parametrize("module", ANALYZED, ids=lambda module: module.RULE.name)
def test_example_is_told_by_istio_and_its_cure_is_not(module: ModuleType, tmp_path: Path) -> None:
    text, codes = sections(module), codes_of(module)

    assert codes & {each.code for each in of_istio(objects(text["Example"]), tmp_path)}
    assert not codes & {each.code for each in of_istio(objects(text["Instead"]), tmp_path)}


@pytest.mark.parametrize("module", ANALYZED, ids=lambda module: module.RULE.name)
def test_objects_of_the_fixture_are_judged_alike(module: ModuleType, checker: Checker, tmp_path: Path) -> None:
    found = objects((CHECKOUT / "tests/rules" / f"{module.RULE.name}.yaml").read_text(encoding="utf-8"))
    ours = of_ours(found, checker, module.RULE.code)
    theirs = {each for each in of_istio(found, tmp_path) if each.code in codes_of(module)}

    alone = ours ^ {each.origin for each in theirs}
    assert ours
    assert alone == {name for rule, name in EXPLAINED if rule == module.RULE.name}
