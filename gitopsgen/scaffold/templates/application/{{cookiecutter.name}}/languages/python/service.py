"""Takes orders that a policy allows. Standard library only."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST_BODY = 64 * 1024  # bytes
# Seconds; the objectives have a bound each.
BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)

log = logging.getLogger("service")


@dataclass(frozen=True)
class Settings:
    """What the environment says."""

    host: str
    port: int
    policy_url: str
    policy_timeout: float  # seconds

    @classmethod
    def of(cls, environment):
        host, _, port = environment.get("LISTEN_ADDRESS", "0.0.0.0:8080").rpartition(":")
        url = environment.get("POLICY_URL", "http://127.0.0.1:8181/v1/data/service/authz/decision")
        return cls(host, int(port), url, int(environment.get("POLICY_TIMEOUT_MS", "50")) / 1000)


@dataclass
class Metrics:
    """Counters, in Prometheus' text format."""

    codes: dict = field(default_factory=dict)
    decisions: dict = field(default_factory=lambda: {"allow": 0, "deny": 0, "none": 0})
    buckets: list = field(default_factory=lambda: [0] * len(BOUNDS))
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, code, seconds):
        with self.lock:
            self.codes[code] = self.codes.get(code, 0) + 1
            self.seconds += seconds
            for index, bound in enumerate(BOUNDS):
                self.buckets[index] += seconds <= bound

    def decision(self, name):
        with self.lock:
            self.decisions[name] += 1

    def text(self):
        with self.lock:
            total = sum(self.codes.values())
            lines = ["# TYPE http_requests_total counter"]
            lines += [f'http_requests_total{{code="{code}"}} {count}' for code, count in sorted(self.codes.items())]
            lines += ["# TYPE policy_decisions_total counter"]
            lines += [f'policy_decisions_total{{decision="{name}"}} {count}' for name, count in self.decisions.items()]
            lines += ["# TYPE http_request_duration_seconds histogram"]
            for bound, count in zip(BOUNDS, self.buckets):
                lines.append(f'http_request_duration_seconds_bucket{{le="{bound:g}"}} {count}')
            lines.append(f'http_request_duration_seconds_bucket{{le="+Inf"}} {total}')
            lines.append(f"http_request_duration_seconds_sum {self.seconds}")
            lines.append(f"http_request_duration_seconds_count {total}")
        return "\n".join(lines) + "\n"


def decide(settings, question):
    """Ask the policy; give its decision, or None where it does not give one in time."""
    body = json.dumps({"input": question}).encode()
    request = urllib.request.Request(settings.policy_url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=settings.policy_timeout) as answer:
            result = json.load(answer)["result"]
            return {"allow": result["allow"] is True, "reasons": list(result.get("reasons", []))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("no decision: %s", error)
        return None


class Handler(BaseHTTPRequestHandler):
    """One request; `server` is a Service."""

    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds that a caller may be silent

    def do_GET(self):
        answers = {"/healthz": (200, "ok\n"), "/readyz": self.server.readiness()}
        if self.path == "/metrics":
            self.answer(200, self.server.metrics.text(), "text/plain; version=0.0.4")
        else:
            self.answer(*answers.get(self.path, (404, "not found\n")))

    def do_POST(self):
        began = time.monotonic()
        code, document = self.order()
        # before the answer: whoever has it finds it counted
        self.server.metrics.request(code, time.monotonic() - began)
        self.answer(code, json.dumps(document) + "\n", "application/json")

    def order(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True  # the body is not read
            return 413, {"error": "the body is missing or too large"}
        body = self.rfile.read(int(length))
        if self.path != "/orders":
            return 404, {"error": "not found"}
        try:
            order = json.loads(body)
        except ValueError:
            return 400, {"error": "the body is no JSON"}
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        question = {"method": "POST", "path": self.path, "token": token, "order": order}
        decision = decide(self.server.settings, question)
        if decision is None:
            self.server.metrics.decision("none")
            return 503, {"error": "the policy does not answer"}
        self.server.metrics.decision("allow" if decision["allow"] else "deny")
        return (202, {"accepted": True}) if decision["allow"] else (403, {"reasons": decision["reasons"]})

    def answer(self, code, text, kind="text/plain"):
        content = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Requests are counted, not logged."""


class Service(ThreadingHTTPServer):
    """The server with what its requests share."""

    def __init__(self, settings):
        super().__init__((settings.host, settings.port), Handler)
        self.settings = settings
        self.metrics = Metrics()
        self.stopping = False

    def readiness(self):
        return (503, "stopping\n") if self.stopping else (200, "ready\n")

    def stop(self, *_):
        self.stopping = True
        threading.Thread(target=self.shutdown).start()  # not in the thread that serves


def main():
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    service = Service(Settings.of(os.environ))
    signal.signal(signal.SIGTERM, service.stop)
    signal.signal(signal.SIGINT, service.stop)
    log.info("listening on port %s", service.server_port)
    service.serve_forever(poll_interval=0.1)
    service.server_close()


if __name__ == "__main__":
    main()
