"""Kept-alive HTTPS connections to one API server.

Knows nothing of Kubernetes but how its server says that it is busy.
"""

import http.client
import json
import ssl
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

JSON_BODY = "application/json"

REQUEST_SECONDS = 60
POLL_SECONDS = 0.1
BUSY_RETRIES = 30


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens, and how the two prove who they are."""

    host: str
    port: int
    token: str
    trust: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    status: int
    body: bytes
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.body))


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent with a request."""

    body: bytes
    content_type: str


class ApiClient:
    """Kept-alive connections to one server, one for each thread."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._local = threading.local()
        self._open: list[http.client.HTTPSConnection] = []

    def request(self, method: str, path: str, request: Request | None = None) -> Reply:
        """Send one request; wait and send it again while the server asks for that."""
        for _ in range(BUSY_RETRIES):
            reply = self._send(method, path, request)
            # A server answers so for a moment when a definition has just changed.
            if reply.status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            time.sleep(POLL_SECONDS)
        return reply

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._open:
            connection.close()

    def _send(self, method: str, path: str, request: Request | None) -> Reply:
        try:
            return self._exchange(method, path, request)
        except (http.client.RemoteDisconnected, ConnectionResetError, ssl.SSLEOFError):
            # A server may close an idle connection at any time; the next one is new.
            self._connection().close()
        try:
            return self._exchange(method, path, request)
        except http.client.RemoteDisconnected:
            # What makes its handler panic has no answer at all. A server that is gone does not say that it lives.
            self._connection().close()
            if self._exchange("GET", "/livez", None).status != HTTPStatus.OK:
                raise
            self._connection().close()
            return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b'{"message": "the server panicked"}', ())

    def _exchange(self, method: str, path: str, request: Request | None) -> Reply:
        headers = {"Authorization": f"Bearer {self._endpoint.token}", "Accept": JSON_BODY}
        if request is not None:
            headers["Content-Type"] = request.content_type
        connection = self._connection()
        connection.request(method, path, request.body if request else None, headers)
        response = connection.getresponse()
        warnings = tuple(response.headers.get_all("Warning") or ())
        return Reply(response.status, response.read(), warnings)

    def _connection(self) -> http.client.HTTPSConnection:
        known = getattr(self._local, "connection", None)
        if isinstance(known, http.client.HTTPSConnection):
            return known
        connection = http.client.HTTPSConnection(
            self._endpoint.host,
            self._endpoint.port,
            timeout=REQUEST_SECONDS,
            context=self._endpoint.trust,
        )
        self._local.connection = connection
        self._open.append(connection)
        return connection
