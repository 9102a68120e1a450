"""What Gatekeeper would say: each file of tests/policies holds policies, objects, and what comes of them.

tests/real/test_rego_policies.py asks the real gator the same.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitopsgen.check import Checker
from gitopsgen.diagnostics import Severity
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from gitopsgen.policy.gatekeeper import Gatekeeper
from gitopsgen.policy.verdicts import Memory
from tests.policies.reading import cases, expected, objects

ROOT = Path(__file__).parents[2]


def template(kind: str, rego: str) -> dict[str, Any]:
    return {
        "apiVersion": "templates.gatekeeper.sh/v1",
        "kind": "ConstraintTemplate",
        "metadata": {"name": kind.lower()},
        "spec": {
            "crd": {"spec": {"names": {"kind": kind}}},
            "targets": [{"target": "admission.k8s.gatekeeper.sh", "rego": f"package {kind.lower()}\n{rego}"}],
        },
    }


def constraint(kind: str, name: str = "all", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": kind, "metadata": {"name": name}, "spec": spec,
    }  # fmt: skip


def obj(kind: str, name: str, namespace: str = "", **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}


ALWAYS = template("Always", 'violation[{"msg": "seen"}] { true }')
ACCOUNTS = {"kinds": [{"apiGroups": [""], "kinds": ["ServiceAccount"]}]}


def findings(*found: dict[str, Any]) -> list[tuple[str, Severity, str]]:
    """Give name, severity and message of what is said of objects, as `check` says it."""
    manifests = [Manifest(VariantId("a", "b", "c"), "f.yaml", "f.j2", at, one) for at, one in enumerate(found)]
    checker = Checker("1.35", ROOT / "schemas" / "modern", keep=False)
    return [(one.manifest.data["metadata"]["name"], one.severity, one.message) for one in checker.policies(manifests)]


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_policies_say_exactly_what_is_expected_of_them(path: Path):
    found = objects(path)

    verdicts = list(Gatekeeper(found, Memory()).verdicts(range(len(found))))

    assert [one for one in verdicts if one.weight is None] == []
    said = [(found[one.subject], one.message) for one in verdicts]
    assert sorted(f"{data['kind']} {data['metadata']['name']}: {message}" for data, message in said) == expected(path)


def test_what_the_config_exempts_is_left_alone_or_only_noted():
    config = {
        "apiVersion": "config.gatekeeper.sh/v1alpha1",
        "kind": "Config",
        "metadata": {"name": "config", "namespace": "gatekeeper-system"},
        "spec": {
            "match": [
                {"excludedNamespaces": ["kube-*"], "processes": ["*"]},
                {"excludedNamespaces": ["later"], "processes": ["webhook"]},
            ]
        },
    }
    names = ("kube-a", "later", "shop")
    accounts = [obj("ServiceAccount", f"in-{name}", name) for name in names]

    said = findings(ALWAYS, constraint("Always", match=ACCOUNTS), config, *accounts)

    assert said == [
        ("in-later", Severity.INFO, "seen (Always all)"),
        ("in-shop", Severity.ERROR, "seen (Always all)"),
    ]


def test_a_namespace_that_is_ignored_is_only_audited():
    ignored = obj("Namespace", "quiet", **{"admission.gatekeeper.sh/ignore": "yes"})

    said = findings(ALWAYS, constraint("Always", match=ACCOUNTS), ignored, obj("ServiceAccount", "a", "quiet"))

    assert [severity for _, severity, _ in said] == [Severity.INFO]


@pytest.mark.parametrize(
    ("spec", "severity"),
    [
        ({}, Severity.ERROR),
        ({"enforcementAction": "deny"}, Severity.ERROR),
        ({"enforcementAction": "warn"}, Severity.WARNING),
        ({"enforcementAction": "dryrun"}, Severity.INFO),
        (
            {
                "enforcementAction": "scoped",
                "scopedEnforcementActions": [
                    {"action": "deny", "enforcementPoints": [{"name": "audit.gatekeeper.sh"}]},
                    {"action": "warn", "enforcementPoints": [{"name": "*"}]},
                ],
            },
            Severity.WARNING,
        ),
    ],
)
def test_enforcement_actions_weigh_as_they_do_at_the_webhook(spec: dict[str, Any], severity: Severity):
    said = findings(ALWAYS, constraint("Always", match=ACCOUNTS, **spec), obj("ServiceAccount", "a", "shop"))

    assert [one for _, one, _ in said] == [severity]


def test_cluster_wide_objects_are_not_disqualified_by_namespaces():
    """Gator gives them an empty Namespace; the webhook does not, and it is the webhook that refuses."""
    match = {"scope": "Cluster", "namespaceSelector": {"matchLabels": {"a": "b"}}, "kinds": [{"kinds": ["Node"]}]}

    assert findings(ALWAYS, constraint("Always", match=match), obj("Node", "n")) == [
        ("n", Severity.ERROR, "seen (Always all)")
    ]


def test_namespaces_have_the_label_that_the_server_gives_them():
    match = {**ACCOUNTS, "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    accounts = [obj("ServiceAccount", f"in-{name}", name) for name in ("kube-system", "default")]

    said = findings(ALWAYS, constraint("Always", match=match), *accounts)

    assert [name for name, *_ in said] == ["in-kube-system"]


def test_the_inventory_holds_what_gatekeeper_is_told_to_keep():
    kept = template("Kept", 'violation[{"msg": kind}] { data.inventory.namespace.shop["v1"][kind] }')
    sync = {
        "apiVersion": "syncset.gatekeeper.sh/v1alpha1",
        "kind": "SyncSet",
        "metadata": {"name": "kept"},
        "spec": {"gvks": [{"group": "", "version": "v1", "kind": "Secret"}]},
    }
    others = [obj("Secret", "s", "shop"), obj("ServiceAccount", "a", "shop")]
    asked = [kept, constraint("Kept", match=ACCOUNTS), *others]

    assert [message for *_, message in findings(*asked, sync)] == ["Secret (Kept all)"]
    assert [message for *_, message in findings(*asked)] == ["Secret (Kept all)", "ServiceAccount (Kept all)"]


def test_an_expansion_that_finds_nothing_to_make_is_told():
    expansion = {
        "apiVersion": "expansion.gatekeeper.sh/v1beta1",
        "kind": "ExpansionTemplate",
        "metadata": {"name": "pods"},
        "spec": {
            "applyTo": [{"groups": [""], "versions": ["v1"], "kinds": ["ServiceAccount"]}],
            "templateSource": "spec.template",
            "generatedGVK": {"group": "", "version": "v1", "kind": "Pod"},
        },
    }

    said = findings(ALWAYS, constraint("Always", match={"name": "none"}), expansion, obj("ServiceAccount", "a", "shop"))

    assert said == [
        ("a", Severity.ERROR, 'not evaluated: ExpansionTemplate pods finds no "spec.template" in the object')
    ]


OWNED = template("Owned", 'violation[{"msg": "no owner"}] { not input.review.object.metadata.labels.owner }')
OWNER = {
    "apiVersion": "mutations.gatekeeper.sh/v1",
    "kind": "AssignMetadata",
    "metadata": {"name": "owner"},
    "spec": {"location": "metadata.labels.owner", "parameters": {"assign": {"value": "platform"}}},
}


def test_policies_judge_what_mutators_make_of_an_object():
    asked = (OWNED, constraint("Owned", match=ACCOUNTS), obj("ServiceAccount", "a", "shop"))
    spoilt = {**OWNER, "spec": {**OWNER["spec"], "location": "metadata.owner"}}

    assert findings(*asked) == [("a", Severity.ERROR, "no owner (Owned all)")]
    assert findings(*asked, OWNER) == []
    assert [(name, message.partition(": ")[0]) for name, _, message in findings(*asked, spoilt)] == [
        ("a", "no owner (Owned all)"),
        ("owner", "not evaluated"),
    ]


def test_a_violation_that_a_mutator_brings_about_names_it():
    bad = {**OWNER, "spec": {**OWNER["spec"], "location": "metadata.labels.bad"}}
    refusing = template("Clean", 'violation[{"msg": "bad"}] { input.review.object.metadata.labels.bad }')
    found = [refusing, constraint("Clean", match=ACCOUNTS), bad, obj("ServiceAccount", "a", "shop")]

    [verdict] = Gatekeeper(found, Memory()).verdicts(range(len(found)))

    assert (verdict.message, verdict.changed_by) == ("bad", ("AssignMetadata owner",))


@pytest.mark.parametrize("process", ["*", "mutation-webhook"])
def test_what_is_exempt_from_mutation_is_judged_as_it_stands(process: str):
    match = [{"excludedNamespaces": ["sh*"], "processes": [process]}]
    config = {
        "apiVersion": "config.gatekeeper.sh/v1alpha1",
        "kind": "Config",
        "metadata": {"name": "config", "namespace": "gatekeeper-system"},
        "spec": {"match": match},
    }
    asked = (OWNED, constraint("Owned", match=ACCOUNTS), OWNER, obj("ServiceAccount", "a", "shop"))

    assert findings(*asked) == []
    assert [message for *_, message in findings(*asked, config)] == ["no owner (Owned all)"] * (process != "*")


def test_what_is_expanded_is_mutated_too():
    expansion = {
        "apiVersion": "expansion.gatekeeper.sh/v1beta1",
        "kind": "ExpansionTemplate",
        "metadata": {"name": "pods"},
        "spec": {
            "applyTo": [{"groups": [""], "versions": ["v1"], "kinds": ["ServiceAccount"]}],
            "templateSource": "metadata",
            "generatedGVK": {"group": "", "version": "v1", "kind": "Pod"},
        },
    }
    pods = {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}], "source": "Generated"}
    asked = (OWNED, constraint("Owned", match=pods), expansion, obj("ServiceAccount", "a", "shop"))

    assert [message for *_, message in findings(*asked)] == ["[Implied by pods] no owner (Owned all)"]
    assert findings(*asked, OWNER) == []


def test_a_mutator_that_fails_is_told_of_the_object():
    spec = {"location": "secrets.name", "parameters": {"assign": {"value": "x"}}}
    spec["applyTo"] = [{"groups": [""], "versions": ["v1"], "kinds": ["ServiceAccount"]}]
    failing = {**OWNER, "kind": "Assign", "spec": spec}
    account = {**obj("ServiceAccount", "a", "shop"), "secrets": [{"name": "token"}]}

    assert findings(failing, account) == [
        (
            "a",
            Severity.ERROR,
            "not evaluated: Assign owner: found a list where the location has an object with name",
        )
    ]


def test_each_question_is_asked_once():
    memory = Memory()
    found = [ALWAYS, constraint("Always", match=ACCOUNTS), *[obj("ServiceAccount", "a", "shop")] * 3]

    verdicts = [list(Gatekeeper(found, memory).verdicts(range(len(found)))) for _ in range(2)]

    assert [len(each) for each in verdicts] == [3, 3]
    assert memory.asked == 1


def test_a_cluster_without_policies_loads_no_engine():
    code = (
        "import sys; from gitopsgen.check import Checker; from pathlib import Path;"
        f"c = Checker('1.35', Path({str(ROOT / 'schemas/modern')!r}), keep=False); assert c.policies(()) == ();"
        "assert not {'regorus', 'cel_expr_python'} & set(sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
