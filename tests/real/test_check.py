"""What `check --profile cluster` calls an error, a real API server refuses: asked for the documents of all rules."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml

from gitopsgen.check import Checker
from gitopsgen.check.admission import refused_by_policy
from gitopsgen.check.documentation import sections
from gitopsgen.check.policy import unevaluated_policy, violated_policy
from gitopsgen.check.rule import API_SERVER, MESH
from gitopsgen.check.rules import RULES
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests
from gitopsgen.pipeline.profiles import Choice

from .crds import from_pack
from .fleet import WORKERS
from .mutants import mutants
from .plane import ControlPlane
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet, server

pytestmark = pytest.mark.real

DEFINITION = "CustomResourceDefinition"
MUTANTS = 12  # of each document
EMPTIED = 5000
EMPTY = [None, "", [], {}, 0, "5", True]
REFUSING = {module.RULE.code: module.RULE.name for module in RULES if module.RULE.refused_by == API_SERVER}
# Not asked here: there is no Istio behind this server.
POLICIES = tuple(module.RULE.code for module in (refused_by_policy, unevaluated_policy, violated_policy))
OF_MESH = {module.RULE.code for module in RULES if module.RULE.refused_by == MESH}
# The rules about what schemas do not say of pods and what makes them.
NAMED = {name for code, name in REFUSING.items() if "GG444" <= code <= "GG459"}
FIELD = re.compile(r"\b((?:spec|metadata|scheduling|template)[\w.]*(?:\[[^\]\s]*\][\w.]*)*): [A-Z][a-z]+")
INDEX = re.compile(r"\[[^\]]*\]")
# Where the server leaves out a step, or takes a wrong one.
NICKNAMES = {
    "spec.securityContext.shareProcessNamespace": "spec.shareProcessNamespace",
    "spec.volumes.downwardAPI.fieldRef.fieldPath": "spec.volumes.downwardAPI.items.fieldRef.fieldPath",
}

Object = dict[str, Any]

# What its published schema calls wrong, and the server takes.
TAKEN = """
{apiVersion: v1, kind: LimitRange, metadata: {namespace: default}}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: a}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      securityContext: {sysctls: [{name: kernel.shm_rmid_forced}]}
      volumes: [{name: a, iscsi: {targetPortal: "10.0.0.1:3260", iqn: "iqn.2026-01.com.example:a"}}]
      containers:
        - name: a
          image: a
          livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: a}]}}
status: {conditions: [{}]}
---
{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: a}}
---
{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: a}, spec: {}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
roleRef: {apiGroup: "", kind: Role, name: a}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: tests.check.example}
spec:
  group: check.example
  names: {kind: Test, plural: tests}
  scope: Namespaced
  versions: [{name: v1, storage: true, schema: {openAPIV3Schema: {type: object}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: a}
spec: {minAvailable: null, maxUnavailable: 1, selector: null}
status: {}
"""


def samples() -> list[Object]:
    """Give the objects of the rules' fixtures and examples, each once, with what they leave out for brevity.

    What is refused for another reason would hide that it should have been taken.
    """
    texts = [path.read_text("utf-8") for path in sorted((CHECKOUT / "tests/rules").glob("*.yaml"))]
    texts += [sections(module)[heading] for module in RULES for heading in ("Example", "Instead")]
    documents = [document for text in texts for document in yaml.safe_load_all(text) if _is_object(document)]
    for document in documents:
        _complete(document)
    return list({json.dumps(one, sort_keys=True, default=str): one for one in documents}.values())


def _complete(node: Any) -> None:
    """Give each container an image and a name, each pod a container, each Service a port, each target its version."""
    if isinstance(node, dict):
        if node.get("containers") == []:
            node["containers"] = [{}]
        for number, container in enumerate([*_dicts(node.get("containers")), *_dicts(node.get("initContainers"))]):
            container.update({"image": "a", "name": f"a{number}"} | container)
        for target in _dicts([node.get("scaleTargetRef")]):
            target.setdefault("apiVersion", "apps/v1")
        for spec in _dicts([node.get("spec")]) if node.get("kind") == "Service" else ():
            spec.setdefault("ports", [{"port": 80}])
        node = list(node.values())
    for below in node if isinstance(node, list) else ():
        _complete(below)


def _dicts(value: Any) -> list[Object]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_object(document: Any) -> bool:
    if not isinstance(document, dict) or not {"apiVersion", "kind"} <= set(document):
        return False
    metadata = document.get("metadata")
    return isinstance(metadata, dict) and isinstance(metadata.get("namespace", ""), str)


def emptied(obj: Object) -> Iterator[tuple[str, Object]]:
    """Give the object with a value in one place that is empty, or nearly: where readers differ most."""
    text = json.dumps(obj, default=str)
    own = {key: value for key, value in obj.items() if key not in {"apiVersion", "kind"}}
    for path in places(own):
        if path in {("metadata",), ("metadata", "namespace")}:
            continue
        for value in EMPTY:
            mutant = json.loads(text)
            parent = mutant
            for step in path[:-1]:
                parent = parent[step]
            parent[path[-1]] = value
            yield f"{json.dumps(value)} at {'.'.join(map(str, path))}", mutant


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in below:
        yield (*path, step)
        yield from places(inner, (*path, step))


def errors(version_set: VersionSet, objects: Sequence[Object]) -> list[set[str]]:
    """Give what `check` says of each; policies among them are not in the server's cluster, and judge none of them."""
    options = ForeignOptions(version_set.kubernetes.rpartition(".")[0], CHECKOUT / "schemas" / version_set.name)
    contents = [(f"{number}.json", json.dumps(obj, default=str).encode()) for number, obj in enumerate(objects)]
    found: dict[str, set[str]] = {file: set() for file, _ in contents}
    definitions = {file for (file, _), obj in zip(contents, objects, strict=True) if obj["kind"] == DEFINITION}
    # Each is tried by itself, so no other is of a kind as it is defined among them.
    for chosen in (definitions, found.keys() - definitions):
        part = [one for one in contents if one[0] in chosen]
        for one in judge_manifests(part, options, Choice((), POLICIES)).findings:
            if one.severity.value == "error" and one.code not in OF_MESH:
                found[one.location.file].add(f"{one.code} {one.message}")
    return list(found.values())


def accepted(plane: ControlPlane, objects: Sequence[Object]) -> list[bool]:
    """Give what the server says of each."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return [verdict.accepted for verdict in pool.map(plane.dry_run, objects)]


@pytest.fixture(scope="module", params=[MODERN, SEED], ids=["modern", "seed"])
def trial(request: pytest.FixtureRequest) -> Iterator[tuple[ControlPlane, VersionSet]]:
    version_set: VersionSet = request.param
    objects = samples()
    kinds = {(one["apiVersion"].rpartition("/")[0], one["kind"]) for one in objects}
    with server(version_set) as running:
        for name in {one["metadata"].get("namespace", "default") for one in objects}:
            running.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        running.apply_crds(from_pack(CHECKOUT / "schemas" / version_set.name, kinds))
        yield running, version_set


@pytest.fixture(scope="module")
def modern() -> Iterator[ControlPlane]:
    with server(MODERN) as running:
        running.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "payment"}})
        running.create(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "ledger", "namespace": "payment"}}
        )
        yield running


def test_what_is_an_error_is_refused_for_documents_of_every_rule(
    trial: tuple[ControlPlane, VersionSet],
) -> None:
    plane, version_set = trial
    objects = samples()
    found = errors(version_set, objects)
    alarms = [
        f"{sorted(said)}: {json.dumps(obj)[:300]}"
        for obj, said, is_accepted in zip(objects, found, accepted(plane, objects), strict=True)
        if said and is_accepted
    ]
    proven = {one.partition(" ")[0] for said in found for one in said}

    assert not alarms, "\n".join(alarms)
    assert set(REFUSING) <= proven, "not proven: " + ", ".join(sorted(set(REFUSING) - proven))


@pytest.mark.parametrize("name", sorted(NAMED), ids=sorted(NAMED))
def test_the_server_names_the_same_field(name: str, modern: ControlPlane) -> None:
    """Each field that a rule about pods calls wrong in its fixture; and it takes what the rule calls right."""
    text = (CHECKOUT / "tests/rules" / f"{name}.yaml").read_text("utf-8")
    judge = Checker(MODERN.kubernetes.rpartition(".")[0], CHECKOUT / "schemas" / MODERN.name, keep=False)
    differing, proven = [], 0
    for index, obj in enumerate(yaml.safe_load_all(text)):
        manifest = Manifest(VariantId("a", "b", "c"), "a.yaml", "a.j2", index, obj)
        refused = [found for found in judge.manifest(manifest) if found.refused]
        message = modern.dry_run(obj).message
        # the server leaves a step out of this one
        theirs = fields_in(message.replace("downwardAPI.resourceFieldRef", "downwardAPI.items.resourceFieldRef"))
        ours = {plain(found.field): found.message for found in refused}
        proven += len(ours)
        differing += [
            f"{obj['metadata']['name']}: {field}: {said} | {message or 'accepted'}"
            for field, said in ours.items()
            # what admission refuses has no field, so there it is enough that something is refused
            if not (message and not theirs)
            and not any(field.startswith(other) or other.startswith(field) for other in theirs)
        ]
        if message and not refused:
            differing.append(f"{obj['metadata']['name']}: refused by the server alone: {message}")

    assert not differing, "\n".join(differing)
    assert proven


def plain(field: tuple[str | int, ...]) -> str:
    """Write a field as the server does, without places in lists."""
    return ".".join(step for step in field if isinstance(step, str))


def fields_in(message: str) -> set[str]:
    """Give the fields that a server's message names, without places in lists and keys of maps."""
    found = {INDEX.sub("", field) for field in FIELD.findall(message)}
    return {NICKNAMES.get(field, field) for field in found}


def test_what_the_server_takes_all_the_same_is_no_error(trial: tuple[ControlPlane, VersionSet]) -> None:
    plane, version_set = trial
    objects = list(yaml.safe_load_all(TAKEN))

    assert [plane.dry_run(obj).message for obj in objects] == [""] * len(objects)
    assert errors(version_set, objects) == [set()] * len(objects)


def test_what_is_an_error_is_refused_for_mutants(trial: tuple[ControlPlane, VersionSet]) -> None:
    """The other way round is parity: what the server refuses and we do not see is counted, and printed with -s."""
    plane, version_set = trial
    made = [(what, mutant) for obj in samples() for what, mutant in mutants(obj, MUTANTS)]
    chance = random.Random(7)  # noqa: S311 - the same ones each time
    made += chance.sample([(what, mutant) for obj in samples() for what, mutant in emptied(obj)], EMPTIED)
    objects = [mutant for _, mutant in made]
    alarms, misses = [], 0
    for (what, obj), found, is_accepted in zip(
        made, errors(version_set, objects), accepted(plane, objects), strict=True
    ):
        if found and is_accepted:
            alarms.append(f"{what} of {obj['kind']} {obj['metadata'].get('name')}: {sorted(found)}")
        misses += not found and not is_accepted

    print(f"{len(made)} mutants: {len(alarms)} refused by us alone, {misses} by the server alone")  # noqa: T201
    assert not alarms, "\n".join(alarms)
