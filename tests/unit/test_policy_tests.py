"""`policy test`: suites and Rego's own tests; gator and opa end them alike: tests/real/test_rego_policies.py."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from gitopsgen import cli
from gitopsgen.diagnostics import UsageError
from gitopsgen.pipeline.policy_tests import run_policy_tests
from gitopsgen.policy.suites import SuiteError, _disproved

ROOT = Path(__file__).parents[2]
TEMPLATE = """
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: labelled}
spec:
  crd:
    spec:
      names: {kind: Labelled}
      validation: {openAPIV3Schema: {type: object, properties: {label: {type: string}}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package labelled
        violation[{"msg": msg}] {
          not input.review.object.metadata.labels[input.parameters.label]
          msg := sprintf("%v: no %v", [input.review.operation, input.parameters.label])
        }
"""
CONSTRAINT = """
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Labelled
metadata: {name: all}
spec: {parameters: {label: owner}}
"""
DELETION = """
apiVersion: admission.k8s.io/v1
kind: AdmissionReview
request:
  operation: DELETE
  kind: {group: "", version: v1, kind: Namespace}
  oldObject: {apiVersion: v1, kind: Namespace, metadata: {name: a}}
"""
SUITE = """
apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
tests:
  - name: labels
    template: template.yaml
    constraint: constraint.yaml
    cases:
      - name: usual
        object: namespace.yaml
        assertions: [{}]
      - name: counted
        object: namespace.yaml
        assertions: [{violations: 1, message: "no own.r$"}, {violations: no, message: "^yes"}]
      - name: deleted
        object: deletion.yaml
        assertions: [{message: "^DELETE: no owner"}]
      - name: wrong
        object: namespace.yaml
        assertions: [{violations: 2}]
      - name: empty
        object: namespace.yaml
      - name: absent
        object: nowhere.yaml
        assertions: [{}]
      - name: later
        skip: true
  - name: malformed
    template: template.yaml
    constraint: malformed.yaml
    invalid: true
  - name: fitting
    template: template.yaml
    constraint: constraint.yaml
    invalid: true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "template": TEMPLATE,
        "constraint": CONSTRAINT,
        "malformed": CONSTRAINT.replace("label:", "labels:"),
        "namespace": "{apiVersion: v1, kind: Namespace, metadata: {name: a}}",
        "deletion": DELETION,
        "suite": SUITE,
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path


def test_a_suite_ends_case_by_case(folder: Path):
    report = run_policy_tests([str(folder)])

    assert {tested.name: tested.wrong for *_, tested in report.tests} == {
        "labels/usual": "",
        "labels/counted": "",
        "labels/deleted": "",
        "labels/wrong": "got 1 violations, expected exactly 2; got: : no owner",
        "labels/empty": "the case asserts nothing",
        "labels/absent": f'the file "{folder}/nowhere.yaml" cannot be read',
        "labels/later": "",
        "malformed": "",
        "fitting": "the constraint fits the schema of its template, expected one that does not",
    }
    assert [tested.name for *_, tested in report.tests if tested.is_skipped] == ["labels/later"]
    places = {one.message.partition(":")[0]: one.location.line for one in report.findings}
    assert SUITE.splitlines()[places["labels/wrong"] - 1] == "      - name: wrong"


def test_the_outcome_is_for_programs_too(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["policy", "test", str(folder), "-o", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {one["outcome"] for one in told["tests"]} == {"passed", "failed", "skipped"}
    assert {one["code"] for one in told["findings"]} == {"GG603"}

    assert cli.main(["policy", "test", str(folder), "-o", "junit"]) == 1
    assert 'tests="9" failures="4"' in capsys.readouterr().out


def test_rego_that_cannot_be_read_is_told_at_its_line(tmp_path: Path):
    (tmp_path / "a_test.rego").write_text("package a\n\ntest_x if {\n", "utf-8")

    (found,) = run_policy_tests([str(tmp_path)]).findings

    assert (found.code, found.location.line) == ("GG604", 4)


def test_no_test_at_all_is_an_error(tmp_path: Path):
    assert [one.code for one in run_policy_tests([str(tmp_path)]).findings] == ["GG605"]
    with pytest.raises(UsageError):
        run_policy_tests([str(tmp_path / "nowhere")])


def test_our_own_policies_pass_their_tests():
    report = run_policy_tests([str(ROOT / "blueprints")])

    assert len(report.tests) > 80
    assert [tested.name for *_, tested in report.tests if tested.wrong] == []


def test_a_scaffolded_policy_passes_its_tests(tmp_path: Path):
    root = tmp_path / "gitops"
    assert cli.main(["init", str(root), "--no-input", "-q"]) == 0
    with contextlib.chdir(root):
        assert cli.main(["new", "policy", "required-labels", "--no-input", "-q"]) == 0
        report = run_policy_tests(["blueprints"])

    assert any("required" in file for file, *_ in report.tests)
    assert [tested.name for *_, tested in report.tests if tested.wrong] == []


def unit(folder: Path, rules: str) -> list[str]:
    (folder / "p_test.rego").write_text(f"package p_test\nimport rego.v1\n{rules}\n")
    return [one.message for one in run_policy_tests([str(folder)]).findings]


@pytest.mark.parametrize("value", ["5", '"x"', "[1]", "{1}", '{"a": 1}', "null", "false"])
def test_only_true_passes_as_with_opa(value: str, tmp_path: Path):
    (found,) = unit(tmp_path, f"test_a := {value}")

    assert found.endswith(", expected true")


def test_tests_find_the_data_beside_them(tmp_path: Path):
    (tmp_path / "data.yaml").write_text("users: {bob: {ok: true}}\n")

    assert not unit(tmp_path, "test_a if data.users.bob.ok")


def test_data_that_cannot_be_read_is_told(tmp_path: Path):
    (tmp_path / "data.yaml").write_text("users: [\n")

    assert len(unit(tmp_path, "test_a := true")) == 1


def test_what_one_test_prints_is_not_the_next_ones(tmp_path: Path):
    unit(tmp_path, 'test_a if { print("hello"); true }\ntest_b if to_number("x") == 1')

    printed = [tested.printed for _, _, tested in run_policy_tests([str(tmp_path)]).tests]
    assert [len(one) for one in printed] == [1, 0]


@pytest.mark.parametrize(("pattern", "is_right"), [(r"(?i)CREATE\pP", True), (r"^x", False), ("[", False)])
def test_messages_are_asked_in_the_dialect_of_go(pattern: str, is_right: bool):
    if pattern == "[":
        with pytest.raises(SuiteError, match="is no regular expression"):
            _disproved({"message": pattern}, ["create: no owner"])
    else:
        assert bool(_disproved({"message": pattern}, ["create: no owner"])) is not is_right
