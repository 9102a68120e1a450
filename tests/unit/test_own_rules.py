"""Rules of one's own: each mistake of somebody new to them is told, at its place, and nothing is skipped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.check import own
from gitopsgen.check.own import Function
from gitopsgen.diagnostics import Severity
from gitopsgen.pipeline.own_rules import ReadRules, read_folders, read_rules
from gitopsgen.policy.own import Own
from gitopsgen.policy.units import read_modules

HEAD = "package a\nimport rego.v1\n"
TEMPLATE = """
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: owned}
spec:
  crd: {spec: {names: {kind: Owned}}}
  targets: [{target: admission.k8s.gatekeeper.sh, rego: "package owned\\nviolation[{\\"msg\\": \\"x\\"}] { true }"}]
"""
CONSTRAINT = """
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Owned
metadata: {name: all}
"""


def read(folder: Path, **files: str | bytes) -> ReadRules:
    for name, text in files.items():
        content = text if isinstance(text, bytes) else text.encode()
        (folder / name.replace("_", ".")).write_bytes(content)
    return read_folders([str(folder)])


def told(read: ReadRules, folder: Path) -> list[str]:
    return [
        f"{str(one.location).removeprefix(f'{folder}/')} {one.severity.value}: {one.message}" for one in read.findings
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            'deny contains "x" if { true }\n',
            "r.rego:1:1 error: not evaluated: the file has no package",
        ),
        (
            f'{HEAD}deny contains "x" if {{ input.a = = 1 }}\n',
            "r.rego:3:34 error: not evaluated: expected",
        ),
        (f'{HEAD}deny contains "x" if {{ input.a\n', 'r.rego:4:1 error: not evaluated: expected "}" here'),
        (f"{HEAD}deny contains msg if {{ true }}\n", 'r.rego:3:15 error: not evaluated: "msg" is given no value'),
        (
            f'{HEAD}deny contains msg if {{\n\tinput.a == 1\n\tmsg := sprintf("%v", [b])\n}}\n',
            'r.rego:5 error: not evaluated: "b" is given no value',
        ),
        (
            f"{HEAD}import data.lib\ndeny contains 1 if {{ lib.f(1) }}\n",
            "r.rego:4:27 error: not evaluated: there is no",
        ),
        (
            'package a\ndeny[m] { m := "x" }\nwarn contains "x" if { true }\n',
            'r.rego:2:9 error: not evaluated: expected "if"',
        ),
        (f"{HEAD}denied contains 1 if true\n", "r.rego:1 warning: no rule of the folder is called deny"),
        (f"{HEAD}deny contains 1 if input.review.object.a\n", 'r.rego:3 warning: "input.review.object" is where'),
        (b"package a\n# \xff\n", "r.rego:2:3 error: byte 0xff is not UTF-8"),
    ],
)
def test_a_mistake_in_rego_is_told_at_its_place(policy: str | bytes, expected: str, tmp_path: Path, capfd):
    found = told(read(tmp_path, r_rego=policy), tmp_path)

    assert len(found) == 1
    assert found[0].startswith(expected)
    assert capfd.readouterr() == ("", "")  # the engine would warn by itself


@pytest.mark.parametrize("rule", ["deny if input.a", 'deny := "no" if input.a', 'deny["x"] := 1 if input.a'])
def test_a_rule_that_gives_no_set_is_no_pass(rule: str):
    said = list(Own([("r.rego", f"{HEAD}{rule}\n")]).complaints({"a": 1}))

    assert [one.weight for one in said] == [None]
    assert 'expected a set of messages: deny contains "…" if' in said[0].message


def test_data_beside_rego_is_read(tmp_path: Path):
    rules = read(tmp_path, r_rego=f'{HEAD}deny contains "bad" if input.a in data.bad\n', data_yaml="bad: [1]\n").rules

    assert [one.message for one in rules.policies[0].complaints({"a": 1})] == ["bad"]
    assert not list(rules.policies[0].complaints({"a": 2}))


def test_data_files_that_contradict_each_other_are_told(tmp_path: Path):
    found = read(tmp_path, r_rego=f"{HEAD}deny contains 1 if false\n", data_yaml="a: 1\n", data_json='{"a": 2}')

    assert len(found.findings) == 1
    assert '"a" stands in another data file' in found.findings[0].message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEMPLATE, 'no constraint of the kind "Owned" is among the policies'),
        (CONSTRAINT, 'no ConstraintTemplate among the policies makes the kind "Owned"'),
    ],
)
def test_half_of_a_policy_of_gatekeeper_is_told(text: str, expected: str, tmp_path: Path):
    (found,) = read(tmp_path, r_yaml=text).findings

    assert found.message.startswith(expected)
    assert found.severity is Severity.WARNING


def test_an_admission_policy_among_them_is_told(tmp_path: Path):
    policy = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\n"

    assert told(read(tmp_path, r_yaml=policy), tmp_path) == [
        "r.yaml:2:1 warning: not evaluated: a ValidatingAdmissionPolicy is judged where it stands among the manifests"
    ]


def test_both_halves_are_whole(tmp_path: Path):
    assert not read(tmp_path, a_yaml=TEMPLATE, b_yaml=CONSTRAINT).findings


def test_python_in_a_folder_of_policies_is_told(tmp_path: Path):
    assert told(read(tmp_path, r_py="def check(m): return []\n", helper_py="X = 1\n"), tmp_path) == [
        "r.py warning: not evaluated: a rule in Python runs only from the folder that gitopsgen.yaml names"
    ]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (b"def check(m)\n", "r.py:1:13 error: not evaluated: SyntaxError: expected ':'"),
        (b"import sys\nsys.exit(3)\n", "r.py:2 error: not evaluated: SystemExit: 3"),
        (b"# \xff\n", "r.py:1:3 error: byte 0xff is not UTF-8"),
        (b"while True: pass\n", "r.py:1 error: not evaluated: TimeoutError: took more than"),
    ],
)
def test_a_program_that_cannot_be_a_rule_is_told(
    program: bytes, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(own, "_LONGEST", 0.1)
    (tmp_path / "r.py").write_bytes(program)

    (found,) = told(read_rules(tmp_path, [], ["r.py"]), tmp_path)
    assert found.startswith(expected)


@pytest.mark.parametrize("said", [5, {"msg": "x"}, ("x", ("metadata",)), ("a", "b", "c")])
def test_what_a_rule_in_python_may_give_is_told(said: object):
    with pytest.raises(TypeError, match="expected a text, or a path and a text"):
        list(Function("r.py", lambda _: [said]).complaints({}))


def test_a_rule_in_python_may_return_one_text_and_dotted_paths():
    assert list(Function("r.py", lambda _: "bad").complaints({})) == [((), "bad")]
    assert list(Function("r.py", lambda _: [("a.b", "bad")]).complaints({})) == [(("a", "b"), "bad")]


def test_a_rule_that_never_comes_back_is_ended_once(monkeypatch: pytest.MonkeyPatch):
    """Though it catches all that it may: one wait, and not one for each object."""
    monkeypatch.setattr(own, "_LONGEST", 0.1)
    calls = []

    def check(_: object) -> None:
        calls.append(1)
        while True:
            try:
                while True:
                    pass
            except Exception:  # noqa: BLE001, S110 - as a rule might
                pass

    rule = Function("r.py", check)
    for _ in range(3):
        with pytest.raises(TimeoutError, match="so it was ended"):
            list(rule.complaints({}))
    assert len(calls) == 1


def test_what_a_rule_prints_stays_out_of_the_report(capsys: pytest.CaptureFixture[str]):
    list(Function("r.py", lambda _: print("hello")).complaints({}))  # noqa: T201 - a rule of somebody else

    assert capsys.readouterr().out == ""


def test_the_form_of_before_opa_one_needs_its_imports():
    assert read_modules([("a.rego", "package a\nimport future.keywords\nx[y] { some y in [1] }\n")]).ask(
        "data.a.x", "{}"
    ) == [1]
