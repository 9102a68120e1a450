"""Pods as the mesh's webhook leaves them, before the policy that takes the place of Pod Security there.

The redirection that Kata needs is let through, and nothing else that `restricted` forbids.
"""

import copy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .fleet import objects_below
from .plane import ControlPlane
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet, server

pytestmark = pytest.mark.real

CITY = "shanghai"
RULE = "payment-platform-confined"
# The server looks at new policies every second or so.
ENFORCED_SECONDS = 60
POLL_SECONDS = 0.5

Object = dict[str, Any]
Change = Callable[[Object], object]

FAULTS: dict[str, Change] = {
    "more capabilities than redirection needs": lambda pod: capabilities(pod, "istio-init")["add"].append("SYS_ADMIN"),
    "another image that calls itself istio-init": lambda pod: named(pod, "istio-init").update(
        image="registry.example.com/tools/shell:1.0@sha256:" + "0" * 64
    ),
    "a privileged istio-init": lambda pod: security(pod, "istio-init").update(
        privileged=True, allowPrivilegeEscalation=True
    ),
    "redirection by the service itself": lambda pod: capabilities(pod, "payment").update(add=["NET_ADMIN"]),
    "capabilities of the proxy": lambda pod: capabilities(pod, "istio-proxy").update(drop=[]),
    "root": lambda pod: security(pod, "payment").update(runAsNonRoot=False),
    "a writable root file system": lambda pod: security(pod, "payment").pop("readOnlyRootFilesystem"),
    "escalation": lambda pod: security(pod, "payment").pop("allowPrivilegeEscalation"),
    "no seccomp profile": lambda pod: pod["spec"]["securityContext"].pop("seccompProfile"),
    "a container without a filter": lambda pod: security(pod, "payment").update(seccompProfile={"type": "Unconfined"}),
    "a folder of the host": lambda pod: pod["spec"]["volumes"].append({"name": "host", "hostPath": {"path": "/"}}),
    "the host's network": lambda pod: pod["spec"].update(hostNetwork=True),
}


def named(pod: Object, name: str) -> Object:
    containers = [*pod["spec"]["containers"], *pod["spec"]["initContainers"]]
    container: Object = next(each for each in containers if each["name"] == name)
    return container


def security(pod: Object, name: str) -> Object:
    context: Object = named(pod, name)["securityContext"]
    return context


def capabilities(pod: Object, name: str) -> Object:
    found: Object = security(pod, name)["capabilities"]
    return found


def injected(template: Object) -> Object:
    """Give a pod of a Deployment's template with what Istio adds to it."""
    pod = {"apiVersion": "v1", "kind": "Pod", **copy.deepcopy(template)}
    pod["metadata"].update(name="injected", namespace="payment")
    proxy = {
        "name": "istio-proxy",
        "image": template["metadata"]["annotations"]["sidecar.istio.io/proxyImage"],
        "restartPolicy": "Always",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsGroup": 1337,
            "runAsNonRoot": True,
            "runAsUser": 1337,
        },
    }
    init = {
        "name": "istio-init",
        "image": proxy["image"],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": False,
            "runAsGroup": 0,
            "runAsNonRoot": False,
            "runAsUser": 0,
        },
    }
    pod["spec"]["initContainers"] = [init, proxy]
    return pod


class Platform:
    """The platform's objects, and a server that enforces its policy."""

    def __init__(self, plane: ControlPlane, tree: Path) -> None:
        self.plane = plane
        self._objects = objects_below(tree)
        template = next(each for each in self.of("Deployment") if each["metadata"]["name"] == "payment-v1")
        self.pod = injected(template["spec"]["template"])

    def of(self, *kinds: str) -> list[Object]:
        """Give the objects of some kinds, in that order of kinds."""
        return [each for kind in kinds for each in self._objects if each["kind"] == kind]

    def enforce(self) -> None:
        """Make what the policy needs, and wait until it holds."""
        rules = self.of("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
        ours = [each for each in rules if each["metadata"]["name"] == RULE]
        for each in (*self.of("Namespace", "RuntimeClass", "PriorityClass"), *ours):
            made = self.plane.create(each)
            assert made.accepted, made.message
        deadline = time.monotonic() + ENFORCED_SECONDS
        while not all(self.refusal(change) for change in FAULTS.values()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def refusal(self, change: Change) -> str:
        """Say why the pod is refused once it is changed; empty where it is not."""
        pod = copy.deepcopy(self.pod)
        change(pod)
        verdict = self.plane.dry_run(pod)
        return "" if verdict.accepted else verdict.message


@pytest.fixture(scope="module", params=[MODERN, SEED], ids=lambda version_set: version_set.name)
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    version_set: VersionSet = request.param
    tree = tmp_path_factory.mktemp(version_set.name) / "generated"
    command = [sys.executable, "-m", "gitopsgen", "render", "--region", CITY, "--cluster", "platform"]
    command += ["--version-set", version_set.name, "--output-dir", str(tree)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with server(version_set) as plane:
        result = Platform(plane, tree)
        result.enforce()
        yield result


def test_a_pod_of_the_mesh_is_admitted(platform: Platform) -> None:
    assert platform.refusal(lambda pod: pod) == ""


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_refused_by_the_policy(platform: Platform, fault: str) -> None:
    assert f"'{RULE}'" in platform.refusal(FAULTS[fault])
