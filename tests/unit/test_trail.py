"""Manifests that are kept elsewhere say which commit they were made from, as Argo CD's hydrator says it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gitopsgen.cli import main

GIT = shutil.which("git") or "git"
BASE = Path(__file__).parents[1] / "stories" / "base"


def git(root, *words):
    identity = ("-c", "user.name=王工", "-c", "user.email=wang@example.com")
    command = [GIT, *identity, *words]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = shutil.copytree(BASE, tmp_path / "project")
    monkeypatch.chdir(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--date=2026-11-26T10:00:00+08:00", "--message", "More pods\n\nFor the fair.")
    return root


def test_the_commit_and_the_command_of_each_variant_are_named(root, tmp_path, capsys):
    where = tmp_path / "rendered"
    assert main(["render", "--output-dir", str(where)]) == 0
    before = {file for file in where.rglob("*") if file.is_file()}

    assert main(["trail", str(where)]) == 0

    sha = git(root, "rev-parse", "HEAD")
    assert capsys.readouterr().out.endswith(f"rendered is of {sha[:10]}: 2 variants\n")
    made = {
        file.relative_to(where).as_posix(): json.loads(file.read_text("utf-8"))
        for file in where.rglob("*")
        if file.is_file() and file not in before
    }
    origin = {"repoURL": "https://git.example.com/hello.git", "drySha": sha}
    assert made == {
        "hydrator.metadata": {
            **origin,
            "author": "王工 <wang@example.com>",
            "date": "2026-11-26T10:00:00+08:00",
            "subject": "More pods",
            "body": "For the fair.",
        },
        **{
            f"{city}/edge/hello/hydrator.metadata": {
                **origin,
                "commands": [f"gitopsgen render --region {city} --cluster edge --case hello"],
                "manifests": made[f"{city}/edge/hello/hydrator.metadata"]["manifests"],
            }
            for city in ("suzhou", "wuxi")
        },
    }


def test_what_would_not_be_true_is_refused(root, tmp_path, capsys):
    where = tmp_path / "rendered"
    assert main(["trail", str(where)]) == 2
    assert "holds no manifests" in capsys.readouterr().err
    assert main(["trail", "generated"]) == 2
    assert "own output" in capsys.readouterr().err
    main(["render", "--output-dir", str(where)])
    (root / "overlays/tiers/small.yaml").write_text("facts: {}\n", "utf-8")
    assert main(["trail", str(where)]) == 2
    assert '"overlays/tiers/small.yaml" is not as commit' in capsys.readouterr().err
    assert not (where / "hydrator.metadata").exists()


def test_a_variant_whose_manifests_are_the_same_keeps_its_file(root, tmp_path, capsys):
    where = tmp_path / "rendered"
    main(["render", "--output-dir", str(where)])
    main(["trail", str(where)])
    told = {city: (where / city / "edge/hello/hydrator.metadata").read_text("utf-8") for city in ("suzhou", "wuxi")}
    (root / "overlays/regions/wuxi/hello.yaml").write_text("replicas: 7\n", "utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "More in one city")
    assert main(["render", "--output-dir", str(where)]) == 0
    capsys.readouterr()

    assert main(["trail", str(where)]) == 0

    assert capsys.readouterr().out.endswith(": 2 variants, 1 of them as before\n")
    now = {city: (where / city / "edge/hello/hydrator.metadata").read_text("utf-8") for city in told}
    assert now["suzhou"] == told["suzhou"]
    assert json.loads(now["wuxi"])["drySha"] == git(root, "rev-parse", "HEAD") != json.loads(told["wuxi"])["drySha"]
