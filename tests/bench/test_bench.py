"""The benchmark compares equal work: its project is sound, and every peer's inputs give the objects that we give."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from gitopsgen.compose import Selection
from gitopsgen.pipeline import RenderOptions, render
from tests.bench import naive, programs
from tests.bench.cities import cities
from tests.bench.fleet import write_project
from tests.bench.peers import objects, variants, write_peers
from tests.real.builds import UnavailableError

TARGET = "anbao/payments"
CITIES = 18


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    directory = tmp_path_factory.mktemp("fleet")
    write_project(directory, CITIES)
    return directory


@pytest.fixture(scope="module")
def ours(project):
    report = render(project, RenderOptions(Selection(regions=("anbao", "beibao", "changbao")), stdout=True))

    assert report.diagnostics == ()

    documents = [yaml.load(f"{text}\n", Loader=yaml.CSafeLoader) for text in report.stream]
    return {identity(data): data for data in documents if is_of_target(data)}


@pytest.fixture(scope="module")
def peers(project, tmp_path_factory):
    directory = tmp_path_factory.mktemp("peers")
    write_peers(project, directory)
    return directory


def is_of_target(data):
    labels = data["metadata"].get("labels", {})
    city, case = TARGET.split("/")
    zone, part = (labels.get(name) for name in ("topology.kubernetes.io/zone", "app.kubernetes.io/part-of"))
    return (zone, part) == (city, case)


def identity(data):
    return data["kind"], data["metadata"]["name"]


def told(*texts):
    found = [data for text in texts for data in yaml.load_all(text, Loader=yaml.CSafeLoader)]
    return {identity(data): data for data in found if data}


def program(get):
    try:
        return str(get())
    except UnavailableError as error:
        pytest.skip(str(error).splitlines()[0])


def test_cities_have_names_and_addresses_of_their_own():
    names = [city.name for city in cities(1000)]

    assert len(set(names)) == 1000
    assert all(city.name not in city.failover for city in cities(1000))


def test_the_plain_way_gives_our_objects(project, ours):
    contexts = {f"{region}/{case}": context for region, case, context in variants(project)}
    expected = {identity(data): data for data in objects(contexts[TARGET]).values()}

    assert len(expected) == 25
    assert expected == ours


def test_cities_of_different_tiers_take_different_ways(project):
    contexts = {region: context for region, case, context in variants(project) if case == "payments"}
    shapes = {json.dumps(sorted(objects(contexts[city])["poddisruptionbudget.yaml"]["spec"])) for city in contexts}

    assert len(shapes) == 2


def test_the_loop_gives_our_objects(peers, ours, tmp_path):
    naive.main(peers, tmp_path / "output", [TARGET])

    assert told(*(path.read_text("utf-8") for path in (tmp_path / "output" / TARGET).iterdir())) == ours


def test_kustomize_gives_our_objects(peers, ours):
    folder = peers / "kustomize" / "overlays" / TARGET
    done = subprocess.run([program(programs.kubectl), "kustomize", folder], check=True, capture_output=True, text=True)

    assert told(done.stdout) == ours


@pytest.mark.deep
def test_helm_gives_our_objects(peers, ours):
    case = TARGET.partition("/")[2]
    command = [
        program(programs.helm),
        "template",
        case,
        peers / "helm" / case,
        "-f",
        peers / "values" / f"{TARGET}.yaml",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert told(done.stdout) == ours


@pytest.mark.deep
def test_kapitan_gives_our_objects(peers, ours, tmp_path):
    name = TARGET.replace("/", "-")
    command = [program(programs.kapitan), "compile", "-t", name, "--output-path", tmp_path]
    subprocess.run(command, check=True, capture_output=True, cwd=peers / "kapitan")

    assert told(*(path.read_text("utf-8") for path in (tmp_path / "compiled" / name).iterdir())) == ours


@pytest.mark.deep
def test_makejinja_gives_our_objects(peers, ours, tmp_path):
    source = peers / "jinja" / TARGET.partition("/")[2]
    options = ["--jinja-suffix", ".j2", "-d", peers / "values" / f"{TARGET}.yaml"]
    command = [program(programs.makejinja), "-i", source, "-o", tmp_path / "output", *options]
    subprocess.run(command, check=True, capture_output=True)

    assert told(*(path.read_text("utf-8") for path in (tmp_path / "output").iterdir())) == ours


@pytest.mark.deep
def test_make_argocd_fly_gives_our_objects(peers, ours, tmp_path):
    city, case = TARGET.split("/")
    options = ["--render-envs", city, "--render-apps", case, "--skip-latest-version-check"]
    command = [program(programs.make_argocd_fly), "--root-dir", peers / "make-argocd-fly", *options]
    subprocess.run([*command, "--output-dir", tmp_path / "output"], check=True, capture_output=True)

    assert told(*(path.read_text("utf-8") for path in (tmp_path / "output" / TARGET).iterdir())) == ours
