"""Definitions come from addresses, standard input and clusters too, and what was imported stays as it was."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gitopsgen.diagnostics import UsageError
from gitopsgen.schemas.importer import import_crds
from gitopsgen.schemas.location import SchemaLocation
from gitopsgen.schemas.lock import LOCK
from gitopsgen.schemas.pack import Pack
from tests.unit.test_schemas_importer import CRD

PLACES = {"/crds.yaml": "", "/moved": "/crds.yaml", "/away": "http://example.com/crds.yaml"}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        target = PLACES.get(self.path)
        self.send_response(404 if target is None else 302 if target else 200)
        if target:
            self.send_header("Location", target)
        self.end_headers()
        if target == "":
            self.wfile.write(CRD.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "crd.yaml").write_text(CRD, encoding="utf-8")
    import_crds([tmp_path / "crd.yaml"], tmp_path / "pack")
    return tmp_path / "pack"


@pytest.mark.parametrize("path", ["/crds.yaml", "/moved"])
def test_an_address_is_read(tmp_path, address, path):
    outcome = import_crds([f"{address}{path}"], tmp_path)

    assert outcome.diagnostics == ()
    assert Pack(tmp_path).find("example.com/v1", "Payment").source == f"{address}{path}"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/none", "cannot be read: the server answers 404"),
        ("/away", "leads to http://example.com/crds.yaml, expected https"),
    ],
)
def test_an_address_that_gives_nothing_is_told(tmp_path, address, path, message):
    (found,) = import_crds([f"{address}{path}"], tmp_path).diagnostics

    assert (found.code, found.message, found.location.file) == ("GG131", message, f"{address}{path}")


def test_an_address_of_another_machine_is_reached_by_tls_alone(tmp_path):
    (found,) = import_crds(["http://example.com/crds.yaml"], tmp_path).diagnostics

    assert found.message == "is not reached by TLS, expected https"


def test_standard_input_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CRD.encode())))

    assert len(import_crds(["-"], tmp_path).value) == 1


def test_a_cluster_is_asked_by_kubectl(tmp_path, monkeypatch):
    program = tmp_path / "kubectl"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --context=edge ] || {{ echo "no such context" >&2; exit 1; }}\ncat <<EOF\n{CRD}\nEOF\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert len(import_crds([], tmp_path / "pack", context="edge").value) == 1
    (found,) = import_crds([], tmp_path / "none", context="core").diagnostics
    assert (found.location.file, found.message) == ("cluster core", "cannot be asked: no such context")


def test_the_lock_keeps_what_other_imports_wrote(pack, tmp_path):
    (tmp_path / "other.yaml").write_text(CRD.replace("Payment", "Refund"), encoding="utf-8")
    import_crds([tmp_path / "other.yaml"], pack)

    paths = [line.split()[1] for line in (pack / LOCK).read_text(encoding="utf-8").splitlines()]
    assert paths == ["example.com/payment_v1.json", "example.com/refund_v1.json"]


def test_a_schema_that_changed_since_is_refused(pack):
    path = pack / "example.com/payment_v1.json"
    path.write_bytes(path.read_bytes() + b" ")

    for source in (Pack(pack), SchemaLocation(str(pack), "1.35")):
        with pytest.raises(UsageError, match="is not what was imported"):
            source.find("example.com/v1", "Payment")


def test_a_pack_without_a_lock_is_taken_as_it_is(pack):
    (pack / LOCK).unlink()
    path = pack / "example.com/payment_v1.json"
    path.write_bytes(path.read_bytes() + b" ")

    assert Pack(pack).find("example.com/v1", "Payment") is not None
