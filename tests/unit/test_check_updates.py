"""`check --against`: what an API server refuses to make of an older state, of a folder or of Git."""

from __future__ import annotations

import subprocess
from pathlib import Path

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


def updated(folder, old, new, against="old", **options):
    for name, text in (("old", old), ("new", new)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "a.yaml").write_text(text, "utf-8")
    chosen = str(folder / "old") if against == "old" else against
    how = ForeignOptions("1.35", PACK)
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


def test_a_revision_gives_the_older_state_of_the_same_paths(tmp_path):
    updated(tmp_path, JOB, JOB)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)  # noqa: S607 - git of the PATH

    found = updated(tmp_path, JOB, JOB.replace("image: a,", "image: b,"), against="HEAD").findings

    assert [one.code for one in found] == ["GG920"]
    with pytest.raises(UsageError, match="no revision"):
        updated(tmp_path, JOB, JOB, against="nowhere")
