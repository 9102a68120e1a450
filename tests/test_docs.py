"""The documentation says what the program does, no less and no more."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
import typer
import yaml

from gitopsgen import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))

WIDEST_HELP = 60  # what fits beside the names in a terminal of 80 columns


def commands():
    """Give all commands of the program by their full name."""
    group = typer.main.get_command(cli.app)
    context = click.Context(group)
    pending = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    found = {}
    while pending:
        name, command = pending.pop()
        if hasattr(command, "commands"):
            pending.extend((f"{name} {below}", each) for below, each in command.commands.items())
        else:
            found[name] = command
    return found


COMMANDS = commands()


def options_of(command):
    return {flag for parameter in command.params for flag in parameter.opts} | {"--help", "-h"}


def called(text):
    """Give the calls of the program in the code blocks of a page."""
    blocks = re.findall(r"^ *```(?:console|sh|yaml|groovy)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if not line.lstrip().startswith("#")]
    return [call for line in lines for call in re.findall(r"(?<![-\w/@])gitopsgen (?=[a-z])([^|>]*)", line)]


CALLS = sorted(
    {call.strip() for page in PAGES if "reference" not in page.parts for call in called(page.read_text("utf-8"))}
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name):
    assert f"`gitopsgen {name}" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_a_help_that_fits(name):
    command = COMMANDS[name]
    first = command.help.splitlines()[0]

    assert first.endswith(".")
    assert len(first) <= WIDEST_HELP
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(name):
    assert re.search(rf"^.*gitopsgen {name}\b", COMMANDS[name].help.partition("\n")[2], re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_can_be_set_in_the_environment(name):
    """But what is read and where files go is said anew for each import of schemas."""
    flags = [parameter for parameter in COMMANDS[name].params if isinstance(parameter, click.Option)]
    silent = {flag.opts[0] for flag in flags if not flag.envvar}

    assert silent <= {"--context", "--help", "--only", "--output"}
    assert all(flag.envvar.startswith("GITOPSGEN_") for flag in flags if flag.envvar)


def test_there_are_calls():
    assert len(CALLS) > 50


@pytest.mark.parametrize("call", CALLS)
def test_the_calls_in_the_pages_exist(call):
    name = max((name for name in COMMANDS if call.startswith(name)), key=len)
    flags = set(re.findall(r"(?<=\s)(--[a-z-]+|-[a-z])\b", call))

    assert flags <= options_of(COMMANDS[name])


def test_the_flags_named_in_the_readme_exist():
    known = set.union(*(options_of(command) for command in COMMANDS.values()))

    assert set(re.findall(r"`(--?[a-z][a-z-]*)", README)) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_targets_of_make_are_those_that_are_documented():
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    named = set(re.findall(r"`make ([a-z]+)", "".join(page.read_text("utf-8") for page in PAGES)))

    assert named <= targets
    assert {"render", "test", "lint", "bench", "real", "deep"} <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_samples_of_yaml_can_be_read(page):
    blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)

    for indent, text in blocks:
        assert list(yaml.parse(re.sub(f"^{indent}", "", text, flags=re.MULTILINE)))


def test_the_comparison_has_the_numbers_of_the_benchmarks():
    measured = (ROOT / "docs/explanation/comparison.md").read_text("utf-8").split("\n## Measured\n")[1]
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) \| ([\d,]+) \|", measured, re.MULTILINE)
    benchmarks = (ROOT / "docs/benchmarks.md").read_text("utf-8").split("\n## Numbers reached\n")[1]
    reached = re.findall(r"^\| [^|]+ \| ([\d.]+) \| [\d.]+ \| ([\d,]+) \|", benchmarks, re.MULTILINE)

    assert len(rows) == 7
    assert set(rows) <= {(f"{float(seconds):.1f}", share) for seconds, share in reached}


@pytest.mark.parametrize("word", ["region", "area", "variant", "blueprint", "case", "overlay", "version set", "values"])
def test_the_glossary_has_the_words_of_the_command_line(word):
    assert f"| **{word}** |" in (ROOT / "docs/glossary.md").read_text("utf-8")


def test_the_glossary_is_sorted():
    words = re.findall(r"^\| \*\*([^*]+)\*\*", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)

    assert words == sorted(words)


def test_decisions_are_all_listed():
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text("utf-8")

    for record in folder.glob("0*.md"):
        text = record.read_text("utf-8")

        assert f"({record.name})" in index
        assert re.search(r"^Status: \w+.* Date: \d{4}-\d\d-\d\d\.$", text, re.MULTILINE), record.name
        assert [head for head in ("Context", "Decision", "Consequences") if f"\n## {head}\n" not in text] == []


def test_the_architecture_page_stops_in_time():
    assert (ROOT / "docs/architecture.md").read_text("utf-8").count("\n") <= 120


def faults_of_a_workflow(text):
    """Give what no workflow may have: actions that move, rights that nobody asked for, hands on clusters.

    An action of this repository (`./…`) is of the commit that was checked out.
    """
    moving = [use for use in re.findall(r"uses: (\S+)", text) if not re.search(r"^\./|@[0-9a-f]{40}$", use)]
    open_handed = [] if "\npermissions: {}\n" in text else ["permissions"]
    return [*moving, *open_handed, *re.findall(r"kubectl (?:set|apply|patch|edit)\b", text)]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_by_commit_and_nothing_is_permitted_by_default(file):
    assert faults_of_a_workflow(file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_no_workflow_that_may_write_runs_what_a_pull_request_brings(file):
    """And none puts what others wrote (names of branches, titles) into a script as text."""
    text = file.read_text("utf-8")
    jobs = yaml.safe_load(text)["jobs"].values()
    scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]

    assert "pull_request_target" not in text
    assert ": write" not in text or "actions/checkout" not in text
    assert [script for script in scripts if "${{" in script] == []


def test_the_action_is_pinned_by_commit_too():
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    steps = action["runs"]["steps"]

    assert [use for step in steps if (use := step.get("uses")) and not re.search(r"@[0-9a-f]{40}$", use)] == []
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


def test_the_pipeline_of_the_document_would_not_pass():
    sample = (ROOT / "tests/workflows/document-payment-platform.yaml").read_text("utf-8")

    assert faults_of_a_workflow(sample) == ["actions/checkout@v2", "permissions", "kubectl set"]


def test_every_ignored_rule_of_the_linter_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    ignored = [*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)]

    for rule in ignored:
        assert re.search(rf'^ +"{rule}", +# \S+', text, re.MULTILINE), rule


def test_the_lock_pins_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    lines = [*lock_lines("test"), *lock_lines("docs")]
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}

    for requirement in wanted:
        assert re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-") in pinned
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert len(pinned) == len(lines)  # no package is pinned twice


def lock_lines(name):
    lines = (ROOT / f"requirements/{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
