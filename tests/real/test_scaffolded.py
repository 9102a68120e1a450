"""What `gitopsgen new` makes, tried by the programs that it is for: Go, Rust, Open Policy Agent."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gitopsgen import cli

from . import components
from .needs import program, without

pytestmark = pytest.mark.real

WASM = "wasm32-wasip1"


@pytest.fixture(scope="module")
def repositories(tmp_path_factory):
    """A GitOps repository with a service in each compiled language, and a policy for admission."""
    root = tmp_path_factory.mktemp("scaffolded") / "gitops"
    assert cli.main(["init", str(root), "--no-input", "-q"]) == 0
    with contextlib.chdir(root):
        for language in ("go", "rust-wasm"):
            assert cli.main(["new", "service", f"in-{language}", "--language", language, "--no-input", "-q"]) == 0
        assert cli.main(["new", "policy", "required-labels", "--no-input", "-q"]) == 0
    return root


def needed(name):
    path = shutil.which(name)
    if path is None:
        without(f"{name} is not installed")
    return path


def succeeds(command, folder, **environment):
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_go_service_is_sound_and_passes_its_tests(repositories):
    needed("go")

    assert "ok" in succeeds([needed("make"), "test"], repositories.parent / "in-go")
    assert succeeds([needed("gofmt"), "-l", "."], repositories.parent / "in-go") == ""


def test_the_rust_service_passes_its_tests_and_becomes_a_module(repositories, tmp_path):
    cargo = needed("cargo")
    folder = repositories.parent / "in-rust-wasm"
    fetched = subprocess.run([cargo, "fetch", "--locked"], cwd=folder, capture_output=True, text=True, check=False)
    if fetched.returncode:
        without(f"crates cannot be fetched: {fetched.stderr.strip().splitlines()[-1]}")

    succeeds([needed("make"), "test"], folder, CARGO_TARGET_DIR=str(tmp_path))

    libraries = succeeds([needed("rustc"), "--print", "target-libdir", "--target", WASM], folder).strip()
    if not Path(libraries).is_dir():
        without(f"Rust has no target {WASM} here: rustup target add {WASM}")
    succeeds([cargo, "build", "--locked", "--release", "--target", WASM], folder, CARGO_TARGET_DIR=str(tmp_path))
    module = (tmp_path / WASM / "release/service.wasm").read_bytes()
    assert module.startswith(b"\0asm")
    assert len(module) < 2_000_000  # what the case documents allow an image


def test_policies_are_in_order_and_pass_their_tests(repositories):
    opa = program(components.opa)
    folders = {path.parent for path in (repositories / "blueprints").rglob("*_test.rego")}

    assert len(folders) == 2
    for folder in folders:
        succeeds([opa, "test", "."], folder)
        succeeds([opa, "test", "--coverage", "--threshold", "95", "."], folder)
        succeeds([opa, "check", "--strict", "."], folder)
        assert succeeds([opa, "fmt", "--list", "."], folder) == ""
