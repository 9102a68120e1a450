"""Completion: what the shell offers, without loading the project."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer

from gitopsgen import cli
from gitopsgen.check.rules import RULES
from gitopsgen.cli import completing
from gitopsgen.review.rules import RULES as DANGERS

ROOT = Path(__file__).parents[2]
RELEASES = """\
cases:
  hello:
    releases:
      r1: {date: "2026-01-01", values: {greeting: Hi}}
      r2: {date: "2026-01-02", values: {greeting: Hey}}
"""


@pytest.fixture
def offered(monkeypatch, capsys):
    """Give what is offered for the last word of a line."""

    def offer(line, root=ROOT):
        monkeypatch.chdir(root)
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        monkeypatch.setenv("_GITOPSGEN_COMPLETE", "complete_bash")
        monkeypatch.setattr(sys, "exit", lambda _code: None)
        cli.main([])
        return capsys.readouterr().out.split()

    return offer


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gitopsgen re", ["remove", "render", "report"]),
        ("gitopsgen render --region shang", ["shanghai"]),
        ("gitopsgen render --cluster bank-", ["bank-a", "bank-b"]),
        ("gitopsgen render --case payment-g", ["payment-gateway"]),
        ("gitopsgen render --set payment-gateway.autoscaling.ma", ["payment-gateway.autoscaling.max"]),
        ("gitopsgen render --set payment-g", ["payment-gateway."]),
        ("gitopsgen promote payment-gateway --set image.di", ["image.digest"]),
        ("gitopsgen promote payment-gateway --wave can", ["canary"]),
        ("gitopsgen promote payment-gateway --wave ", ["canary", "core", "edge-large", "edge-small"]),
        ("gitopsgen schema overlay-r", ["overlay-region"]),
        ("gitopsgen rule GG423", ["GG423"]),
        ("gitopsgen rule unresolved-d", ["unresolved-digest"]),
        ("gitopsgen check --skip GG423", ["GG423"]),
        ("gitopsgen values shanghai/bank-", ["shanghai/bank-a", "shanghai/bank-b"]),
        ("gitopsgen values shanghai payment-gateway autoscaling.m", ["autoscaling.max", "autoscaling.min"]),
        ("gitopsgen explain shanghai/bank-a/", ["shanghai/bank-a/bank-core", "shanghai/bank-a/cluster-base"]),
        ("gitopsgen explain shanghai/edge/payment-gateway autoscaling.ma", ["autoscaling.max"]),
        ("gitopsgen remove case trad", ["trading"]),
        ("gitopsgen remove region wuh", ["wuhan", "wuhu"]),
        ("gitopsgen list re", ["regions"]),
    ],
)
def test_a_word_is_completed_from_the_project(line, expected, offered):
    assert offered(line) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["render", "--region", "=", "shang"], "shanghai"),
        (["render", "--cluster", "=", "bank-"], "bank-a bank-b"),
        (["status", "payment-g"], "payment-gateway"),
        (["promote", "payment-gateway", "--wave", "="], "canary core edge-large edge-small"),
        (["render", "--set", "payment-gateway.autoscaling.max", "=", "2"], ""),
    ],
)
def test_bash_itself_is_answered_also_where_it_splits_at_the_equals_sign(words, expected):
    program = Path(sys.executable).parent / "gitopsgen"
    given = " ".join(f"'{word}'" for word in ("gitopsgen", *words))
    script = (
        f"source <(_GITOPSGEN_COMPLETE=source_bash {program}); COMP_WORDS=({given}); COMP_CWORD={len(words)}\n"
        f'_gitopsgen_completion {program}; echo "${{COMPREPLY[*]}}"'
    )
    done = subprocess.run(
        ["/bin/bash", "--norc", "--noprofile", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == (f"{expected}\n", "")


def test_zsh_is_given_the_option_with_its_value(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "gitopsgen render --region=shang")
    monkeypatch.setenv("_GITOPSGEN_COMPLETE", "complete_zsh")
    monkeypatch.setattr(sys, "exit", lambda _code: None)

    cli.main([])

    assert '"--region=shanghai"' in capsys.readouterr().out


def test_releases_of_the_case_are_offered(offered, tmp_path):
    shutil.copytree(ROOT / "tests/stories/base", tmp_path / "p")
    (tmp_path / "p/overlays/releases.lock.yaml").write_text(RELEASES)

    assert offered("gitopsgen rollback hello --to r", tmp_path / "p") == ["r1", "r2"]
    assert offered("gitopsgen promote hello --after r1", tmp_path / "p") == ["r1"]


def test_names_of_schemas_are_offered_where_none_are_kept(offered):
    assert offered("gitopsgen schema values", ROOT / "tests/stories/base") == ["values-hello"]


def test_paths_of_values_are_offered_where_no_schemas_are_kept(offered):
    assert offered("gitopsgen values wuxi hello re", ROOT / "tests/stories/base") == ["replicas"]


def test_outside_of_a_project_nothing_is_offered_and_nothing_is_said(offered, tmp_path):
    assert offered("gitopsgen render --region shang", tmp_path) == []


def test_the_rules_that_are_offered_are_all_that_there_are():
    known = {module.RULE.code for module in (*RULES, *DANGERS)}

    assert known == set(completing.rules(ROOT, None, ""))


def test_every_offer_belongs_to_a_parameter():
    group = typer.main.get_command(cli.app)
    context = click.Context(group)
    names = set()
    pending = [(name, group.get_command(context, name)) for name in cli.COMMANDS]
    while pending:
        path, command = pending.pop()
        names |= {word for one in command.params for word in (one.name, f"{path} {one.name}")}
        pending += [(f"{path} {name}", each) for name, each in getattr(command, "commands", {}).items()]

    assert set(completing._OFFERS) <= names


def test_a_key_is_answered_without_loading_the_project():
    """It has 0.2 s, the start of the program included."""
    slow = ["jinja2", "yaml", "jsonschema_rs", "gitopsgen.load", "gitopsgen.source", "rich"]
    program = (
        "import sys; from gitopsgen.cli import main\n"
        "try: main([])\n"
        f"finally: print(sorted(set({slow}) & set(sys.modules)), file=sys.stderr)"
    )
    for line in ("gitopsgen render --region sh", "gitopsgen values shanghai trading ima", "gitopsgen rule GG4"):
        environment = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_GITOPSGEN_COMPLETE": "complete_bash"}

        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

        assert done.stderr == "[]\n", line
        assert done.stdout


def test_the_list_of_commands_says_what_each_says_of_itself():
    group = typer.main.get_command(cli.app)
    context = click.Context(group)

    for name, (_, told) in cli.COMMANDS.items():
        assert group.get_command(context, name).get_short_help_str(limit=200) == told
