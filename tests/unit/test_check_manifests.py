"""`check` on manifests that are not ours: profiles, unknown kinds, schemas of others, suppressions, baselines."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gitopsgen import UsageError, __version__
from gitopsgen.check.rules import RULES
from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.pipeline import CheckOptions, check_manifests
from gitopsgen.pipeline.baselines import baseline_text
from gitopsgen.pipeline.foreign import ForeignOptions
from gitopsgen.pipeline.manifest_files import _complaint, read_manifests
from gitopsgen.report import junit, markdown, sarif

PACK = Path(__file__).parents[2] / "schemas/modern"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n"
WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: big}\n"


def check(folder, text, *, locations=(), ignore=False, jobs=1, **options):
    (folder / "a.yaml").write_text(text, "utf-8")
    how = ForeignOptions("1.35", PACK, locations, ignores_missing=ignore, jobs=jobs)
    return check_manifests((str(folder),), (), how, CheckOptions(**options))


def told(report):
    return [(one.location.line, one.code, one.severity.value) for one in report.findings]


def test_under_cluster_an_error_is_what_the_cluster_refuses(tmp_path):
    text = f"{POD}---\n{POD.replace('containers:', 'containerz:')}"

    as_cluster, as_fleet = check(tmp_path, text), check(tmp_path, text, profile="fleet")

    assert {one for one in told(as_cluster) if one[2] == "error"} == {(9, "GG403", "error"), (9, "GG404", "error")}
    assert (4, "GG421", "warning") in told(as_cluster)
    assert (3, "GG411", "info") in told(as_cluster)
    assert {(4, "GG421", "error"), (3, "GG411", "error")} <= set(told(as_fleet))


def test_what_may_stand_in_the_cluster_already_is_no_warning(tmp_path):
    text = POD.replace("containers:", "serviceAccountName: other, containers:")

    found = {code: severity for _, code, severity in told(check(tmp_path, text))}

    assert found["GG507"] == "info"


def test_every_document_is_judged_or_reported(tmp_path):
    listed = "apiVersion: v1\nkind: List\nitems: [5, {kind: Pod}]\n"
    text = f"{WIDGET}---\njust text\n---\nkind: Pod\n---\n{listed}---\na: [\n"

    found = [(line, code) for line, code, severity in told(check(tmp_path, text)) if severity == "error"]

    assert sorted(found) == [(2, "GG401"), (6, "GG401"), (8, "GG401"), (12, "GG401"), (12, "GG401"), (14, "GG101")]


def test_a_constraint_without_a_kind_is_no_object_either(tmp_path):
    """Kinds of that group are judged elsewhere, where there is one."""
    found = told(check(tmp_path, "apiVersion: constraints.gatekeeper.sh/v1beta1\nmetadata: {name: a}\n"))

    assert found == [(1, "GG401", "error")]


def test_a_kind_without_a_schema_passes_only_where_that_was_asked_for_and_is_counted(tmp_path):
    removed = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"

    report = check(tmp_path, f"{WIDGET}---\n{removed}", ignore=True)

    assert [(line, severity) for line, code, severity in told(report) if code == "GG401"] == [(2, "info"), (6, "error")]
    assert report.unchecked == 1


@pytest.mark.parametrize(
    ("file", "location"),
    [
        ("example.com/widget_v1.json", "{}"),
        ("v1.35.0-standalone-strict/widget-example-v1.json", "{}"),
        ("crds/v1/widget.json", "{}/crds/{{{{ .ResourceAPIVersion }}}}/{{{{.ResourceKind}}}}.json"),
    ],
)
def test_schemas_of_others_stand_where_kubeconform_has_them(file, location, tmp_path):
    """With references to definitions of its own, as its own generator writes them."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"spec": {"$ref": "#/definitions/spec"}},
        "definitions": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    }
    path = tmp_path / "schemas" / file
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(schema), "utf-8")
    (tmp_path / "manifests").mkdir()

    report = check(tmp_path / "manifests", WIDGET, locations=(location.format(tmp_path / "schemas"),))

    assert [(line, code) for line, code, severity in told(report) if severity == "error"] == [(4, "GG405")]


@pytest.mark.parametrize("location", ["https://example.com/{{.Kind}}.json", "{{.Kind}}.json", "nowhere"])
def test_a_location_that_can_be_none_is_wrong_usage(location, tmp_path):
    with pytest.raises(UsageError, match="--schema-location"):
        check(tmp_path, WIDGET, locations=(location,))


def test_rules_are_chosen_by_code_name_or_pattern_but_unread_manifests_are_always_told(tmp_path):
    text = f"{POD}---\na: [\n"

    assert {code for _, code, _ in told(check(tmp_path, text, only=("unpinned-image",)))} == {"GG421", "GG101"}
    assert not {code for _, code, _ in told(check(tmp_path, text, skip=("GG4*", "GG1*")))} & {"GG421", "GG101"}
    with pytest.raises(UsageError, match='no rule "GG999"'):
        check(tmp_path, text, only=("GG999",))


def test_a_comment_accepts_a_finding_on_its_line_above_it_or_for_the_whole_document(tmp_path):
    image = "  containers:\n    - name: a\n      image: a"
    line = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n{image} # gitopsgen:ignore GG421 a reason\n"
    above = line.replace("      image: a #", "      # more words\n      # X\n      image: a #").replace(
        "# X", "# gitopsgen:ignore unpinned-image why"
    )
    head = f"# gitopsgen:ignore GG421,GG422 all of it\n{POD}"
    other = f"# gitopsgen:ignore GG422 only that\n{POD}"
    bare = f"# gitopsgen:ignore GG421\n{POD}"

    for text, codes in (
        (line, ["GG421"]),
        (above, ["GG421"]),
        (head, ["GG421", "GG422"]),
        (other, ["GG422"]),
        (bare, []),
    ):
        report = check(tmp_path, f"{POD}---\n{text}", only=("GG421", "GG422"))
        assert [one.finding.code for one in report.accepted] == codes
        assert all(one.suppression.reason for one in report.accepted)
        # the document before it is not meant
        assert {code for line, code, _ in told(report) if line == 4} == {"GG421", "GG422"}
    assert (6, "GG143", "warning") in told(check(tmp_path, f"{POD}---\n{bare}"))


def test_a_baseline_knows_findings_again_wherever_they_moved(tmp_path):
    (tmp_path / "manifests").mkdir()
    baseline = tmp_path / "baseline.json"
    baseline.write_text(baseline_text(check(tmp_path / "manifests", f"{POD}---\n{WIDGET}").findings), "utf-8")

    moved = check(
        tmp_path / "manifests", f"# a line\n{POD}---\n{POD.replace('image: a', 'image: b')}", baseline=baseline
    )

    assert {code for _, code, severity in told(moved) if severity != "info"} == {"GG415", "GG421"}
    assert (moved.known, moved.gone) == (1, 1)
    baseline.write_text("[]", "utf-8")
    with pytest.raises(UsageError, match="is no baseline"):
        check(tmp_path / "manifests", POD, baseline=baseline)


def test_what_kustomize_builds_is_checked_and_what_it_refuses_is_a_finding(tmp_path, monkeypatch):
    folder = tmp_path / "overlay"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text("resources: []\n", "utf-8")
    program = tmp_path / "bin/kustomize"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    how = ForeignOptions("1.35", PACK)

    def built(script):
        program.write_text(f'#!/bin/sh\ntest "$1 $2" = "build {folder}" || exit 9\n{script}\n', "utf-8")
        program.chmod(0o755)
        report = check_manifests((), (str(folder),), how, CheckOptions(only=("GG403",)))
        return [(one.location.file, one.location.line, one.code) for one in report.findings]

    assert built(f"cat <<'END'\n{POD}bad: 1\nEND") == [(f"{folder} (built)", 5, "GG403")]
    assert built("echo 'Error: no such base' >&2; exit 1") == [(str(folder), None, "GG144")]


def test_many_processes_find_what_one_finds(tmp_path):
    text = "---\n".join([POD, WIDGET, "a: [\n", POD.replace("name: a", "name: B")] * 120)

    assert told(check(tmp_path, text, jobs=2)) == told(check(tmp_path, text))


def test_rules_say_who_refuses():
    refusing = {module.RULE.name for module in RULES if module.RULE.refused_by}

    assert {"unknown-field", "malformed-name"} <= refusing
    assert not {"missing-namespace", "unpinned-image", "stray-namespace", "dangling-service"} & refusing


FOUND = Diagnostic("GG401", "n", Severity.ERROR, 'a|b <c> "d" \x07', Location("a b.yaml", 3, 1), "do | it")
NOTE = Diagnostic("GG402", "m", Severity.INFO, "note", Location("a b.yaml", 9, 1))


def test_junit_fails_the_object_in_whose_lines_an_error_stands():
    text = junit.document([FOUND, NOTE], [("a b.yaml", 1, "Pod a"), ("a b.yaml", 8, "Pod <b>"), ("c.yaml", 1, "Pod c")])

    root = ET.fromstring(text)  # noqa: S314 - our own
    cases = {case.get("name"): [part.tag for part in case] for case in root.iter("testcase")}

    assert cases == {"Pod a": ["failure"], "Pod <b>": ["system-out"], "Pod c": []}
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert "\ufffd" in root.find(".//failure").get("message")


def test_markdown_breaks_no_table():
    lines = list(markdown.lines([NOTE, FOUND], "check", ["looked"]))

    assert lines[2] == "**1 error.**"
    assert [line.count(" | ") for line in lines if line.startswith("| error")] == [3]
    assert r"a\|b \<c\>" in lines[-2]


def test_sarif_has_what_the_standard_requires_and_keeps_what_was_accepted():
    run = json.loads(sarif.document([FOUND], __version__, [(NOTE, "why")]))["runs"][0]

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    first, second = run["results"]

    assert rules == ["GG401", "GG402"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.yaml"
    assert {result["level"] for result in run["results"]} == {"error", "note"}
    assert "suppressions" not in first
    assert second["suppressions"] == [{"kind": "inSource", "justification": "why"}]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("gitopsgen:ignore GG4* why", 'a suppression with a pattern, "GG4*", accepts nothing'),
        ("gitopsgen:ignore GG499 why", 'no rule is called "GG499"'),
        ("gitopsgen:ignore unpined-image why", 'did you mean "unpinned-image"?'),
        ("gitopsgen: ignore GG421 why", "this comment looks like a suppression and accepts nothing"),
        ("gitopsgen:ignore", "this comment looks like a suppression and accepts nothing"),
        ("gitopsgen:ignore unsafe-text why", None),
        ("gitopsgen:ignore GG101 why", None),
        ("gitopsgen makes this file", None),
    ],
)
def test_a_comment_that_accepts_nothing_is_told(comment, expected, tmp_path):
    found = [one.message for one in check(tmp_path, f"{POD}# {comment}\n").findings if one.code == "GG143"]

    assert len(found) == bool(expected)
    assert all(expected in one for one in found)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("groups: []\n", "PrometheusRule"),
        ("on: push\njobs: {}\n", "a workflow is no manifest"),
        ('{"defaultAction": "x", "syscalls": []}\n', "SeccompProfile"),
        ("replicaCount: 1\n", "helm template"),
        ("- groups\n", None),
        ("kind: Pod\ngroups: []\n", None),
    ],
)
def test_what_is_no_manifest_is_told_what_it_could_become(text, hint, tmp_path):
    hints = [one.hint for one in check(tmp_path, text).findings if one.code == "GG401"]

    assert all(hint in one if hint else not one for one in hints)
    assert hints or not hint


def test_a_policy_is_no_manifest(tmp_path):
    (tmp_path / "a.rego").write_text("package a\n")

    with pytest.raises(UsageError, match="is a policy and no manifest: check … --policy"):
        read_manifests((str(tmp_path / "a.rego"),), ())


LOGGED = 'E1127 14:29:20.845712 18842 run.go:72] "command failed" err='


@pytest.mark.parametrize(
    ("said", "words", "hint"),
    [
        (
            'E1127 14:29:20.8 run.go:72] "command failed" err="json: unknown field \\"a\\""\n',
            'json: unknown field "a"',
            "spelling",
        ),
        (
            'E1127 run.go:72] "command failed" err=<\n\tone: `\n\tname: a\n\t`: must specify --enable-helm\n >\n',
            "one: ` name: a",
            "helm",
        ),
        (f"Error: lstat {Path.cwd()}/a.yaml: no such file or directory\n", "lstat a.yaml: no such", "relative"),
        ("\n", "kustomize failed without a word", ""),
    ],
)
def test_kustomize_is_quoted_without_its_wrapping(said, words, hint):
    message, cure = _complaint(said)

    assert message.startswith(f"kustomize: {words}")
    assert hint in cure


def test_a_thousandth_of_a_byte_is_seldom_meant(tmp_path):
    text = POD.rstrip("\n").replace(
        "image: a", "image: a, resources: {requests: {memory: 1Gi}, limits: {memory: 512m}}"
    )
    found = [one for one in check(tmp_path, text).findings if one.code == "GG450"]

    assert [one.hint for one in found] == ['"m" is a thousandth of a byte: write 512Mi']


@pytest.mark.parametrize(
    ("file", "uri"),
    [("/有/a b.yaml", "file:///%E6%9C%89/a%20b.yaml"), ("../a%.yaml", "../a%25.yaml"), ("a.yaml", "a.yaml")],
)
def test_sarif_says_how_columns_are_counted_and_where_a_file_elsewhere_is(file, uri):
    finding = Diagnostic("GG101", "yaml-syntax", Severity.ERROR, "bad", Location(file, 1, 2))
    run = json.loads(sarif.document([finding], "1"))["runs"][0]

    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}
