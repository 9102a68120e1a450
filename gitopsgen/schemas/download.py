"""What an address holds, asked by TLS; plain HTTP is for this machine's loopback alone.

Knows nothing of what stands there.
"""

from __future__ import annotations

from http.client import HTTPException, HTTPMessage
from typing import IO, Final
from urllib import error, parse, request

from gitopsgen.registry import NOT_FOUND, is_loopback

_SECONDS: Final = 60
_MOST_BYTES: Final = 64 * 2**20  # the largest release of definitions known has 4 MB


class UnreadableError(Exception):
    """Nothing could be read; says why."""


class AbsentError(UnreadableError):
    """The server was reached, and has nothing at the address."""


def downloaded(url: str) -> bytes:
    """Give the bytes at an address; raises `UnreadableError`, of which `AbsentError` says that there are none."""
    if not _is_guarded(url):
        raise UnreadableError("is not reached by TLS, expected https")
    try:
        with request.build_opener(_Guarded).open(url, timeout=_SECONDS) as answer:
            content: bytes = answer.read(_MOST_BYTES + 1)
    except error.HTTPError as refusal:
        refusal.close()
        kind = AbsentError if refusal.code == NOT_FOUND else UnreadableError
        raise kind(f"cannot be read: the server answers {refusal.code}") from refusal
    except (OSError, HTTPException, ValueError) as failure:
        raise UnreadableError(f"cannot be read: {getattr(failure, 'reason', failure)}") from failure
    if len(content) > _MOST_BYTES:
        raise UnreadableError(f"has more than {_MOST_BYTES >> 20} MiB")
    return content


class _Guarded(request.HTTPRedirectHandler):
    """Follows what a release page leads to, but never away from TLS."""

    def redirect_request(  # noqa: PLR0913, PLR0917  # the base class's
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> request.Request | None:
        if not _is_guarded(newurl):
            raise UnreadableError(f"leads to {newurl[:200]}, expected https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_guarded(url: str) -> bool:
    parts = parse.urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.netloc))
