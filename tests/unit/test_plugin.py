"""What Argo CD's plugin server gets: manifests of one place, and what may be set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from gitopsgen.cli import main
from tests.projects import two_cases

CONTAINER = Path(__file__).parents[2] / "container"


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    """Ask as the plugin server does: parameters in the environment, in the folder of the project."""
    two_cases(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")

    def ask(command, **given):
        parameters = [{"name": name.replace("__", "."), "string": value} for name, value in given.items()]
        monkeypatch.setenv("ARGOCD_APP_PARAMETERS", json.dumps(parameters))
        code = main(["plugin", command])
        return code, *capsys.readouterr()

    return ask


def test_an_application_gets_its_variant_with_the_values_it_sets(asked):
    code, out, _ = asked("generate", region="suzhou", cluster="edge", case="hello", hello__greeting="Ahoy")
    documents = list(yaml.safe_load_all(out))

    assert code == 0
    assert {one["metadata"].get("namespace", one["metadata"]["name"]) for one in documents} == {"hello"}
    assert "Ahoy" in out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"region": "suzhou"}, "has no parameter cluster"),
        ({"region": "*", "cluster": "edge"}, "region is a pattern"),
        ({"region": "suzhou", "cluster": "edge", "hello__nothing": "1"}, "nothing"),
    ],
)
def test_what_would_give_too_much_or_is_unknown_is_refused(asked, given, message):
    code, out, err = asked("generate", **given)

    assert code != 0
    assert out == ""
    assert message in err


def test_what_may_be_set_is_announced_as_set_takes_it(asked):
    announced = {one["name"]: one for one in json.loads(asked("parameters", case="hello")[1])}
    everything = json.loads(asked("parameters")[1])

    assert announced["hello.greeting"]["collectionType"] == "string"
    assert all(name.startswith("hello.") for name in announced)
    assert {one["name"].partition(".")[0] for one in everything} == {"hello", "bye"}


def test_the_definition_of_the_plugin_runs_commands_that_exist():
    spec = yaml.safe_load((CONTAINER / "plugin.yaml").read_text())["spec"]
    entry = json.loads((CONTAINER / "Dockerfile").read_text().partition("ENTRYPOINT ")[2].splitlines()[0])
    for command in (spec["generate"]["command"], spec["parameters"]["dynamic"]["command"]):
        assert command[:3] == entry
        assert main([*command[3:], "--help"]) == 0
