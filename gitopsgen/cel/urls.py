"""URLs in expressions, read as Go's net/url reads what stands in a request: absolute, or an absolute path.

https://pkg.go.dev/net/url#ParseRequestURI
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, unquote_plus

from gitopsgen.cel.opaque import made, text_of

_SORT: Final = "url"
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BAD_HOST: Final = re.compile(r"[\x00-\x20\x7f\\^{}|`/?#@%]")
_USER: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_PORT: Final = re.compile(r"(?::[0-9]*)?")
_UNESCAPED: Final = "/$&+,:;=@!'()*~-_."


class _Parts(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str


def is_url(text: str) -> bool:
    """Whether a text is an absolute URL or an absolute path."""
    try:
        _parsed(text)
    except ValueError:
        return False
    return True


def url(text: str) -> dict[str, str]:
    """Give the URL; raises ValueError for what is none."""
    _parsed(text)
    return made(_SORT, text)


def scheme(one: Any) -> str:
    """Give the scheme in lower case, empty where there is none."""
    return _of(one).scheme


def host(one: Any) -> str:
    """Give the host with its port."""
    return _of(one).host


def hostname(one: Any) -> str:
    """Give the host without its port, an IPv6 address without brackets."""
    whole = _of(one).host
    if whole.startswith("["):
        return whole[1 : whole.rindex("]")]
    return whole.rpartition(":")[0] if ":" in whole else whole


def port(one: Any) -> str:
    """Give the port as it is written, empty where there is none."""
    whole = _of(one).host
    return whole.rpartition("]")[2].rpartition(":")[2] if ":" in whole.rpartition("]")[2] else ""


def escaped_path(one: Any) -> str:
    """Give the path with signs escaped that a URL cannot have."""
    path = _of(one).path
    return path if quote(path, safe=_UNESCAPED + "%") == path else quote(unquote(path), safe=_UNESCAPED)


def query(one: Any) -> dict[str, list[str]]:
    """Give all values of each name of the query."""
    found: dict[str, list[str]] = {}
    for part in _of(one).query.split("&"):
        if part and ";" not in part and not _BAD_ESCAPE.search(part):
            name, _, value = part.partition("=")
            found.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return found


def _of(one: Any) -> _Parts:
    # the part after # belongs to a URL, but not to what a request may hold
    return _parsed(text_of(one, _SORT).partition("#")[0])


def _parsed(text: str) -> _Parts:
    if not text or _CONTROL.search(text):
        raise ValueError(f'"{text}" is no URL')
    found = _SCHEME.fullmatch(text)
    name, rest = (found[1].lower(), found[2]) if found else ("", text)
    rest, _, asked = rest.partition("?")
    if not rest.startswith("/"):
        if not name and text != "*":
            raise ValueError(f'"{text}" is neither an absolute URL nor an absolute path')
        return _Parts(name, "", "", asked)
    authority = ""
    if name and rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
    if _BAD_ESCAPE.search(rest):
        raise ValueError(f'"{text}" has a malformed escape')
    return _Parts(name, _host(authority, text), rest, asked)


def _host(authority: str, text: str) -> str:
    user, at, whole = authority.rpartition("@")
    if at and (not _USER.fullmatch(user) or _BAD_ESCAPE.search(user)):
        raise ValueError(f'"{text}" has a malformed user')
    if whole.startswith("["):
        inside, bracket, after = whole[1:].rpartition("]")
        is_port = bool(bracket) and _PORT.fullmatch(after) is not None
        is_right = is_port and not _BAD_HOST.search(inside.partition("%25")[0])
    else:
        inside, colon, after = whole.rpartition(":")
        is_port = not colon or _PORT.fullmatch(f":{after}") is not None
        is_right = is_port and not _BAD_HOST.search(inside if colon else whole)
    if not is_right:
        raise ValueError(f'"{text}" has a malformed host or port')
    return whole
