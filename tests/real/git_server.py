"""Git repositories over HTTP on loopback, as hosters serve them: Git's own backend behind a plain server.

https://git-scm.com/docs/git-http-backend
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from .builds import tool
from .cluster import LOOPBACK

HEADERS = {
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "Content-Encoding": "HTTP_CONTENT_ENCODING",
    "Git-Protocol": "GIT_PROTOCOL",
}


@contextmanager
def git_server(root: Path) -> Iterator[str]:
    """Serve the repositories below a folder for as long as the block lasts; gives the address of the folder."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _handler(root))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(root: Path) -> type[BaseHTTPRequestHandler]:
    backend = tool("git")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            request = {"REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query}
            own = {"GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_ADDR": LOOPBACK}
            given = {name: value for header, name in HEADERS.items() if (value := self.headers.get(header))}
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            done = subprocess.run(
                [backend, "http-backend"],
                input=body,
                env={**os.environ, **request, **own, **given},
                capture_output=True,
                check=True,
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(lines.pop("Status", "200").partition(" ")[0]))
            for name, value in lines.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name that the server asks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
