"""What looks like a credential in plain text.

Precise rather than complete: a name that ends in a credential's word with a literal value,
a URL with a password, a private key, a token of a known form. Knows no objects.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NAME = re.compile(
    r"(?:^|[_.-])(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key"
    r"|credentials?)$",
    re.IGNORECASE,
)
# one of them is in every name that counts: most texts have none, and are read no further
_WORDS = (
    "passw",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "_key",
    "-key",
    "skey",
    "ekey",
    "credential",
)
# of words that say nothing else: any other one could be of a credential itself
_CALLED = re.compile(
    r"(?:(?:access|api|auth|private|secret)[_-])*(?:password|passphrase|secret|token|key|credentials?)(?:[_-](?:id|secret))?",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# a reference, a path, a switch, a number, a duration or a placeholder is no credential
_HARMLESS = re.compile(
    r"|\$.*|.*\$[({].*|/.*|\.{1,2}/.*|file:.*|<.*|\{.*|true|false|yes|no|none|null|on|off|enabled|disabled|[0-9.]+[a-z]*",
    re.IGNORECASE | re.DOTALL,
)
_URL = re.compile(r"://[^\s/:@$]+:(?P<password>[^\s/@]+)@")
_TOKENS = (
    ("AKIA", re.compile(r"\bAKIA[0-9A-Z]{16}\b"), "an access key"),
    ("ghp_", re.compile(r"\bghp_[A-Za-z0-9]{36}\b"), "an access token"),
    ("glpat-", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"), "an access token"),
    ("hvs.", re.compile(r"\bhvs\.[A-Za-z0-9_-]{24,}"), "a Vault token"),
    ("xox", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), "an access token"),
    ("eyJ", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}"), "a signed token"),
    ("PRIVATE KEY-----", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
)
# a Secret is named so as well, and keys are given as files
_OPTION = re.compile(
    r"--?(?P<name>(?:[A-Za-z][\w.-]*)?(?:passw(?:or)?d|passphrase|token|[_.-]key|apikey))=(?P<value>\S+)", re.IGNORECASE
)
_FILE = re.compile(r".*\.[A-Za-z]{2,5}", re.DOTALL)
_SETTING = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?["']?(?P<name>[A-Za-z][\w.-]*)["']?[ \t]*[:=][ \t]*"""
    r"""["']?(?P<value>[^\s"'#,;]+)["']?[ \t,;]*(?:#.*)?$""",
    re.MULTILINE,
)


def named(name: str, value: str) -> bool:
    """Whether a setting is named like a credential and its value is a literal one."""
    return _NAME.search(_CAMEL.sub("_", name)) is not None and _HARMLESS.fullmatch(value) is None


def names_one(text: str) -> bool:
    """Whether a text is no more than what a credential is called: `password`, `secretAccessKey`, `accessKeyId`."""
    return _CALLED.fullmatch(_CAMEL.sub("_", text)) is not None


def option(word: str) -> str:
    """Give what kind of credential an option of a command carries, empty where it carries none."""
    found = _OPTION.fullmatch(word)
    if found is None or _FILE.fullmatch(found["value"]) or not named(found["name"], found["value"]):
        return ""
    return f'"{found["name"]}"'


@lru_cache(maxsize=64)
def inside(content: str) -> str:
    """Give what kind of credential a text contains, empty where it has none of a known form."""
    for mark, form, what in _TOKENS:
        if mark in content and form.search(content):
            return what
    if "://" in content:
        for url in _URL.finditer(content):
            if _HARMLESS.fullmatch(url["password"]) is None:
                return "a URL with a password"
    return ""


@lru_cache(maxsize=64)
def setting(content: str) -> str:
    """Give the name of a setting in a configuration file whose value is a literal credential, else an empty string."""
    lowered = content.lower()
    if not any(word in lowered for word in _WORDS):
        return ""
    for match in _SETTING.finditer(content):
        if named(match["name"], match["value"]):
            return match["name"]
    return ""
