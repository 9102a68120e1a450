"""Redis with Sentinel as its component starts it: the rendered files, run by real Redis where one is installed.

Three sentinels and two servers of one machine, each with an address of its own and the name that it has in the cluster.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
RENDERED = CHECKOUT / "generated/shanghai/risk/risk-control"
SENTINELS = [f"redis-sentinel-{number}" for number in range(3)]
SERVERS = [f"redis-{number}" for number in range(2)]
PASSWORDS = {name: f"{name}-password" for name in ("client", "exporter", "replica", "sentinel")}

PROGRAMS = {name: shutil.which(name) or "" for name in ("redis-server", "redis-cli", "openssl", "unshare")}

needs_redis = pytest.mark.skipif(
    not all(PROGRAMS.values()), reason="no redis-server, redis-cli, openssl or unshare on PATH"
)


def test_a_template_of_the_secret_knows_every_password_that_it_uses() -> None:
    secret = rendered("externalsecret-risk-data-redis-auth.yaml")["spec"]

    assert {entry["secretKey"] for entry in secret["data"]} == set(PASSWORDS)


@needs_redis
def test_a_lost_primary_is_replaced_and_comes_back_as_a_replica(tmp_path: Path) -> None:
    """The one thing that matters: writes go on, none that was seen is lost, and the old primary does not take any."""
    with Cluster(tmp_path) as cluster:
        first = "redis-0"
        cluster.until(lambda: cluster.primary() == first, "the sentinels to agree")
        cluster.until(lambda: cluster.command(first, "set", "risk:score", "7") == "OK", "a write with a replica")

        cluster.kill(first)
        cluster.until(lambda: cluster.primary() == "redis-1", "a failover")
        assert cluster.command("redis-1", "get", "risk:score") == "7"
        assert "NOREPLICAS" in cluster.command("redis-1", "set", "risk:score", "8")

        cluster.start(first)
        cluster.until(lambda: cluster.command("redis-1", "set", "risk:score", "8") == "OK", "the old primary to follow")
        assert "READONLY" in cluster.command(first, "set", "risk:score", "9")


@needs_redis
def test_sentinels_that_start_again_remember_who_is_primary(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.until(lambda: cluster.command("redis-0", "set", "risk:a", "1") == "OK", "a write with a replica")
        cluster.kill("redis-0")
        cluster.until(lambda: cluster.primary() == "redis-1", "a failover")
        for name in ("redis-1", *SENTINELS):
            cluster.kill(name)

        for name in (*SERVERS, *SENTINELS):
            cluster.start(name)

        cluster.until(lambda: cluster.command("redis-1", "set", "risk:a", "2") == "OK", "writes to the same primary")
        assert cluster.primary() == "redis-1"


@needs_redis
def test_whoever_has_no_name_may_ask_for_life_and_primary_only(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.until(lambda: cluster.command("redis-0", "ping", user="") == "PONG", "a server")

        assert "NOPERM" in cluster.command("redis-0", "get", "risk:score", user="")
        assert "NOPERM" in cluster.command("redis-0", "get", "other:score")
        assert "NOPERM" in cluster.command("redis-0", "flushall")
        assert "NOPERM" in cluster.command("redis-sentinel-0", "sentinel", "failover", "primary", user="")


@needs_redis
def test_a_new_certificate_restarts_the_server(tmp_path: Path) -> None:
    with Cluster(tmp_path, watch_seconds=1, stagger_seconds=0) as cluster:
        cluster.until(lambda: cluster.command("redis-0", "ping", user="") == "PONG", "a server")

        certify(tmp_path / "tls")

        cluster.until(lambda: cluster.programs["redis-0"].poll() is not None, "the server to stop")


def rendered(name: str) -> dict:
    return yaml.safe_load((RENDERED / name).read_text(encoding="utf-8"))


def certify(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [PROGRAMS["openssl"], "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=redis",
         "-keyout", folder / "tls.key", "-out", folder / "tls.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    shutil.copy(folder / "tls.crt", folder / "ca.crt")


def filled(template: str) -> str:
    """Fill the template of the secret as External Secrets does; only what ours use is known here."""
    for name, password in PASSWORDS.items():
        digest = sha256(password.encode()).hexdigest()
        template = template.replace(f"{{{{ .{name} | sha256sum }}}}", digest)
        template = template.replace(f"{{{{ .{name} | quote }}}}", f'"{password}"')
    assert "{{" not in template
    return template


@dataclass
class Cluster:
    """The programs of the pods, in a namespace where the names of the cluster lead to addresses of this machine."""

    folder: Path
    watch_seconds: int = 60
    stagger_seconds: int = 300
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        config, auth = self.folder / "config", self.folder / "auth"
        for path in (config, auth, self.folder / "bin"):
            path.mkdir()
        certify(self.folder / "tls")
        for name, content in rendered("configmap-risk-data-redis.yaml")["data"].items():
            (config / name).write_text(self.here(content), encoding="utf-8")
        template = rendered("externalsecret-risk-data-redis-auth.yaml")["spec"]["target"]["template"]["data"]
        for name in ("redis.acl", "redis.conf", "sentinel.acl", "sentinel.conf"):
            (auth / name).write_text(filled(template[name]), encoding="utf-8")
        (self.folder / "hosts").write_text(self.hosts(), encoding="utf-8")
        # Pods have an address each; here each program is told to listen on its own.
        server = self.folder / "bin/redis-server"
        server.write_text(f'#!/bin/sh\nexec {PROGRAMS["redis-server"]} "$@" --bind "$ADDRESS"\n', encoding="utf-8")
        server.chmod(0o755)
        for name in (*SENTINELS, *SERVERS):
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.programs):
            self.kill(name)

    def here(self, content: str) -> str:
        """Give a file of the ConfigMap with this machine's folders, and without the patience of production."""
        for name in ("tls", "auth"):
            content = content.replace(f" /{name}/", f" {self.folder / name}/")
        content = content.replace("down-after-milliseconds primary 5000", "down-after-milliseconds primary 1000")
        content = content.replace("failover-timeout primary 30000", "failover-timeout primary 5000")
        return content.replace("dir /data\n", "")

    def hosts(self) -> str:
        lines = [f"{address(name)} {host(name)}" for name in (*SERVERS, *SENTINELS)]
        return "\n".join(["127.0.0.1 localhost", *lines]) + "\n"

    def start(self, name: str) -> None:
        pod = "sentinel" if name in SENTINELS else "redis"
        home = self.folder / name
        home.mkdir(exist_ok=True)
        stateful_set = "redis-sentinel" if pod == "sentinel" else "redis"
        spec = rendered(f"statefulset-risk-data-{stateful_set}.yaml")["spec"]["template"]["spec"]
        variables = {entry["name"]: entry["value"] for entry in spec["containers"][0]["env"]}
        environment = {
            **os.environ,
            **variables,
            "HOSTNAME": name,
            "ADDRESS": address(name),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "WATCH_SECONDS": str(self.watch_seconds),
            "STAGGER_SECONDS": str(self.stagger_seconds),
            **{variable: str(self.folder / variable.lower()) for variable in ("CONFIG", "AUTH", "TLS")},
            **{variable: str(home) for variable in ("STATE", "RUN")},
        }
        script = f"mount --bind {self.folder}/hosts /etc/hosts && exec sh {self.folder}/config/{pod}.sh"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [PROGRAMS["unshare"], "-rm", "sh", "-c", script],
                cwd=home, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        program = self.programs.pop(name)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()

    def command(self, name: str, *words: str, user: str = "risk") -> str:
        port = "26379" if name in SENTINELS else "6379"
        who = ["--user", user, "--pass", PASSWORDS["client"], "--no-auth-warning"] if user else []
        where = ["-h", address(name), "-p", port, "--tls", "--cacert", self.folder / "tls/ca.crt"]
        done = subprocess.run(
            [PROGRAMS["redis-cli"], *where, *who, *words],
            capture_output=True, text=True, check=False, timeout=10,
        )  # fmt: skip
        return done.stdout.strip()

    def primary(self) -> str:
        """Give the server that most sentinels take for the primary, empty while they do not agree."""
        answers = [
            self.command(name, "sentinel", "get-master-addr-by-name", "primary", user="").partition(".")[0]
            for name in SENTINELS
            if name in self.programs
        ]
        chosen = max(set(answers), key=answers.count)
        return chosen if answers.count(chosen) > 1 else ""

    def until(self, holds, what: str) -> None:
        end = time.monotonic() + 30
        while not holds():
            if time.monotonic() > end:
                pytest.fail(f"waited in vain for {what}\n{self.logs()}")
            time.sleep(0.2)

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self.folder.glob("*.log")))


def address(name: str) -> str:
    return f"127.7.0.{(*SERVERS, *SENTINELS).index(name) + 1}"


def host(name: str) -> str:
    return f"{name}.{name.rpartition('-')[0]}.risk-data.svc.cluster.local"
