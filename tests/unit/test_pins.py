"""The image lock, brought up to date against a small registry on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gitopsgen import cli
from gitopsgen.pins import Wanted, update
from gitopsgen.registry import Registry, RegistryError, is_loopback

A, B = (f"sha256:{letter * 64}" for letter in "ab")
MANIFEST = b'{"schemaVersion": 2}'

LOCK = f"""\
# One digest an image.
images:
  # the gateway itself
  payment/payment-gateway:1.4.2: {{digest: unresolved, resolved: never, from: registry.example.com}}
  policy/opa:1.19.1:   # block style stays block style
    digest: {A}
    resolved: "2026-01-02"
    from: registry.example.com
"""


class RegistryServer(ThreadingHTTPServer):
    """A registry that knows `images`; with `token` it wants one, which its own realm gives to `user`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.images = {"payment/payment-gateway:1.4.2": B, "policy/opa:1.19.1": B}
        self.requests = []
        self.token = self.user = ""
        self.challenge = None
        self.headerless = self.redirect = False

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path != "/token":
            self.answer()
            return
        self.note()
        given = self.headers.get("Authorization", "")
        wanted = "Basic " + base64.b64encode(self.server.user.encode()).decode() if self.server.user else ""
        if given != wanted:
            self.reply(401)
            return
        self.server.scope = parse_qs(url.query)
        self.reply(200, body=json.dumps({"token": self.server.token}).encode())

    def answer(self):
        self.note()
        server = self.server
        if server.redirect:
            self.reply(307, {"Location": "http://127.0.0.1:1/elsewhere"})
        elif server.token and self.headers.get("Authorization") != f"Bearer {server.token}":
            realm = f'Bearer realm="http://{server.address}/token",service="registry"'
            self.reply(401, {"WWW-Authenticate": server.challenge or realm})
        else:
            self.manifest()

    def manifest(self):
        repository, _, tag = self.path.removeprefix("/v2/").partition("/manifests/")
        digest = self.server.images.get(f"{repository}:{tag}")
        if digest is None:
            self.reply(404)
        else:
            self.reply(200, {} if self.server.headerless else {"Docker-Content-Digest": digest}, MANIFEST)

    def note(self):
        self.server.requests.append((self.command, self.path, self.headers.get("Authorization")))

    def reply(self, status, headers=None, body=b""):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture
def registry():
    with RegistryServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def project(tmp_path):
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays/images.lock.yaml").write_text(LOCK)
    (tmp_path / "gitopsgen.yaml").write_text("registry: registry.example.com\n")
    return tmp_path


def run(project, registry, *arguments):
    return cli.main(["pins", "update", "--project", str(project), "--registry", registry, *arguments])


def lock_of(project):
    return Path(project / "overlays/images.lock.yaml").read_text()


def codes(outcome):
    return [finding.code for finding in outcome.diagnostics]


def resolving(project, resolve, **wanted):
    asked = Wanted("registry.example.com", **wanted)
    return update(project, "overlays/images.lock.yaml", asked, resolve, "2026-11-21")


def test_unresolved_tags_get_digests_and_the_rest_stays_as_it_was(project, registry, capsys):
    assert run(project, registry.address) == 0

    entry = f"""{{digest: {B}, resolved: "DATE", from: '{registry.address}'}}"""
    expected = LOCK.replace("{digest: unresolved, resolved: never, from: registry.example.com}", entry).split("DATE")
    written = lock_of(project)
    assert written.replace("'", "").startswith(expected[0].replace("'", ""))
    assert written.endswith(LOCK[LOCK.index("  policy/opa") :])
    assert capsys.readouterr().out == f"payment/payment-gateway:1.4.2  {B}\n"


def test_the_date_of_resolution_is_a_string_to_every_yaml_parser(project):
    resolving(project, lambda *_: B)

    assert 'resolved: "2026-11-21"' in lock_of(project)


def test_a_second_run_asks_nobody_and_writes_nothing(project, registry):
    run(project, registry.address)
    before, asked = lock_of(project), len(registry.requests)

    assert run(project, registry.address) == 0

    assert before == lock_of(project)
    assert asked == len(registry.requests)


def test_a_moved_tag_is_told(project, registry, capsys):
    assert run(project, registry.address, "--all") == 0

    assert "overlays/images.lock.yaml:5:3: warning[GG196]" in capsys.readouterr().err
    assert lock_of(project).count(B) == 2


def test_a_new_image_is_added_when_it_is_named(project, registry):
    registry.images["team/new:1"] = A

    assert run(project, registry.address, "team/new:1") == 0

    assert f"team/new:1: {{digest: {A}, resolved:" in lock_of(project)
    assert "unresolved" in lock_of(project)


def test_globs_choose_images_of_the_lock(project):
    asked = []

    def resolve(_, repository, tag):
        asked.append(f"{repository}:{tag}")
        return B

    outcome = resolving(project, resolve, images=("policy/*",))

    assert asked == ["policy/opa:1.19.1"]
    assert [pin.image for pin in outcome.value] == asked


@pytest.mark.parametrize("pattern", ["nothing/*", "no-tag"])
def test_a_name_that_is_no_image_is_wrong_usage(project, pattern):
    assert run(project, "127.0.0.1:1", pattern) == cli.USAGE


def test_an_unknown_image_is_found_at_its_line_and_others_are_still_written(project, registry, capsys):
    del registry.images["payment/payment-gateway:1.4.2"]

    assert run(project, registry.address, "--all") == cli.FOUND

    assert "overlays/images.lock.yaml:4:3: error[GG195]" in capsys.readouterr().err
    assert f"digest: {B}" in lock_of(project)


def test_offline_is_one_clear_finding_and_the_lock_is_kept(project, capsys):
    assert run(project, "127.0.0.1:1", "--all") == cli.FOUND

    said = capsys.readouterr().err
    assert said.count("error[GG191]") == 1
    assert "'127.0.0.1:1' cannot be reached" in said
    assert "hint: go online" in said
    assert lock_of(project) == LOCK


def test_a_registry_that_wants_a_token_gets_one_once_for_a_repository(registry):
    registry.token = "t0ken"  # noqa: S105 - of a test
    client = Registry(registry.address)

    assert client.digest("policy/opa", "1.19.1") == B
    assert client.digest("policy/opa", "1.19.1") == B

    assert registry.scope == {"service": ["registry"], "scope": ["repository:policy/opa:pull"]}
    assert [path.partition("?")[0] for _, path, _ in registry.requests].count("/token") == 1


def test_credentials_go_to_the_realm_and_not_to_the_registry(registry):
    registry.token, registry.user = "t0ken", "me:secret"

    assert Registry(registry.address, "me", "secret").digest("policy/opa", "1.19.1") == B

    sent = [(path.partition("?")[0], authorization) for _, path, authorization in registry.requests]
    assert all((path == "/token") == str(authorization).startswith("Basic") for path, authorization in sent)


def test_wrong_credentials_are_refused_not_a_bug(registry):
    registry.token, registry.user = "t0ken", "me:secret"

    with pytest.raises(RegistryError, match="answered 401") as refusal:
        Registry(registry.address).digest("policy/opa", "1.19.1")

    assert refusal.value.name == "registry-refused"


@pytest.mark.parametrize("realm", ["http://192.0.2.1/token", "ftp://x/", "file:///etc/passwd", ""])
def test_no_token_is_fetched_without_tls(registry, realm):
    registry.token = "t0ken"  # noqa: S105 - of a test
    registry.challenge = f'Bearer realm="{realm}"'

    with pytest.raises(RegistryError, match="expected https"):
        Registry(registry.address, "me", "secret").digest("policy/opa", "1.19.1")


@pytest.mark.parametrize("address", ["http://192.0.2.1:5000", "http://registry.example.com", "ftp://localhost"])
def test_plain_http_is_for_loopback_only(address):
    with pytest.raises(RegistryError, match="not reached by TLS"):
        Registry(address).digest("a", "1")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:5000", True),
        ("127.0.0.2", True),
        ("[::1]:5000", True),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback(host, expected):
    assert is_loopback(host) is expected


def test_a_registry_without_the_digest_header_is_hashed(registry):
    registry.headerless = True

    assert Registry(registry.address).digest("policy/opa", "1.19.1") == f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


def test_redirects_are_not_followed(registry):
    registry.redirect = True

    with pytest.raises(RegistryError, match="answered 307"):
        Registry(registry.address).digest("policy/opa", "1.19.1")


def test_a_digest_that_is_none_never_reaches_the_lock(registry):
    registry.images["policy/opa:1.19.1"] = "sha256:short"

    with pytest.raises(RegistryError, match="expected sha256"):
        Registry(registry.address).digest("policy/opa", "1.19.1")


@pytest.mark.parametrize("text", ["images: []\n", "other: {}\n", "- a\n", "images: {a: 1, a: 2}\n", "{"])
def test_a_broken_lock_is_found_and_left_alone(project, text):
    lock = project / "overlays/images.lock.yaml"
    lock.write_text(text)

    outcome = resolving(project, lambda *_: B)

    assert codes(outcome)
    assert lock.read_text() == text


def test_a_missing_lock_is_a_finding(project):
    (project / "overlays/images.lock.yaml").unlink()

    assert codes(resolving(project, lambda *_: B)) == ["GG110"]


def test_json_names_the_images(project, registry, capsys):
    run(project, registry.address, "-o", "json")

    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "findings": [],
        "images": [
            {"image": "payment/payment-gateway:1.4.2", "digest": B, "from": registry.address, "changed": True},
        ],
    }


def test_nothing_is_left_beside_the_lock_when_writing_fails(project, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        resolving(project, lambda *_: B)

    assert [path.name for path in (project / "overlays").iterdir()] == ["images.lock.yaml"]
    assert lock_of(project) == LOCK
