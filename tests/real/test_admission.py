"""The admission rules of cities without Gatekeeper, enforced by real API servers.

What the cities run passes; each fault is refused by its rule.
"""

import copy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from .fleet import objects_below
from .plane import ControlPlane
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet, server

pytestmark = pytest.mark.real

# A small one, and a large one, which trades too.
CITIES = ("wuhu", "suzhou")
# The server looks at new policies every second or so.
ENFORCED_SECONDS = 60
POLL_SECONDS = 0.5

Object = dict[str, Any]
Change = Callable[[Object], object]

FAULTS: dict[str, tuple[str, Change]] = {
    "a tag without a digest": (
        "gitopsgen-pinned-images",
        lambda spec: main(spec).update(image="registry.example.com/app:1.0"),
    ),
    "a registry that only begins alike": (
        "gitopsgen-pinned-images",
        lambda spec: main(spec).update(image="registry.example.com.evil.example/app@sha256:" + "0" * 64),
    ),
    "an init container without a digest": (
        "gitopsgen-pinned-images",
        lambda spec: spec.update(initContainers=[copy_of(main(spec)) | {"name": "init", "image": "app:1.0"}]),
    ),
    "no resources": ("gitopsgen-resources", lambda spec: main(spec).pop("resources")),
    "no memory limit": ("gitopsgen-resources", lambda spec: main(spec)["resources"]["limits"].pop("memory")),
    "the host's network": ("gitopsgen-no-host-access", lambda spec: spec.update(hostNetwork=True)),
    "a folder of the host": (
        "gitopsgen-no-host-access",
        lambda spec: spec["volumes"].append({"name": "host", "hostPath": {"path": "/"}}),
    ),
    "a port of the host": (
        "gitopsgen-no-host-access",
        lambda spec: main(spec)["ports"][0].update(hostPort=8181),
    ),
    "root": ("gitopsgen-confined", lambda spec: main(spec)["securityContext"].update(runAsNonRoot=False)),
    "a writable root file system": (
        "gitopsgen-confined",
        lambda spec: main(spec)["securityContext"].pop("readOnlyRootFilesystem"),
    ),
    "no security context": ("gitopsgen-confined", lambda spec: main(spec).pop("securityContext")),
}


def main(spec: Object) -> Object:
    container: Object = spec["containers"][0]
    return container


def copy_of(container: Object) -> Object:
    """Give what an init container may have of a container; it has no probes."""
    return {key: container[key] for key in ("resources", "securityContext")}


@pytest.fixture(scope="module", params=[MODERN, SEED], ids=lambda version_set: version_set.name)
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["City"]:
    version_set: VersionSet = request.param
    tree = tmp_path_factory.mktemp(version_set.name) / "generated"
    command = [sys.executable, "-m", "gitopsgen", "render", *(f"--region={city}" for city in CITIES)]
    command += ["--version-set", version_set.name, "--output-dir", str(tree)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with server(version_set) as plane:
        result = City(plane, tree)
        result.enforce()
        yield result


class City:
    """The objects of cities, and a server that enforces their rules, which are the same."""

    def __init__(self, plane: ControlPlane, tree: Path) -> None:
        self.plane = plane
        self._objects = objects_below(tree)

    def of_kinds(self, *kinds: str) -> list[Object]:
        """Give the objects of some kinds, in that order of kinds."""
        return [each for kind in kinds for each in self._objects if each["kind"] == kind]

    def enforce(self) -> None:
        """Make what the rules need, and wait until they hold."""
        rules = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
        for each in self.of_kinds("Namespace", "RuntimeClass", "PriorityClass", *rules):
            made = self.plane.create(each)
            assert made.accepted or made.status == HTTPStatus.CONFLICT, made.message
        deadline = time.monotonic() + ENFORCED_SECONDS
        while not all(self.refusal(change) for _, change in FAULTS.values()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def refusal(self, change: Change) -> str:
        """Say why the policy engine's Deployment is refused once it is changed; empty where it is not."""
        workload = next(each for each in self.of_kinds("Deployment") if each["metadata"]["name"] == "opa")
        changed = copy.deepcopy(workload)
        change(changed["spec"]["template"]["spec"])
        verdict = self.plane.dry_run(changed)
        return "" if verdict.accepted else verdict.message


def test_what_the_city_runs_is_admitted(city: City) -> None:
    verdicts = [
        (each["metadata"]["name"], city.plane.dry_run(each))
        for each in city.of_kinds("Deployment", "StatefulSet", "DaemonSet")
    ]

    assert {"opa", "trading-service"} <= {name for name, _ in verdicts}
    assert [(name, verdict.message) for name, verdict in verdicts if not verdict.accepted] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_refused_by_its_rule(city: City, fault: str) -> None:
    rule, change = FAULTS[fault]

    assert f"'{rule}'" in city.refusal(change)
