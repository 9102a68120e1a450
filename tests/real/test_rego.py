"""The Rego that the blueprints carry: formatted, strictly checked, and its own tests pass, by the real OPA."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .components import opa
from .needs import program

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]
BLUEPRINTS = CHECKOUT / "blueprints"


def run(*arguments: str) -> str:
    done = subprocess.run([program(opa), *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# A folder is one set of policies: templates of Gatekeeper and policies of OPA never meet.
POLICY_FOLDERS = sorted({path.parent.relative_to(CHECKOUT).as_posix() for path in BLUEPRINTS.rglob("*.rego")})


@pytest.mark.parametrize("folder", POLICY_FOLDERS)
def test_policies_pass_their_own_tests(folder: str) -> None:
    assert any((CHECKOUT / folder).glob("*_test.rego")), "policies without tests"
    assert "PASS" in run("test", folder)


@pytest.mark.parametrize("folder", POLICY_FOLDERS)
def test_policies_are_strictly_valid(folder: str) -> None:
    run("check", "--strict", folder)


@pytest.mark.parametrize("folder", POLICY_FOLDERS)
def test_policies_are_formatted(folder: str) -> None:
    assert run("fmt", "--list", folder) == ""


def test_every_line_of_the_policies_is_reached_by_a_test() -> None:
    for folder in POLICY_FOLDERS:
        run("test", "--coverage", "--threshold", "95", folder)


GATEKEEPER_RULES = sorted(
    path for path in (BLUEPRINTS / "components/admission/files").glob("*.rego") if not path.name.endswith("_test.rego")
)


@pytest.mark.parametrize("rule", GATEKEEPER_RULES, ids=lambda path: path.name)
def test_gatekeepers_rules_are_valid_in_both_dialects_of_rego(rule: Path) -> None:
    for dialect in ("--v0-compatible", "--v1-compatible"):
        run("check", dialect, str(rule))
