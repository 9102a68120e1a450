"""The service, with a stand-in for the policy."""

import json
import logging
import threading
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from service import Service, Settings


class Policy(BaseHTTPRequestHandler):
    """Stands in for Open Policy Agent."""

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        self.server.asked.append(question)
        allowed = question["token"] == "good"
        content = json.dumps({"result": {"allow": allowed, "reasons": [] if allowed else ["no customer"]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class ServiceTest(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.policy = self.started(ThreadingHTTPServer(("127.0.0.1", 0), Policy))
        self.policy.asked = []
        url = f"http://127.0.0.1:{self.policy.server_port}/v1/data/x/authz/decision"
        self.service = self.started(Service(Settings("127.0.0.1", 0, url, 2.0)))

    def started(self, server):
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def ask(self, path, body=None, token="good"):
        url = f"http://127.0.0.1:{self.service.server_port}{path}"
        request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def test_an_order_that_the_policy_allows_is_taken(self):
        self.assertEqual((202, '{"accepted": true}\n'), self.ask("/orders", b'{"amountFen": 5}'))
        question = {"method": "POST", "path": "/orders", "token": "good", "order": {"amountFen": 5}}
        self.assertEqual([question], self.policy.asked)

    def test_an_order_that_it_refuses_is_not_and_the_reasons_are_told(self):
        self.assertEqual((403, '{"reasons": ["no customer"]}\n'), self.ask("/orders", b"{}", token="bad"))

    def test_without_a_decision_nothing_is_taken(self):
        self.policy.shutdown()
        self.policy.server_close()

        self.assertEqual(503, self.ask("/orders", b"{}")[0])

    def test_what_is_no_order_is_refused_without_asking(self):
        self.assertEqual(400, self.ask("/orders", b"{")[0])
        self.assertEqual(404, self.ask("/other", b"{}")[0])
        self.assertEqual(413, self.ask("/orders", b"x" * 70000)[0])
        self.assertEqual([], self.policy.asked)

    def test_health_tells_when_it_stops(self):
        self.assertEqual((200, "ok\n"), self.ask("/healthz"))
        self.assertEqual((200, "ready\n"), self.ask("/readyz"))

        self.service.stopping = True

        self.assertEqual(503, self.ask("/readyz")[0])

    def test_metrics_count_requests_by_code_and_have_a_bound_at_each_objective(self):
        self.ask("/orders", b"{}")
        self.ask("/orders", b"{}", token="bad")

        text = self.ask("/metrics")[1]

        self.assertIn('http_requests_total{code="202"} 1\n', text)
        self.assertIn('http_requests_total{code="403"} 1\n', text)
        self.assertIn('policy_decisions_total{decision="deny"} 1\n', text)
        self.assertIn('http_request_duration_seconds_bucket{le="0.02"} ', text)
        self.assertIn('http_request_duration_seconds_bucket{le="0.1"} ', text)
        self.assertIn("http_request_duration_seconds_count 2\n", text)


if __name__ == "__main__":
    unittest.main()
