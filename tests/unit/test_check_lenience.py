"""What servers of one version take and those of another refuse, and what of a template they refuse in its pods alone.

Each line was asked of real servers of both versions.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

SCHEMAS = Path(__file__).parents[2] / "schemas"
POD = "{{apiVersion: v1, kind: Pod, metadata: {{name: a, namespace: b, labels: {{a: b}}}}, spec: {}}}"
DAEMONS = (
    "{{apiVersion: apps/v1, kind: DaemonSet, metadata: {{name: a, namespace: b}}, spec: "
    "{{selector: {{matchLabels: {{a: b}}}}, template: {{metadata: {{labels: {{a: b}}}}, spec: {}}}}}}}"
)
JOB = "{{apiVersion: batch/v1, kind: Job, metadata: {{name: a, namespace: b}}, spec: {}}}"
CRON = (
    "{{apiVersion: batch/v1, kind: CronJob, metadata: {{name: a, namespace: b}}, spec: "
    '{{schedule: "* * * * *", jobTemplate: {{spec: {}}}}}}}'
)
IGNORING = (
    "{podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}, "
    "template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}"
)
REVISION = (
    "{{apiVersion: apps/v1, kind: ControllerRevision, metadata: {{name: a, namespace: b}}, revision: 1, data: {}}}"
)
DRIVER = "{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: a.b}, spec: {tokenRequests: [null]}}"
TEMPLATE = "{{apiVersion: v1, kind: PodTemplate, metadata: {{name: a, namespace: b}}, template: {{spec: {}}}}}"

DEFINED = (
    "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: doors.example.com}, spec: "
    "{group: example.com, scope: Namespaced, names: {kind: Door, plural: doors, singular: door, listKind: DoorList}, "
    "versions: [{name: v1, served: true, storage: true, selectableFields: [{}], "
    "schema: {openAPIV3Schema: {type: object}}}]}}"
)


def mounted(value: str, more: str = "") -> str:
    return f"{{containers: [{{name: a, image: a, securityContext: {{procMount: {value}}}}}]{more}}}"


def spread(keys: str, selected: str) -> str:
    constraint = f"maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [{keys}]"
    return (
        f"{{topologySpreadConstraints: [{{{constraint}, labelSelector: {{matchLabels: {{{selected}: b}}}}}}], "
        "containers: [{name: a, image: a}]}"
    )


def near(keys: str) -> str:
    term = f"{{topologyKey: a, {keys}, labelSelector: {{matchLabels: {{a: b}}}}}}"
    return (
        f"{{affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}, "
        "containers: [{name: a, image: a}]}"
    )


def running(fields: str) -> str:
    return f"{{{fields}, containers: [{{name: a, image: a}}]}}"


def refused(version: str, document: str) -> bool:
    pack = "seed" if version == "1.30" else "modern"
    manifest = Manifest(VariantId("a", "b", "c"), "a.yaml", "a.j2", 0, yaml.safe_load(document))
    return any(found.refused for found in Checker(version, SCHEMAS / pack, keep=False).manifest(manifest))


@pytest.mark.parametrize(
    ("document", "older", "newer"),
    [
        (POD.format(mounted("Wrong")), False, True),
        (POD.format(mounted('""')), False, True),
        (POD.format(mounted("Unmasked")), False, True),
        (POD.format(mounted("Unmasked", ", hostUsers: false")), False, False),
        (POD.format(spread("a", "a")), True, True),
        (POD.format(spread("other", "other")), True, False),
        (DAEMONS.format(spread("a", "a")), True, False),
        (POD.format(near("matchLabelKeys: [a]")), False, True),
        (POD.format(near("mismatchLabelKeys: [a]")), False, False),
        (DAEMONS.format(near("matchLabelKeys: [a]")), False, False),
        (JOB.format(IGNORING), False, False),
        (CRON.format(IGNORING), True, False),
        (REVISION.format("5"), False, True),
        (REVISION.format('""'), False, True),
        (REVISION.format("null"), True, True),
        (REVISION.format("{}"), False, False),
        (DRIVER, False, False),
        (DEFINED, False, True),
        (POD.format(running("priority: 5")), True, True),
        (POD.format(running("priority: 0")), False, False),
        (DAEMONS.format(running("priority: 5")), False, False),
        (POD.format(running("overhead: {}")), True, True),
        (DAEMONS.format(running("overhead: {cpu: 1}")), False, False),
        (DAEMONS.format(running("overhead: {cpu: -1}")), True, True),
        (TEMPLATE.format(running("restartPolicy: Never")), False, False),
        (TEMPLATE.format("{containers: []}"), True, True),
    ],
)
def test_a_refusal_is_that_of_a_server_of_this_version(document, older, newer):
    assert [refused("1.30", document), refused("1.35", document)] == [older, newer]


def test_a_kept_template_makes_no_pods_that_a_service_could_reach():
    spec, template = "{selector: {a: b}, ports: [{port: 1}]}", "{metadata: {labels: {a: b}}}"
    documents = [
        f"{{apiVersion: v1, kind: PodTemplate, metadata: {{name: a, namespace: b}}, template: {template}}}",
        f"{{apiVersion: v1, kind: Service, metadata: {{name: a, namespace: b}}, spec: {spec}}}",
    ]
    variant = VariantId("a", "b", "c")
    made = [Manifest(variant, "a.yaml", "a.j2", index, yaml.safe_load(one)) for index, one in enumerate(documents)]
    found = Checker("1.35", SCHEMAS / "modern", keep=False).cluster(made)

    assert "dangling-service" in {one.name for one in found}
