"""A client speaks to the real language server: one session from its beginning to its end, and how others break off."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest

from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.lsp import Server
from gitopsgen.lsp.expressions import begun_at, meant_at, names_before, path_at
from gitopsgen.lsp.findings import by_file
from gitopsgen.lsp.positions import UTF16, UTF32, Text
from gitopsgen.template.loader import Loader

BASE = Path(__file__).parents[1] / "stories" / "base"
PATIENCE = 60  # seconds, of a machine that does other things too
TEMPLATE = "blueprints/hello/manifests/configmap.yaml.j2"
TIER = "overlays/tiers/small.yaml"
REGION = "overlays/regions/wuxi/region.yaml"


class Client:
    """The other end of a server: asks, and keeps what it is told."""

    def __init__(self, root):
        self.root = root
        command = [sys.executable, "-m", "gitopsgen", "lsp", "--project", str(root)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
        self.came = Queue()
        self.number = 0
        Thread(target=self._read, daemon=True).start()

    def _read(self):
        while head := self.process.stdout.readline():
            assert self.process.stdout.readline() == b"\r\n"
            self.came.put(json.loads(self.process.stdout.read(int(head.partition(b":")[2]))))

    def raw(self, body):
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def note(self, method, **params):
        self.raw(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}, ensure_ascii=False).encode())

    def ask(self, method, **params):
        self.number += 1
        asked = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.raw(json.dumps(asked).encode())
        return self.until(lambda message: message.get("id") == self.number)

    def until(self, is_it):
        while not is_it(message := self.came.get(timeout=PATIENCE)):
            pass
        return message

    def findings(self, file, codes):
        """Wait until a file has just these findings; give them."""
        message = self.until(
            lambda one: (
                one.get("method") == "textDocument/publishDiagnostics"
                and one["params"]["uri"] == self.uri(file)
                and [each["code"] for each in one["params"]["diagnostics"]] == codes
            )
        )
        return message["params"]["diagnostics"]

    def uri(self, file):
        return (self.root / file).as_uri()

    def open(self, file):
        text = (self.root / file).read_text("utf-8")
        self.note("textDocument/didOpen", textDocument={"uri": self.uri(file), "version": 1, "text": text})

    def change(self, file, text):
        document = {"uri": self.uri(file), "version": 2}
        self.note("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def at(self, method, file, line, character):
        position = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", textDocument={"uri": self.uri(file)}, position=position)["result"]

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        said = self.process.stderr.read().decode()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        return code, said


@pytest.fixture
def client(tmp_path):
    root = tmp_path / "我的 project"
    shutil.copytree(BASE, root)
    one = Client(root)
    yield one
    if one.process.poll() is None:
        one.process.kill()
        one.process.wait()


def start(client, **general):
    return client.ask("initialize", processId=None, rootUri=client.root.as_uri(), capabilities={"general": general})


def test_a_session_finds_explains_leads_and_completes_and_writes_nothing(client):
    before = {file: file.read_bytes() for file in client.root.rglob("*") if file.is_file()}
    assert client.ask("textDocument/hover")["error"]["code"] == -32002  # nothing before `initialize`
    assert start(client)["result"]["capabilities"]["positionEncoding"] == "utf-16"
    client.note("initialized")
    finds_and_clears(client)
    explains_and_leads(client)
    completes(client)
    ends(client)
    assert {file: file.read_bytes() for file in client.root.rglob("*") if file.is_file()} == before


def finds_and_clears(client):
    client.open(TIER)
    client.findings(TIER, [])
    before = 'cases: {hello: {greeting: "𠮷你", replicas: '
    client.change(TIER, f"facts: {{}}\n{before}lots}}}}\n")
    (found,) = client.findings(TIER, ["GG202"])
    assert "integer" in found["message"]
    assert found["relatedInformation"][0]["location"]["uri"] == client.uri("blueprints/hello/values.schema.json")
    column = len(before) + 1  # 𠮷 is two units of UTF-16
    assert found["range"] == {"start": {"line": 1, "character": column}, "end": {"line": 1, "character": column + 4}}
    client.change(TIER, "facts: {}\ncases: {hello: {replicas: 7}}\n")
    client.findings(TIER, [])


def explains_and_leads(client):
    client.open(TEMPLATE)
    told = client.at("hover", TEMPLATE, 7, 26)["contents"]["value"]
    assert told.startswith("**`values.replicas`** · integer — How many pods say it.")
    assert "`7` in `suzhou/edge/hello`" in told
    assert f"  - set [{TIER}:2:27](" in told
    assert "  - over [blueprints/hello/values.yaml:2:11](" in told
    assert "`苏州` in `suzhou`\n" in client.at("hover", TEMPLATE, 6, 45)["contents"]["value"]
    assert client.at("hover", TEMPLATE, 0, 3) is None

    set_at = client.at("definition", TEMPLATE, 7, 26)
    assert [(one["uri"], one["range"]["start"]["character"]) for one in set_at] == [(client.uri(TIER), 26)]
    over = client.at("definition", "blueprints/hello/values.yaml", 1, 2)
    assert [one["uri"] for one in over] == [client.uri(TIER)]
    assert client.at("definition", TIER, 1, 26) == []


def completes(client):
    begun = '  你好: "{{ values.re'
    client.change(TEMPLATE, f'data:\n{begun} }}}}"\n')
    offered = client.at("completion", TEMPLATE, 1, len(begun))
    description = "How many pods say it."
    assert offered == [{"label": "replicas", "kind": 5, "detail": "integer", "documentation": description}]
    client.findings(TEMPLATE, ["GG303"])


def ends(client):
    assert client.ask("textDocument/rename")["error"]["code"] == -32601
    client.raw(b"{")
    assert client.until(lambda one: "error" in one)["error"]["code"] == -32700
    assert client.ask("shutdown")["result"] is None
    assert client.ask("shutdown")["error"]["code"] == -32600
    client.note("exit")
    assert client.end() == (0, "")


@pytest.mark.parametrize("template_is_right", [True, False])
def test_no_finding_of_an_older_text_is_left_while_the_client_types(client, template_is_right):
    """The client never pauses, so nothing is rendered whole: what it sees comes from the glance at each text."""
    start(client)
    text = (client.root / TEMPLATE).read_text("utf-8")
    client.open(TEMPLATE)
    client.findings(TEMPLATE, [])
    client.change(TEMPLATE, text.replace("values.replicas", "values.replicaz"))
    client.findings(TEMPLATE, ["GG303"])
    stop = Event()

    def type_on():
        while not stop.wait(0.05):
            client.note("workspace/didChangeWatchedFiles", changes=[])

    typing = Thread(target=type_on)
    typing.start()
    try:
        client.change(TEMPLATE, text if template_is_right else text.replace("kind: ConfigMap", "kind: ConfigMapp"))
        client.findings(TEMPLATE, [] if template_is_right else ["GG401"])
    finally:
        stop.set()
        typing.join()
        client.end()


def test_a_client_that_dies_ends_the_server(client):
    start(client)
    client.open(REGION)
    assert client.end() == (1, "")


def test_what_is_no_message_ends_the_server_with_one_line(capsys):
    assert Server(BytesIO(b"hello\n"), BytesIO(), lambda folder: folder).run() == 1
    assert capsys.readouterr().err == "gitopsgen lsp: BrokenStreamError: a message without a head\n"


def test_a_finding_has_its_hint_and_its_page_and_stands_in_a_file_of_the_project(tmp_path):
    for file in ("one.yaml", "docs/rules/odd-key.md"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    one = Diagnostic("GG999", "odd-key", Severity.WARNING, "odd", Location("one.yaml", 1), "mend it")
    found = [one, one, replace(one, location=Location("--set")), replace(one, code="GG851")]

    shown = by_file(found, tmp_path, lambda _: Text.of("  key: 1", UTF16), lambda _: {})

    assert shown == {
        "one.yaml": [
            {
                "range": {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 8}},
                "severity": 2,
                "code": "GG999",
                "source": "gitopsgen",
                "message": "odd\nhint: mend it",
                "codeDescription": {"href": (tmp_path / "docs/rules/odd-key.md").as_uri()},
            }
        ]
    }


@pytest.mark.parametrize(
    ("encoding", "character", "column"), [(UTF16, 4, 4), (UTF16, 3, 3), (UTF16, 2, 2), (UTF32, 3, 4), (UTF16, 99, 5)]
)
def test_characters_are_counted_as_the_client_counts(encoding, character, column):
    text = Text.of("first\r\n你𠮷x:", encoding)

    assert text.position({"line": 1, "character": character}) == (2, column)


def test_places_and_columns_are_inverse():
    for encoding in (UTF16, UTF32):
        text = Text.of("你𠮷x: 值\n", encoding)
        for column in range(1, 8):
            assert text.position(text.place(1, column)) == (1, min(column, 7))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("x: {{ values.au^to.max | int }}", ("values", "auto")),
        ("x: {{ values.auto.max^ | int }}", ("values", "auto", "max")),
        ('x: {{ values.a["b.c"]^.d[0] }}', ("values", "a", "b.c")),
        ("{% if region.ti^er == 'core' %}", ("region", "tier")),
        ("x: {{ 'values.au^to' }}", ()),
        ("x: values.au^to {{ y }}", ()),
        ("{# {{ values.au^to }} #}", ()),
    ],
)
def test_the_path_under_the_cursor_is_found(line, path):
    assert path_at(line.replace("^", ""), line.index("^")) == path


@pytest.mark.parametrize(
    ("before", "begun"),
    [
        ("x: {{ values.auto.m", (("values", "auto"), "m")),
        ("x: {{ ", ((), "")),
        ("x: {{ a }} {% if values.", (("values",), "")),
        ("x: {{ a }} values.", None),
        ("x: values.", None),
    ],
)
def test_the_path_that_is_begun_is_found(before, begun):
    assert begun_at(before, len(before)) == begun


@pytest.mark.parametrize(
    ("before", "path", "meant"),
    [
        ("{% for port in values.ports %}{{ port.", ("port",), ("values", "ports", 0)),
        ("{%- set own = values.own %}{% for one in own.parts %}{{ one.", ("one",), ("values", "own", "parts", 0)),
        ("{% set one = values.a %}{% set one = values.b %}{{ one.", ("one",), ("values", "b")),
        ("{% set one = one.below %}{{ one.", ("one",), ("one", "below")),
        ("{{ values.", ("values",), ("values",)),
    ],
)  # fmt: skip
def test_names_bound_before_stand_for_what_they_were_bound_to(before, path, meant):
    assert meant_at(before, len(before), path) == meant


def test_names_bound_before_a_place_are_known():
    text = "{% for port in values.ports %}{% set name = port.name %}{{ n"

    assert names_before(text + "}}{% set later = 1 %}", len(text)) == ["port", "name"]


def test_a_template_is_read_as_it_stands_in_the_editor(tmp_path):
    (tmp_path / "one.j2").write_text("saved", "utf-8")

    assert Loader(tmp_path, "", {}, None, {"one.j2": b"a\r\nb"}).source("one.j2") == "a\nb"
