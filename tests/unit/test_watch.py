"""`watch` tells at once what cannot be read, then what follows, and leaves nothing behind when it is stopped."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gitopsgen.load import settings_of
from gitopsgen.model.selection import Selection
from gitopsgen.pipeline import RenderOptions, render, rendering
from gitopsgen.watch import PageServer, first_look, regions_of
from tests.pages import document

BASE = Path(__file__).parents[1] / "stories" / "base"
PATIENCE = 60  # seconds, of a machine that does other things too


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(BASE, root)
    return root


class Watching:
    """A running `watch`, and what it says."""

    def __init__(self, root, *options):
        command = [sys.executable, "-m", "gitopsgen", "watch", "--project", str(root), *options]
        self.log = root.parent / "said.txt"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )

    def hears(self, pattern, since=0):
        """Wait until it has said something; give where that ends."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            said = self.log.read_text("utf-8")
            found = re.compile(pattern).search(said, since)
            if found:
                return found
            time.sleep(0.01)
        raise AssertionError(self.log.read_text("utf-8"))

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def watching():
    started = []

    def start(*arguments):
        started.append(Watching(*arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def test_what_is_saved_is_read_then_rendered_and_written(project, watching):
    running, region = watching(project), project / "overlays/regions/wuxi/region.yaml"
    text = region.read_text("utf-8")
    at = running.hears("watching").end()

    region.write_text(text + "  bad: [\n", "utf-8")
    at = running.hears(r"region\.yaml:\d+:\d+: error\[GG101\]", at).end()
    region.write_text(text, "utf-8")
    at = running.hears(r"wuxi: nothing changed.*\n.*fleet: nothing changed", at).end()
    (project / "overlays/regions/wuxi/hello.yaml").write_text("replicas: 6\n", "utf-8")
    at = running.hears(r"wuxi: .*updated", at).end()
    (project / "overlays/tiers/small.yaml").write_text("facts: {}\ncases: {hello: {replicas: lots}}\n", "utf-8")
    at = running.hears(r"saved: .*small.yaml\n.*tiers/small\.yaml:2:\d+: error\[GG202\](.*\n)*1 error", at).end()
    template = project / "blueprints/hello/manifests/configmap.yaml.j2"
    (project / "overlays/tiers/small.yaml").write_text("facts: {}\ncases: {}\n", "utf-8")
    at = running.hears("fleet: ", at).end()
    template.write_text(template.read_text("utf-8").replace("ConfigMap", "Config_Map"), "utf-8")
    at = running.hears(r"configmap.yaml.j2\n.*configmap\.yaml\.j2:2.*: error\[GG401\](.*\n)*1 error", at).end()
    template.write_text(template.read_text("utf-8").replace("Config_Map", "ConfigMap"), "utf-8")
    at = running.hears("fleet: ", at).end()
    settings = (project / "gitopsgen.yaml").rename(project / "away.yaml")
    at = running.hears("error: .*gitopsgen.yaml", at).end()
    (project / "overlays/tiers/small.yaml").write_text("facts: {}\ncases: {}\n", "utf-8")
    settings.rename(project / "gitopsgen.yaml")
    at = running.hears("watching; Ctrl-C", at).end()
    (project / "overlays/tiers/small.yaml").write_text("facts: {}\ncases: {hello: {replicas: 8}}\n", "utf-8")
    running.hears(r"fleet: .*updated", at)

    assert running.stop() == 0
    assert running.log.read_text("utf-8").endswith("stopped\n")


def test_the_page_is_served_made_anew_and_gone_at_the_end(project, watching):
    running = watching(project, "--page", "--dry-run")
    address = running.hears(r"the page: (http://127\.0\.0\.1:\d+/)")[1]
    at = running.hears("the page is new").end()

    first = json.loads(urllib.request.urlopen(f"{address}report.json").read())  # noqa: S310 - our own address
    (project / "overlays/regions/wuxi/hello.yaml").write_text("replicas: 6\n", "utf-8")
    running.hears("the page is new", at)
    second = json.loads(urllib.request.urlopen(f"{address}report.json").read())  # noqa: S310 - as above

    assert [len(city["deviations"]) for city in first["cities"]] == [0, 0]
    assert [len(city["deviations"]) for city in second["cities"]] == [0, 1]
    assert not (project / "generated").exists()
    assert running.stop(signal.SIGTERM) == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address)  # noqa: S310 - as above


def test_a_file_that_cannot_be_read_is_told_within_a_tenth_of_a_second(project):
    file = "overlays/regions/wuxi/region.yaml"
    (project / file).write_text("facts: [\n" + "# more\n" * 2000, "utf-8")
    took = []

    for _ in range(3):
        start = time.perf_counter()
        found = first_look(project, [file, "overlays/regions/wuxi/gone.yaml", "blueprints/hello/README.md"])
        took.append(time.perf_counter() - start)

    assert [(one.code, one.location.file) for one in found] == [("GG101", file)]
    assert min(took) < 0.1


def test_a_sound_file_is_not_refused_for_what_only_its_reader_knows(project):
    """Merge tags stand in overlays; what a template takes in as a text need not be one document of YAML."""
    layer, text = "overlays/tiers/small.yaml", "blueprints/hello/files/several.yaml"
    (project / layer).write_text("cases: {hello: {labels: !replace {}}}\n", "utf-8")
    (project / text).parent.mkdir()
    (project / text).write_text("a: !Ref b\n---\n? [\n", "utf-8")

    assert first_look(project, [layer, text]) == ()
    (project / "blueprints/hello/values.yaml").write_text("labels: !replace {}\n", "utf-8")
    assert [one.code for one in first_look(project, ["blueprints/hello/values.yaml"])] == ["GG106"]


@pytest.mark.parametrize(
    ("files", "regions"),
    [
        (["overlays/regions/wuxi/region.yaml"], ("wuxi",)),
        (["overlays/regions/wuxi/hello.yaml", "overlays/regions/suzhou/edge/hello.yaml"], ("suzhou", "wuxi")),
        (["overlays/regions/wuxi/region.yaml", "overlays/fleet.yaml"], ()),
        (["overlays/regions/wuxi"], ()),
        (["gitopsgen.yaml"], ()),
    ],
)
def test_only_files_of_regions_alone_concern_regions_alone(project, files, regions):
    assert regions_of(settings_of(project), files) == regions


@pytest.fixture
def served(tmp_path):
    server = PageServer(tmp_path)
    yield server, tmp_path
    server.close()


def ask(address, **headers):
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, ""


def test_the_server_answers_to_its_own_name_with_the_page_alone(served):
    server, folder = served
    assert "being made" in ask(server.address)[1]

    (folder / "report.json").write_text(json.dumps(document(2)), "utf-8")
    status, text = ask(server.address)

    assert (status, "EventSource" in text, "connect-src" in text) == (200, True, True)
    assert ask(f"{server.address}../secret")[0] == 404
    assert ask(server.address, Host="evil.example")[0] == 421


def test_whoever_looks_is_told_of_a_new_page(served):
    server, _ = served
    with urllib.request.urlopen(f"{server.address}events") as stream:  # noqa: S310 - our own address
        lines = [stream.readline() for _ in range(3)]
        server.tell()
        lines += [stream.readline() for _ in range(2)]

    assert lines[1] == b"data: 0\n"
    assert lines[4] == b"data: 1\n"


def test_what_is_saved_while_the_fleet_renders_is_not_taken_for_rendered(project, monkeypatch):
    """A run remembers that nothing has changed since; that has to mean since it read its inputs."""
    tier, load = project / "overlays/tiers/small.yaml", rendering.load

    def load_then_save(*arguments, **options):
        loaded = load(*arguments, **options)
        tier.write_text("facts: {}\ncases: {hello: {replicas: 8}}\n", "utf-8")
        return loaded

    render(project, RenderOptions(Selection()))
    (project / "overlays/regions/wuxi/hello.yaml").write_text("replicas: 6\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "load", load_then_save)
        render(project, RenderOptions(Selection()))

    assert render(project, RenderOptions(Selection())).updated
    assert not render(project, RenderOptions(Selection())).updated
