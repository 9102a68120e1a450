"""Messages of JSON-RPC on two streams, each with a head that tells its length.

Form: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final

Message = dict[str, Any]

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
UNKNOWN_METHOD: Final = -32601
INTERNAL_ERROR: Final = -32603
NOT_INITIALIZED: Final = -32002
LARGEST: Final = 64 * 1024 * 1024
_LENGTH: Final = b"content-length"


class BrokenStreamError(Exception):
    """What came is no head of a message: nobody knows where the next one begins."""


class MalformedMessageError(Exception):
    """A message that is no object in JSON; the next one can be read."""


def receive(stream: BinaryIO) -> Message | None:
    """Give the next message, None at the end of the stream.

    Raises `MalformedMessageError`, and `BrokenStreamError` where the stream can not be read any further.
    """
    length = _length(stream)
    if length is None:
        return None
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedMessageError("a message that is no JSON") from None
    if not isinstance(message, dict):
        raise MalformedMessageError("a message that is no object")
    return message


def _length(stream: BinaryIO) -> int | None:
    """Read a head; None where the stream ends."""
    length = None
    while line := stream.readline(1024):
        name, colon, value = line.partition(b":")
        if not line.strip() and length is not None:
            return length
        if name.strip().lower() == _LENGTH and value.strip().isdigit():
            length = min(int(value), LARGEST + 1)
        elif not colon:
            raise BrokenStreamError("a message without a head")
        if length is not None and length > LARGEST:
            raise BrokenStreamError(f"a message of more than {LARGEST} bytes")
    return None


def send(stream: BinaryIO, message: Message) -> None:
    """Write one message; raises OSError where nobody reads any more."""
    body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode("utf-8", "replace")
    stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    stream.flush()
