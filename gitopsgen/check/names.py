"""The grammars of Kubernetes names, label keys and values.

Facts from apimachinery's validation package; which grammar a field takes is said by rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DNS_LABEL = re.compile(_LABEL)
_SERVICE = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_PORT = re.compile(r"(?=[-0-9]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_QUALIFIED = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")

_SUBDOMAIN_LENGTH = 253
_LABEL_LENGTH = 63
_PORT_LENGTH = 15

Grammar = Callable[[str], str]


@lru_cache(maxsize=8192)
def subdomain(name: str) -> str:
    """Give what a name must be and is not, empty where it is a DNS subdomain."""
    return _judge(
        _SUBDOMAIN, _SUBDOMAIN_LENGTH, name, "lower-case letters, digits, '-' and '.', ending in a letter or digit"
    )


@lru_cache(maxsize=8192)
def dns_label(name: str) -> str:
    """Give what a name must be and is not, empty where it is a DNS label."""
    return _judge(_DNS_LABEL, _LABEL_LENGTH, name, "lower-case letters, digits and '-', ending in a letter or digit")


@lru_cache(maxsize=8192)
def service(name: str) -> str:
    """Give what a name must be and is not, empty where a Service may have it."""
    return _judge(_SERVICE, _LABEL_LENGTH, name, "lower-case letters, digits and '-', beginning with a letter")


def path_segment(name: str) -> str:
    """Give what a name must be and is not, empty where it can stand in a URL path."""
    bad = name in {".", ".."} or "/" in name or "%" in name
    return "a name without '/' and '%'" if bad else ""


@lru_cache(maxsize=1024)
def port(name: str) -> str:
    """Give what a name must be and is not, empty where a port of a container may have it; its length is not judged.

    https://www.rfc-editor.org/rfc/rfc6335#section-5.1
    """
    return "" if _PORT.fullmatch(name) else "lower-case letters, digits and single '-' between them, with a letter"


def descending_path(path: str, *, is_file: bool = False) -> str:
    """Give what a path below a folder must be and is not, empty where it stays there; `is_file` is stricter."""
    if path.startswith("/"):
        return "a relative path"
    if ".." in path.split("/"):
        return "a path without '..'"
    return "a path that does not begin with '..'" if is_file and path.startswith("..") else ""


def cron_job(name: str) -> str:
    """As a subdomain, but short enough that its jobs can be named after it."""
    return subdomain(name) or _too_long(name, 52)


@lru_cache(maxsize=8192)
def label_key(key: str) -> str:
    """Give what a label or annotation key must be and is not, empty where it is one."""
    prefix, slash, name = key.rpartition("/")
    if slash and subdomain(prefix):
        return "a DNS subdomain before '/'"
    return _judge(
        _QUALIFIED, _LABEL_LENGTH, name, "letters, digits, '-', '_' and '.', with a letter or digit at both ends"
    )


@lru_cache(maxsize=8192)
def label_value(value: str) -> str:
    """Give what a label value must be and is not, empty where it is one."""
    if not value:
        return ""
    return _judge(
        _QUALIFIED, _LABEL_LENGTH, value, "letters, digits, '-', '_' and '.', with a letter or digit at both ends"
    )


def port_name(name: str) -> str:
    """Give what the name of a port must be and is not, empty where it is one (RFC 6335)."""
    return _judge(
        _PORT, _PORT_LENGTH, name, "lower-case letters and digits with single '-' between, one letter at least"
    )


def config_key(key: str) -> str:
    """Give what a key of a ConfigMap or Secret must be and is not, empty where it is one."""
    if key == "." or key.startswith(".."):
        return "a file name that is not '.' and does not begin with '..'"
    return _judge(_CONFIG_KEY, _SUBDOMAIN_LENGTH, key, "letters, digits, '-', '_' and '.'")


def host(name: str) -> str:
    """Give what a host must be and is not, empty where it is a DNS name, or one behind `*.`."""
    wanted = name.removeprefix("*.")
    if _ADDRESS.fullmatch(name) or ":" in name:
        return "a DNS name, no address"
    return "'*.' and a DNS name" if "*" in wanted else subdomain(wanted)


def _judge(grammar: re.Pattern[str], length: int, name: str, expected: str) -> str:
    if grammar.fullmatch(name) is None:
        return expected
    return _too_long(name, length)


def _too_long(name: str, length: int) -> str:
    return f"at most {length} characters" if len(name) > length else ""
