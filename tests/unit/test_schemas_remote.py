"""Schemas behind addresses: asked once, kept for a day, and longer where nobody answers."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from gitopsgen import UsageError
from gitopsgen.pipeline import CheckOptions, check_manifests
from gitopsgen.pipeline.foreign import ForeignOptions
from gitopsgen.schemas.location import SchemaLocation

SCHEMA = {"type": "object", "properties": {"spec": {"properties": {"size": {"type": "integer"}}, "type": "object"}}}
FILE = "/main/example.com/widget_v1.json"
WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: big}\n"
PACK = Path(__file__).parents[2] / "schemas/modern"


@pytest.fixture
def catalog():
    """Serve one schema; `asked` tells what was asked for, and `failing` makes every answer a 500."""

    class Catalog(BaseHTTPRequestHandler):
        asked: ClassVar[list[str]] = []
        failing = False

        def do_GET(self):
            self.asked.append(self.path)
            self.send_response(500 if Catalog.failing else 200 if self.path == FILE else 404)
            self.end_headers()
            if self.path == FILE and not Catalog.failing:
                self.wfile.write(json.dumps(SCHEMA).encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Catalog) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        Catalog.url = f"http://127.0.0.1:{server.server_port}/main"
        yield Catalog
        server.shutdown()
        thread.join()


@pytest.fixture
def template(catalog):
    return catalog.url + "/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"


def test_check_finds_what_the_schema_behind_an_address_refuses(catalog, template, tmp_path, monkeypatch):
    """With the words that people have in their pipelines for kubeconform."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (manifests / "a.yaml").write_text(WIDGET, encoding="utf-8")

    how = ForeignOptions("1.35", PACK, ("default", template))
    report = check_manifests((str(manifests),), (), how, CheckOptions())

    errors = [(one.location.line, one.code) for one in report.findings if one.severity.value == "error"]
    assert errors == [(4, "GG405")]
    assert catalog.asked == [FILE]  # nothing is asked about kinds of Kubernetes itself


@pytest.mark.parametrize("kind", ["Widget", "Gadget"])
def test_an_address_is_asked_once_a_run(catalog, template, kind):
    location = SchemaLocation(template, "1.35")

    found = [location.find("example.com/v1", kind) for _ in range(3)]

    assert [one is not None for one in found] == [kind == "Widget"] * 3
    assert len(catalog.asked) == 1


def test_a_folder_of_a_server_has_the_layouts_that_a_folder_has(catalog):
    found = SchemaLocation(catalog.url + "/", "1.35").find("example.com/v1", "Widget")

    assert found.source == catalog.url + FILE.removeprefix("/main")


def test_a_copy_serves_for_a_day_and_longer_where_nobody_answers(catalog, template, tmp_path):
    def find():
        return SchemaLocation(template, "1.35", tmp_path).find("example.com/v1", "Widget")

    find()
    find()
    assert len(catalog.asked) == 1

    (copy,) = tmp_path.iterdir()
    os.utime(copy, (0, 0))
    catalog.failing = True
    assert find() is not None
    assert len(catalog.asked) == 2

    catalog.failing = False
    find()
    find()
    assert len(catalog.asked) == 3


def test_an_address_that_cannot_be_asked_is_wrong_usage_and_no_missing_schema(catalog, template):
    catalog.failing = True
    with pytest.raises(UsageError, match=r"widget_v1\.json cannot be read: the server answers 500"):
        SchemaLocation(template, "1.35").find("example.com/v1", "Widget")

    with pytest.raises(UsageError, match="is not reached by TLS, expected https"):
        SchemaLocation("http://example.com/{{.ResourceKind}}.json", "1.35").find("example.com/v1", "Widget")
