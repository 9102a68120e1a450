"""The page on this machine, reloaded when it is made anew.

Listens on 127.0.0.1 alone and answers to that name alone, so that no page of elsewhere can read it. The reload is told
by an event stream: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from gitopsgen.page import page

_HOST: Final = "127.0.0.1"
_BEAT: Final = 15.0  # seconds between comments that keep the stream open, and find out that nobody listens
_LIVE: Final = (
    "new EventSource('/events').addEventListener('made', (event) => {"
    " if (window.made && window.made !== event.data) window.location.reload(); window.made = event.data; });\n"
)
_WAITING: Final = (
    '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
    "<title>gitopsgen</title><p>The page is being made.</p></html>\n"
)


class PageServer:
    """Serves the page of a folder; `address` is where."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Listen on a port of this machine, any free one for 0; raises OSError where that cannot be."""
        self._folder = folder
        self._changed = Condition()
        self._number = 0
        self._is_open = True
        self._server = _Listener(port, self)
        self.address = f"http://{_HOST}:{self._server.server_address[1]}/"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def tell(self) -> None:
        """Tell all who look at the page that it was made anew."""
        with self._changed:
            self._number += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Stop serving."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def content(self, path: str) -> tuple[str, bytes] | None:
        """Give type and content of a path, None for what is not there."""
        data = self._folder / "report.json"
        if path == "/report.json" and data.is_file():
            return "application/json", data.read_bytes()
        if path != "/":
            return None
        if not data.is_file():
            return "text/html; charset=utf-8", _WAITING.encode()
        return "text/html; charset=utf-8", page(json.loads(data.read_bytes()), _LIVE).encode()

    def next_number(self, known: int) -> int | None:
        """Wait until there is a newer page than a number, but not for ever; None where it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._number != known or not self._is_open, _BEAT)
            return self._number if self._is_open else None


class _Listener(ThreadingHTTPServer):
    """A server that knows whose page it serves."""

    daemon_threads = True

    def __init__(self, port: int, pages: PageServer) -> None:
        super().__init__((_HOST, port), _Answer)
        self.pages = pages


class _Answer(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Listener

    def do_GET(self) -> None:
        """Give the page, its data, or the stream that tells of new ones."""
        port = self.server.server_address[1]
        if self.headers.get("Host") not in {f"{_HOST}:{port}", f"localhost:{port}"}:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif self.path == "/events":
            self._stream()
        else:
            self._send(self.server.pages.content(self.path))

    def _send(self, found: tuple[str, bytes] | None) -> None:
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind, content = found
        self._begin(kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _begin(self, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")

    def _stream(self) -> None:
        self._begin("text/event-stream")
        self.end_headers()
        known = -1
        with suppress(OSError):  # whoever listened has gone
            while (number := self.server.pages.next_number(known)) is not None:
                self.wfile.write(f"event: made\ndata: {number}\n\n".encode() if number != known else b": \n\n")
                self.wfile.flush()
                known = number

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server has
        """Say nothing: the terminal is for findings."""
