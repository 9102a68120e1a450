"""ValidatingAdmissionPolicies: what `check` says of manifests beside them, a real API server says when it has them."""

import copy
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from gitopsgen.check import Checker
from gitopsgen.check.admission.defaults import with_defaults
from gitopsgen.check.admission.refused_by_policy import RULE
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

from .plane import ControlPlane
from .test_apiserver import CHECKOUT, HERE, MODERN, SEED, VersionSet, server

pytestmark = pytest.mark.real

# The server looks at new policies every second or so.
ENFORCED_SECONDS = 60
POLL_SECONDS = 0.5

Object = dict[str, Any]
STATE: list[Object] = list(yaml.safe_load_all((HERE / "admission.yaml").read_text("utf-8")))
CONTAINER = {"name": "a", "image": "registry.example.com/a:1"}


def workload(kind: str, **spec: Any) -> Object:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [CONTAINER]}}
    whole = {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "a", "namespace": "guarded"}, "spec": whole}


def named(obj: Object, name: str = "a", namespace: str = "guarded", **metadata: Any) -> Object:
    return {**obj, "metadata": {"name": name, "namespace": namespace, **metadata}}


def with_image(obj: Object, image: str) -> Object:
    changed = copy.deepcopy(obj)
    spec = changed["spec"]["template"]["spec"] if "template" in changed["spec"] else changed["spec"]
    spec["containers"].append({"name": "b", "image": image, "terminationMessagePolicy": "File"})
    return changed


POD = named({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [CONTAINER]}})
SERVICE = {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 80}]}}
MAP = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"broken": "a"}}
NEVER = {**CONTAINER, "imagePullPolicy": "Never"}
ROLLING = {"type": "RollingUpdate"}
ASKED = [
    workload("Deployment"),
    workload("Deployment", replicas=2),
    workload("Deployment", replicas=3),
    workload("Deployment", replicas=0, strategy={"type": "Recreate"}),
    workload("Deployment", replicas=0, strategy=ROLLING),
    named(workload("Deployment", replicas=3), namespace="free"),
    named(workload("Deployment", replicas=3), annotations={"free": "yes"}),
    named(workload("Deployment", replicas=3), labels={"trusted": "yes"}),
    named(workload("Deployment", replicas=3), labels={"trusted": "yes"}, annotations={"other": "yes"}),
    with_image(workload("Deployment", replicas=1), "docker.io/b:1"),
    with_image(named(workload("Deployment"), namespace="free"), "docker.io/b:1"),
    with_image(named(workload("Deployment"), name="trusted"), "docker.io/b:1"),
    with_image(workload("StatefulSet", serviceName="a"), "docker.io/b:1"),
    named(workload("StatefulSet", serviceName="a"), name="refused", namespace="free"),
    named(workload("DaemonSet"), name="refused"),
    workload("DaemonSet"),
    POD,
    with_image(POD, "docker.io/b:1"),
    with_image(POD, "registry.example.com/b"),
    {**POD, "spec": {"containers": [NEVER]}},
    named(SERVICE, namespace="free"),
    named({**SERVICE, "spec": {**SERVICE["spec"], "type": "NodePort"}}, namespace="free"),
    named({**SERVICE, "spec": {**SERVICE["spec"], "type": "NodePort"}}),
    named(SERVICE, name="a-very-long-name-of-a-service", namespace="free"),
    named(MAP, namespace="free"),
    named({**MAP, "data": {"broken": "1"}}, namespace="free"),
    named({**MAP, "data": {"other": "1"}}, namespace="free"),
]
PLAIN = [
    *(workload(kind) for kind in ("DaemonSet", "Deployment")),
    workload("StatefulSet", serviceName="a"),
    workload("Deployment", strategy={"type": "Recreate"}),
    workload("Deployment", strategy={"rollingUpdate": {"maxSurge": 1}}),
    POD,
    {**POD, "spec": {"containers": [{"name": "a", "image": "a", "ports": [{"containerPort": 80}]}]}},
    {**POD, "spec": {"containers": [{"name": "a", "image": "a@sha256:" + "1" * 64}], "restartPolicy": "Never"}},
    named(SERVICE),
]
JOB = {"template": {"spec": {"containers": [CONTAINER], "restartPolicy": "Never"}}}
PLAIN += [
    named({"apiVersion": "batch/v1", "kind": "Job", "spec": JOB}),
    named(
        {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": JOB}}}
    ),
]


@pytest.fixture(scope="module", params=[MODERN, SEED], ids=["modern", "seed"])
def trial(request: pytest.FixtureRequest) -> Iterator[tuple[ControlPlane, Checker]]:
    version_set: VersionSet = request.param
    with server(version_set) as plane:
        for each in STATE:
            made = plane.create(each)
            assert made.accepted, made.message
        deadline = time.monotonic() + ENFORCED_SECONDS
        probes = [ASKED[2], ASKED[9], ASKED[14], ASKED[21]]
        while any(plane.dry_run(one).accepted for one in probes) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        kubernetes = version_set.kubernetes.rpartition(".")[0]
        yield plane, Checker(kubernetes, CHECKOUT / "schemas" / version_set.name, keep=False)


def denials(checker: Checker, obj: Object) -> list[str]:
    """Give what we say of one object in such a cluster; what we say of pods of workloads is another matter."""
    owner = VariantId("a", "b", "c")
    manifests = [Manifest(owner, f"{number}.yaml", "a.j2", 0, one) for number, one in enumerate([*STATE, obj])]
    found = checker.cluster(manifests)
    return [one.message for one in found if one.code == RULE.code and one.manifest.data is obj and one.refused]


def test_the_server_refuses_the_same_for_the_same_reason(trial: tuple[ControlPlane, Checker]) -> None:
    plane, checker = trial
    differing = []
    for obj in ASKED:
        ours, verdict = denials(checker, obj), plane.dry_run(obj)
        said = verdict.message.partition("denied request: ")[2]
        if bool(ours) == verdict.accepted or (
            said and "expression" not in said and not any(said in one for one in ours)
        ):
            differing.append(f"{obj['kind']} {obj['metadata']}: {ours} | {verdict.message or 'accepted'}")

    assert not differing, "\n".join(differing)
    assert 0 < sum(bool(denials(checker, obj)) for obj in ASKED) < len(ASKED)


def test_the_server_fills_in_the_same_defaults(trial: tuple[ControlPlane, Checker]) -> None:
    plane, _ = trial
    for obj in PLAIN:
        group = obj["apiVersion"].rpartition("/")[0]
        kept = plane.completed(
            {**obj, "metadata": {**obj["metadata"], "name": "defaulted-trusted", "namespace": "default"}}
        )
        ours = with_defaults(group, obj["kind"], obj)["spec"]

        assert inside(ours, kept["spec"]), f"{ours}\n{kept['spec']}"


def inside(ours: Any, theirs: Any) -> bool:
    """Whether all that we fill in is there, and right."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(key in theirs and inside(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(inside, ours, theirs))
    return bool(ours == theirs)
