"""Mutators and objects by chance, sound and unsound ones.

No key of a list is a number: gator reads those of a file as floating ones, the webhook does not.
"""

from __future__ import annotations

from random import Random
from typing import Any

LOCATIONS = (
    "spec.template.spec.containers[name: main].image",
    "spec.template.spec.containers[name: *].image",
    "spec.template.spec.containers[name: new].image",
    "spec.template.spec.containers[name: *].args",
    "spec.template.spec.containers[name: side].ports[name: web].protocol",
    "spec.template.spec.containers[name: *].ports[name: admin].protocol",
    "spec.template.spec.containers[name: main].securityContext.runAsUser",
    "spec.template.spec.volumes[name: tmp]",
    "spec.template.spec.containers.image",
    "spec.template.spec.nodeSelector.zone",
    "spec.template.spec.hostNetwork",
    "spec.template.spec",
    "spec.replicas",
    "spec.containers[name: *].image",
    "spec.containers[name: main].args",
    "spec.hostNetwork",
    'spec."te mp\\"late".x',
    "spec..x",
    "spec.template.spec.containers[name: main].name",
    "",
)
VALUES: tuple[Any, ...] = ("x", 7, True, 1.5, ["a", 1], {"name": "tmp"}, {"a": {"b": 1}}, {"containerPort": 80})
IMAGES = ("app:1", "hub.io/a/b", "localhost/x@sha256:" + "a" * 64, "hub.io:5000/a:b", "a//b", "")
PATTERNS = ("web", "w*", "*b", "*e*", "other", "")
DOMAINS, PATHS, TAGS = ("", "hub.io", "hub.io:5000", "hub"), ("", "a/b", "A", "hub.io/x"), ("", ":1", "@sha256:00", "1")


def deployment(chance: Random) -> dict[str, Any]:
    containers = []
    for name in chance.sample(["main", "side", "third"], chance.randint(0, 3)):
        container: dict[str, Any] = {"name": name, "image": chance.choice(IMAGES)}
        if chance.random() < 0.5:
            container["args"] = chance.choice([["a"], ["b", 1], [], "a", None])
        if chance.random() < 0.5:
            container["ports"] = [{"name": "web"}, {"name": chance.choice(["admin", 80])}]
        containers.append(container)
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}}
    metadata = {"name": "web", "namespace": "shop", "labels": {"app": "web", "tier": chance.choice(["front", "back"])}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": pod}}


def mutator(chance: Random, name: str) -> dict[str, Any]:
    kind = chance.choice(["Assign", "Assign", "AssignMetadata", "ModifySet", "AssignImage"])
    location = chance.choice(LOCATIONS)
    spec: dict[str, Any] = {"location": location, "match": match(chance)}
    parameters: dict[str, Any] = {}
    if kind == "AssignMetadata":
        spec["location"] = chance.choice(["metadata.labels.team", "metadata.annotations.team", "metadata.labels.app"])
        parameters["assign"] = chance.choice([{"value": "x"}, {"fromMetadata": {"field": "name"}}])
    else:
        spec["applyTo"] = [targets(chance)]
        if chance.random() < 0.3:
            parameters["pathTests"] = path_tests(chance, location)
    if kind == "Assign":
        parameters["assign"] = chance.choice(
            [{"value": chance.choice(VALUES)}] * 3 + [{"fromMetadata": {"field": "namespace"}}]
        )
    if kind == "ModifySet":
        parameters["values"] = {"fromList": chance.choice([["a"], ["a", "b", "a"], [1, "1"], [{"a": 1}]])}
        parameters["operation"] = chance.choice(["merge", "prune"])
    if kind == "AssignImage":
        parts = zip(("Domain", "Path", "Tag"), (DOMAINS, PATHS, TAGS), strict=True)
        parameters |= {f"assign{part}": chance.choice(values) for part, values in parts}
    version = "v1alpha1" if kind == "AssignImage" else "v1"
    return {
        "apiVersion": f"mutations.gatekeeper.sh/{version}", "kind": kind, "metadata": {"name": name},
        "spec": spec | {"parameters": parameters},
    }  # fmt: skip


def match(chance: Random) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "labelSelector": {"matchLabels": {"tier": "front"}},
        "namespaces": [chance.choice(["shop", "sh*", "other"])],
        "excludedNamespaces": [chance.choice(["*op", "other"])],
        "name": chance.choice(PATTERNS),
        "scope": chance.choice(["Cluster", "Namespaced", "*"]),
        "source": chance.choice(["All", "Original", "Generated"]),
        "kinds": [{"apiGroups": ["*"], "kinds": [chance.choice(["Deployment", "Pod", "*"])]}],
        "namespaceSelector": {"matchLabels": {"kept": chance.choice(["yes", "no"])}},
    }
    return {key: parts[key] for key in chance.sample(sorted(parts), chance.choice([0, 0, 0, 1, 2]))}


def targets(chance: Random) -> dict[str, Any]:
    kinds = chance.choice([["Deployment"], ["Deployment"], ["Pod"], ["Deployment", "Pod"], []])
    given: dict[str, Any] = {"groups": ["apps", ""], "versions": ["v1"], "kinds": kinds}
    if chance.random() < 0.3:
        given["operations"] = chance.choice([["*"], ["CREATE"], ["CREATE", "UPDATE"], ["*", "CREATE"], ["DELETE"]])
    return given


def path_tests(chance: Random, location: str) -> list[dict[str, str]]:
    starts = ["spec.template.spec", "spec.template", "spec", "spec.other", location]
    conditions = ["MustExist", "MustNotExist"]
    return [
        {"subPath": chance.choice(starts), "condition": chance.choice(conditions)}
        for _ in range(chance.choice([1, 1, 2]))
    ]
