"""Admission policies: how their variables are bound, and which fields of other objects they look into."""

from pathlib import Path

import pytest

from gitopsgen.cel import evaluate
from gitopsgen.cel.variables import bound, used
from gitopsgen.check.admission.sight import fields_read, reaches
from gitopsgen.pipeline import CheckOptions, check_manifests
from gitopsgen.pipeline.foreign import ForeignOptions
from gitopsgen.schemas import Bundled

PACK = Path(__file__).parents[2] / "schemas/modern"

VARIABLES = (
    ("spec", "object.spec"),
    ("images", "variables.spec.containers.map(c, c.image)"),
    ("broken", "object.missing"),
    ("unused", "variables.images.size() / 0"),
)
OBJECT = {"spec": {"containers": [{"image": "a"}, {"image": "b"}]}}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("variables.images == ['a', 'b']", True),
        ("variables.images.size() == 2 || variables.broken", True),
        ("'variables.broken ' + variables.images.join(',') // variables.broken", "variables.broken a,b"),
        ("variables . images.exists(images, images == 'b')", True),
        ("object.spec.containers.size()", 2),
    ],
)
def test_a_variable_is_evaluated_when_it_is_asked_for(expression, value):
    assert evaluate(bound(expression, VARIABLES), {"object": OBJECT}) == value


def test_only_variables_that_are_used_are_bound():
    assert "missing" not in bound("variables.images == []", VARIABLES)
    assert bound("object.spec", VARIABLES) == "object.spec"
    assert used("variables.a + 'variables.b' // variables.c") == {"a"}


def policy(*expressions):
    return {"spec": {"validations": [{"expression": one} for one in expressions]}}


def test_a_policy_that_only_compares_looks_into_nothing():
    assert fields_read(policy("object.spec.type == 'ClusterIP'", "!has(object.spec.replicas)")) == frozenset()
    assert fields_read("no policy") == frozenset()


@pytest.mark.parametrize(
    ("path", "is_reached"),
    [
        (("spec", "template", "spec", "containers", 0, "image"), True),
        (("spec", "template", "spec", "containers", 0, "resources", "limits", "cpu"), True),
        (("spec", "template", "spec", "containers", 0, "name"), False),
        (("spec", "template", "spec", "serviceAccountName"), False),
        (("metadata", "name"), False),
    ],
)
def test_a_policy_gets_at_fields_that_it_names_and_at_keys_of_their_maps(path, is_reached):
    fields = fields_read(
        policy(
            "object.spec.template.spec.containers.all(c, c.image.startsWith('a'))",
            "object.spec.template.spec.containers.all(c, c.resources.limits.all(k, k.size() < 5))",
        )
    )

    assert reaches(fields, Bundled("1.35").find("apps/v1", "Deployment"), path) is is_reached


def test_what_is_asked_of_the_request_stands_in_the_metadata():
    fields = fields_read(policy("request.namespace.startsWith('a')"))

    assert reaches(fields, Bundled("1.35").find("v1", "Service"), ("metadata", "namespace"))


LABELLED = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: owned}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  validations: [{expression: "'owner' in object.metadata.labels && object.metadata.labels.owner == 'payments'"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: owned}
spec: {policyName: owned, validationActions: [Deny]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {sort: shop}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: shop, labels: {app: a}}
"""
ASSIGNED = """---
apiVersion: mutations.gatekeeper.sh/v1
kind: AssignMetadata
metadata: {name: owner}
spec:
  match: {scope: Namespaced, namespaceSelector: {matchLabels: {sort: shop}}}
  location: metadata.labels.owner
  parameters: {assign: {value: OWNER}}
"""
EXEMPT = """---
apiVersion: config.gatekeeper.sh/v1alpha1
kind: Config
metadata: {name: config, namespace: gatekeeper-system}
spec: {match: [{excludedNamespaces: [shop], processes: [mutation-webhook]}]}
"""


def refused(folder, text):
    (folder / "a.yaml").write_text(text, "utf-8")
    report = check_manifests((str(folder),), (), ForeignOptions("1.35", PACK), CheckOptions(only=("GG482",)))
    return [one.message for one in report.findings if one.code == "GG482"]


def test_admission_policies_see_what_the_mutators_of_gatekeeper_leave(tmp_path):
    wanted = LABELLED + ASSIGNED.replace("OWNER", "payments")

    assert len(refused(tmp_path, LABELLED)) == 1
    assert refused(tmp_path, wanted) == []
    assert len(refused(tmp_path, LABELLED + ASSIGNED.replace("OWNER", "others"))) == 1
    assert len(refused(tmp_path, wanted + EXEMPT)) == 1
    assert len(refused(tmp_path, wanted.replace("location: metadata.", "location: spec."))) == 1  # no such mutator
