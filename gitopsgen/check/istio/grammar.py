"""What Istio's webhook takes as a host, a port, a duration, a label. Judges no object.

Each gives what a text must be and is not, empty where it is that. Facts from
https://github.com/istio/istio/tree/master/pkg/config/validation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Final

from gitopsgen.cel import Failure, compiled, evaluate
from gitopsgen.check.rule import Known, of_kind
from gitopsgen.schemas.formats import GO_DURATION

ROUTES: Final = of_kind("VirtualService.networking.istio.io")
PROTOCOLS: Final = frozenset(
    {"tcp", "udp", "grpc", "grpc-web", "http", "http_proxy", "http2", "https", "tls", "mongo", "redis", "mysql"}
)
OVER_TLS: Final = frozenset({"https", "tls"})
OVER_HTTP: Final = frozenset({"http", "http2", "http_proxy", "grpc", "grpc-web"})
_GROUPS: Final = frozenset({"extensions.istio.io", "networking.istio.io", "security.istio.io", "telemetry.istio.io"})
_FORM: Final = r"[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?"
_LABEL: Final = re.compile(_FORM)
_FIRST: Final = re.compile(rf"\*|(?:\*-?)?{_FORM}")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+")
_LONGEST_LABEL: Final = 63
_LONGEST_DOMAIN: Final = 255
_LAST_PORT: Final = 65535
_PORT_TEXT: Final = re.compile(r"0*[0-9]{1,5}")
_PART: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS: Final = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_MILLISECOND: Final = 10**6
DNS_LABEL: Final = "letters, digits and '-', at most 63, with a letter or digit at both ends"
PORT: Final = "1 to 65535"
STATUS: Final = "a code of 200 to 600"
_FIRST_STATUS: Final = 200
_LAST_STATUS: Final = 600
_LONGEST_EXPRESSION: Final = 1024
_HEADER: Final = re.compile(r"[-!#$%&'*+,.^_`|~A-Za-z0-9]+")  # no token has a comma, but Istio takes it
_BYTE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\C")
_SYNTAX: Final = re.compile(r"^Syntax error|argument must be|variable name must be")


def of_mesh(known: Known) -> bool:
    """Whether objects of this kind are read by Istio's webhook."""
    return known.group in _GROUPS


@lru_cache(maxsize=4096)
def is_label(name: str) -> bool:
    """Whether a name is a DNS label, capitals allowed."""
    return len(name) <= _LONGEST_LABEL and _LABEL.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def domain(name: str) -> str:
    """Judge a full domain name."""
    if not 0 < len(name) <= _LONGEST_DOMAIN:
        return "a domain name of 1 to 255 characters"
    parts = name.split(".")
    if _NUMBER.fullmatch(parts[-1]):
        return "a domain name whose last part is no number"
    if parts[-1] == "" and len(parts) > 1:
        parts.pop()
    return "" if all(map(is_label, parts)) else "a domain name: labels of letters, digits and '-' between dots"


@lru_cache(maxsize=4096)
def wildcard(name: str) -> str:
    """Judge a domain name whose first label may begin with `*`."""
    if not 0 < len(name) <= _LONGEST_DOMAIN:
        return "a domain name of 1 to 255 characters"
    first, dot, rest = name.partition(".")
    if len(first) > _LONGEST_LABEL or _FIRST.fullmatch(first) is None:
        return "a domain name, with '*' at most as its first label"
    if dot and not rest:
        return ""  # an absolute name
    return domain(rest) if dot else ""


@lru_cache(maxsize=4096)
def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_block(text: str) -> bool:
    """Whether a text is an IP address, or a block of them."""
    if "/" not in text:
        return is_address(text)
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return text.rpartition("/")[2].isdecimal()


def is_header(name: str) -> bool:
    """Whether a name can be that of a header."""
    return _HEADER.fullmatch(name) is not None


def is_port(number: Any) -> bool:
    """Whether a number is that of a port; what is no number is judged by the schema."""
    return not isinstance(number, int) or isinstance(number, bool) or 1 <= number <= _LAST_PORT


def is_port_text(text: str) -> bool:
    """Whether a text is the number of a port, or 0."""
    return _PORT_TEXT.fullmatch(text) is not None and int(text) <= _LAST_PORT


def nanoseconds(value: str) -> int | None:
    """Give a duration as Go reads it, None where it reads none."""
    match = GO_DURATION.fullmatch(value)
    if match is None:
        return None
    total = sum(round(float(number) * _NANOSECONDS[unit]) for number, unit in _PART.findall(match[2]))
    return -total if match[1] == "-" else total


def duration(value: str) -> str:
    """Judge a duration of traffic: a millisecond or more, in whole milliseconds."""
    found = nanoseconds(value)
    if found is None:
        return "a duration such as 300ms, 1.5s or 1m30s"
    if found < _MILLISECOND:
        return "1ms or more"
    return "whole milliseconds" if found % _MILLISECOND else ""


def is_status(code: Any) -> bool:
    """Whether a number is the code of an answer; what is no number is judged by the schema."""
    return not isinstance(code, int) or isinstance(code, bool) or _FIRST_STATUS <= code <= _LAST_STATUS


def socket(path: str) -> str:
    """Judge the path of a Unix domain socket, without its scheme."""
    is_file = path.startswith("/") and not path.endswith("/")
    return "" if path.startswith("@") or is_file else "the absolute path of a file, or '@' and a name"


@lru_cache(maxsize=4096)
def regular(expression: str) -> str:
    """Judge a regular expression; nothing is said against it where the engine is not installed."""
    if not expression or len(expression.encode()) > _LONGEST_EXPRESSION:
        return f"a regular expression of 1 to {_LONGEST_EXPRESSION} characters"
    if _BYTE.search(expression) and r"\Q" not in expression:
        return r"a regular expression without \C, which Istio does not know"
    found = evaluate("''.matches(expression)", {"expression": expression})  # CEL's are RE2's, as Istio's
    if isinstance(found, Failure) and not found.is_unsupported:
        return f"a regular expression of RE2: {found.message.removeprefix('invalid regular expression: ')}"
    return ""


def parsed(expression: str) -> str:
    """Judge the form of an expression in CEL; which names it uses is not looked at."""
    found = compiled(expression, frozenset())
    if isinstance(found, Failure) and not found.is_unsupported and _SYNTAX.search(found.message):
        return f"an expression in CEL: {found.message}"
    return ""
