"""Policies as we evaluate them, compared with the real Gatekeeper (gator) and the real Open Policy Agent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitopsgen.pipeline.policy_tests import run_policy_tests
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.gatekeeper import Gatekeeper
from gitopsgen.policy.modules import Module
from gitopsgen.policy.rego import Policy
from gitopsgen.policy.verdicts import Memory
from tests.policies.reading import cases, expected

from . import documents
from .components import gator, opa
from .fleet import objects_below
from .needs import program
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet
from .test_gator import CITY, CLUSTERS, FAULTY, PLANTED, POLICIES, is_restricted
from .test_rego import POLICY_FOLDERS

pytestmark = pytest.mark.real

INPUT = {
    "a": 1, "s": "abc", "l": [1, 2], "o": {"k": "v"}, "n": None, "f": 1.5, "nested": [{"x": 1}, {"y": 2}],
}  # fmt: skip
HEAD = "package p\nf(a, b) { a == b }\ng(x) { x > 0 }\nh(x) = y { y := x + 1 }\n"
# Bodies of `v[x]`, in the form of before OPA 1.0; `zz` is undefined.
BODIES = r"""
not f(1, input.zz); x := 1
not f(1, input.a); x := 1
not f(2, input.a); x := 1
not input.zz == 1; x := 1
not 1 == input.zz; x := 1
not input.zz = 1; x := 1
not input.zz > 1; x := 1
not input.zz != 1; x := 1
not startswith(input.zz, "a"); x := 1
not startswith(lower(input.zz), "a"); x := 1
not count(input.zz) == 0; x := 1
not input.zz; x := 1
not input.zz.yy; x := 1
p := input; not g(p.zz); x := 1
not g(h(input.zz)); x := 1
not h(1) == 3; x := 1
not [input.zz] == [1]; x := 1
not f([input.zz], [1]); x := 1
not f({y | y := input.l[_]}, {1, 2}); x := 1
not input.o[input.zz]; x := 1
not input.o[input.s] == 1; x := 1
not input.a + input.zz == 2; x := 1
not input.a + input.a == 3; x := 1
not is_string(input.zz); x := 1
not is_string(input.a); x := 1
x := [y | y := input.l[_]; not f(y, input.zz)]
x := [y | y := input.l[_]; not f(y, 1)]
x := sprintf("%v %v %v %v %v %v", [input.s, input.l, input.o, input.n, input.f, {3, 1, 2}])
x := sprintf("%v", ["a", "b"])
x := sprintf("%d", ["a"])
x := sprintf("%s %s", [1, input.o])
x := sprintf("%q", ["a\"b"])
x := sprintf("%d", [1.5])
x := sprintf("%v %v", ["a"])
x := sprintf("%.2f %5.1f|%e", [1.5, 2.25, 3.5])
x := sprintf("%5d|%-5s|%05d|%+d|%5s", [1, "a", -3, 4, "b"])
x := sprintf("%v", [{"a": {"b": ["c"]}}])
x := sprintf("%v %v %t", [true, null, false])
x := sprintf("100%% 100%", [])
x := sprintf("%v %v %v", [1000000000000, 0.1, 1234567.5])
x := sprintf("%x %X %o %b", [255, 255, 8, 5])
x := sprintf("%s %v", [{"b", "a"}, set()])
x := 1 } v[x] { x := 2
y := input.a; (y > 0); x := 1
x := concat(",", {"b", "a"})
re_match("^a", input.s); x := 1
x := input.l[i]; i > 0
some i; x := input.nested[i].x
walk(input, [x, 2])
x := units.parse_bytes("1Ki")
x := units.parse("100m")
x := glob.match("a*", [], "abc")
any([true]); all([true, true]); x := 1
any([]); x := 1
all([]); x := 1
x := json.marshal(input.o)
x := crypto.sha256("a")
x := io.jwt.decode("eyJhbGciOiJub25lIn0.e30.AAAA")
x := semver.compare("1.0.0", "1.0.1")
x := net.cidr_contains("10.0.0.0/8", "10.1.1.1")
x := 1 / 3
x := round(2.5)
"a" < 1; x := 1
x := sort([3, "a", 1])
x := object.get(input.n, "a", 3)
to_number(input.s); x := 1
count(input.a) > 0; x := 1
not upper(input.a); x := 1
x := cast_array(input.l)
""".strip().splitlines()
# Where OPA takes an error for undefined, or has what our engine has not: never an answer of ours.
UNEVALUATED = 5


def asked_of_opa(policy: str, folder: Path) -> Any:
    (folder / "policy.rego").write_text(policy, encoding="utf-8")
    (folder / "input.json").write_text(json.dumps(INPUT), encoding="utf-8")
    command = [program(opa), "eval", "--v0-compatible", "-d", str(folder / "policy.rego")]
    command += ["-i", str(folder / "input.json"), "data.p.v"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["result"][0]["expressions"][0]["value"]


def test_expressions_mean_what_they_mean_to_opa_or_are_not_evaluated(tmp_path: Path) -> None:
    unevaluated = []
    for body in BODIES:
        policy = f"{HEAD}v[x] {{ {body} }}\n"
        theirs = asked_of_opa(policy, tmp_path)
        try:
            ours = Policy([Module("policy.rego", policy, is_old=True)]).ask("data.p.v", json.dumps(INPUT))
        except PolicyError:
            unevaluated.append(body)
            continue
        assert sorted(map(str, ours)) == sorted(map(str, theirs)), body

    assert len(unevaluated) == UNEVALUATED, unevaluated


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_gator_finds_what_is_expected_of_us(path: Path) -> None:
    done = subprocess.run(
        [program(gator), "test", "-f", str(path), "-o", "json"], capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr

    said = [(one["violatingObject"], one["msg"]) for one in json.loads(done.stdout)]
    assert sorted(f"{data['kind']} {data['metadata']['name']}: {message}" for data, message in said) == expected(path)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_clusters_policies_find_what_gator_finds(cluster: str, tmp_path: Path) -> None:
    objects = objects_below(CHECKOUT / "generated" / CITY / cluster)
    planted = documents.parse(FAULTY.read_text(encoding="utf-8"))
    planted["metadata"]["namespace"] = next(each for each in objects if is_restricted(each))["metadata"]["name"]
    found = [*objects, planted]
    (tmp_path / "cluster.yaml").write_text(documents.joined(found), encoding="utf-8")
    command = [program(gator), "test", "--output", "json", "--filename", str(tmp_path)]
    theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)

    verdicts = list(Gatekeeper(found, Memory()).verdicts(range(len(found))))

    ours = sorted((found[one.subject or 0]["metadata"]["name"], one.message) for one in verdicts)
    assert ours == sorted((one["violatingObject"]["metadata"]["name"], one["msg"]) for one in theirs)
    assert len(ours) == PLANTED


@pytest.mark.parametrize("version_set", [MODERN, SEED], ids=lambda version_set: version_set.name)
def test_suites_end_here_as_they_do_with_gator(version_set: VersionSet, tmp_path: Path) -> None:
    tree = tmp_path / "generated"
    command = [sys.executable, "-m", "gitopsgen", "render", "--region", CITY, "--cluster", "edge"]
    command += ["--version-set", version_set.name, "--output-dir", str(tree)]
    subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True)
    policies = shutil.copytree(POLICIES, tmp_path / "policies")
    shutil.copytree(tree / CITY / "edge" / "cluster-base", policies / "rendered")
    suite = policies / "suite.yaml"
    sound = suite.read_text(encoding="utf-8")

    for text in (sound, sound.replace("- violations: 2", "- violations: 3").replace("must have", "has")):
        suite.write_text(text, encoding="utf-8")
        verified = subprocess.run(
            [program(gator), "verify", "-v", str(suite)], capture_output=True, text=True, check=False
        )
        report = run_policy_tests([str(policies)])

        failed = sum(bool(tested.wrong) for *_, tested in report.tests)
        assert failed == verified.stdout.count("    --- FAIL")
        assert len(report.tests) - failed == verified.stdout.count("    --- PASS")
        assert bool(failed) == (verified.returncode != 0) == (text != sound)


@pytest.mark.parametrize("folder", POLICY_FOLDERS)
def test_regos_own_tests_end_here_as_they_do_with_opa(folder: str) -> None:
    command = [program(opa), "test", "--format", "json", folder]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    theirs = {f"{one['package']}.{one['name']}": not one.get("fail") for one in json.loads(done.stdout)}

    report = run_policy_tests([str(CHECKOUT / folder)])

    assert {tested.name: not tested.wrong for *_, tested in report.tests} == theirs
