"""`check --against`: what an API server refuses to make of an older state, of a folder or of Git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from shutil import which

import pytest

from gitopsgen import UsageError
from gitopsgen.pipeline import CheckOptions, check_manifests
from gitopsgen.pipeline.foreign import ForeignOptions

PACK = Path(__file__).parents[2] / "schemas/modern"
FROZEN = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: Opaque\nimmutable: true\ndata: {token: c2VjcmV0}\n"
JOB = """apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: a, image: a, resources: {limits: {cpu: 1000m}}}]
"""


def updated(folder, old, new, against="old", kubernetes="1.35", **options):
    for name, text in (("old", old), ("new", new)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "a.yaml").write_text(text, "utf-8")
    chosen = str(folder / "old") if against == "old" else against
    how = ForeignOptions(kubernetes, PACK)
    return check_manifests((str(folder / "new"),), (), how, CheckOptions(against=chosen, only=("GG92*",), **options))


def test_a_fixed_field_is_told_at_its_line_with_both_values(tmp_path):
    (found,) = updated(tmp_path, JOB, JOB.replace("image: a,", "image: b,")).findings

    assert (found.code, found.severity.value, found.location.line) == ("GG920", "error", 8)
    assert 'from "a" (string) to "b" (string)' in found.message


def test_what_the_server_would_have_set_anyway_is_no_change(tmp_path):
    same = JOB.replace("1000m", '"1"').replace("restartPolicy", "dnsPolicy: ClusterFirst\n      restartPolicy")

    assert updated(tmp_path, JOB, same).findings == ()


def test_what_a_secret_held_is_not_told(tmp_path):
    (found,) = updated(tmp_path, FROZEN, FROZEN.replace("c2VjcmV0", "b3RoZXI=")).findings

    assert found.code == "GG922"
    assert "c2VjcmV0" not in found.message
    assert "b3RoZXI" not in found.message


def test_an_object_that_was_not_there_is_no_update(tmp_path):
    assert (
        updated(tmp_path, JOB, JOB.replace("name: a}", "name: b}", 1).replace("image: a,", "image: b,")).findings == ()
    )


@pytest.mark.parametrize(("kubernetes", "codes"), [("1.32", ["GG920"]), ("1.33", [])])
def test_updates_are_judged_as_the_version_asked_for_does(tmp_path, kubernetes, codes):
    text = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: {revisionHistoryLimit: 3}\n"

    found = updated(tmp_path, text, text.replace("3}", "4}"), kubernetes=kubernetes).findings

    assert [one.code for one in found] == codes


@pytest.mark.parametrize(("kubernetes", "codes"), [("1.35", ["GG920"]), ("1.36", [])])
def test_a_suspended_job_may_ask_for_other_resources_where_the_server_lets_it(tmp_path, kubernetes, codes):
    suspended = JOB.replace("  template:", "  suspend: true\n  template:")
    other = suspended.replace("1000m", "500m")

    found = updated(tmp_path, suspended, other, kubernetes=kubernetes).findings

    assert [one.code for one in found] == codes
    assert updated(tmp_path, suspended, other.replace("image: a,", "image: b,"), kubernetes=kubernetes).findings
    assert updated(tmp_path, JOB, JOB.replace("1000m", "500m"), kubernetes=kubernetes).findings


@pytest.mark.skipif(not (which("kustomize") or which("kubectl")), reason="no kustomize or kubectl on PATH")
@pytest.mark.parametrize("against", ["HEAD", "folder"])
def test_a_kustomization_is_compared_with_what_it_built_before(tmp_path, against):
    base, overlay = tmp_path / "base", tmp_path / "overlays/shanghai"
    overlay.mkdir(parents=True)
    base.mkdir()
    (base / "job.yaml").write_text(JOB, "utf-8")
    (base / "kustomization.yaml").write_text("resources: [job.yaml]\n", "utf-8")
    (overlay / "kustomization.yaml").write_text("resources: [../../base]\nnamePrefix: sh-\n", "utf-8")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)  # noqa: S607 - git of the PATH
    shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-old")
    (base / "job.yaml").write_text(JOB.replace("image: a,", "image: b,"), "utf-8")
    older = str(tmp_path.parent / f"{tmp_path.name}-old/overlays/shanghai") if against == "folder" else against

    options = CheckOptions(against=older, only=("GG92*",))
    report = check_manifests((), (str(overlay),), ForeignOptions("1.35", PACK), options)

    assert [one.code for one in report.findings] == ["GG920"]
    git = subprocess.run(["git", "-C", str(tmp_path), "status", "--short"], capture_output=True, text=True, check=True)  # noqa: S607
    assert git.stdout == " M base/job.yaml\n"


def test_a_revision_gives_the_older_state_of_the_same_paths(tmp_path):
    updated(tmp_path, JOB, JOB)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)  # noqa: S607 - git of the PATH

    found = updated(tmp_path, JOB, JOB.replace("image: a,", "image: b,"), against="HEAD").findings

    assert [one.code for one in found] == ["GG920"]
    with pytest.raises(UsageError, match="no revision"):
        updated(tmp_path, JOB, JOB, against="nowhere")


def test_a_pod_may_get_tolerations_and_lose_none(tmp_path):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: a}]\n  tolerations: "
    one, longer, other = "{key: a, operator: Exists, tolerationSeconds: 3}", "{key: a, operator: Exists}", "{key: b}"

    assert updated(tmp_path, f"{pod}[{one}]\n", f"{pod}[{other}, {longer}]\n").findings == ()
    assert [each.code for each in updated(tmp_path, f"{pod}[{one}]\n", f"{pod}[{other}]\n").findings] == ["GG920"]
