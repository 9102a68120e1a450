"""The page as text: markup, style, program and data in one file, and a policy that allows nothing else.

The data is untrusted. It stands in a block that no browser runs, and can neither end that block nor open a comment.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any, Final

from gitopsgen.page.table import table

ASSETS: Final = Path(__file__).parent / "assets"
STYLES: Final = ("page.css", "views.css", "print.css")
# in this order: each knows those before it
PROGRAMS: Final = ("dom.js", "data.js", "labels.js", "map.js", "graph.js", "fleet.js", "city.js", "case.js",
                   "change.js", "variant.js", "main.js")  # fmt: skip
_EARLY: Final = "document.documentElement.classList.add('js');"
# https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
_UNSAFE: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def data_text(document: Mapping[str, Any]) -> str:
    """Give the data as JSON, the same as in the page."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def page(document: Mapping[str, Any], live: str = "") -> str:
    """Give the whole page; `live` is a program that reloads it, for a server on this machine."""
    style = "".join(map(_asset, STYLES))
    program = f"(function () {{\n'use strict';\n{''.join(map(_asset, PROGRAMS))}}})();\n{live}"
    title = f"The fleet of {name_of(document['repository'])}"
    rules = {
        "default-src": "'none'",
        "script-src": f"{_hash(_EARLY)} {_hash(program)}",
        "style-src": _hash(style),
        "base-uri": "'none'",
        "form-action": "'none'",
        **({"connect-src": "'self'"} if live else {}),
    }
    policy = "; ".join(f"{name} {value}" for name, value in rules.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n<script>{_EARLY}</script>\n</head>\n"
        f'<body>\n<a class="skip" href="#main">Skip to the content</a>\n<div id="page" data-title="{escape(title)}">\n'
        f'<main class="static">\n<h1>{escape(title)}</h1>\n{table(document)}</main>\n</div>\n'
        f'<script type="application/json" id="data">{data_text(document).translate(_UNSAFE)}</script>\n'
        f"<script>{program}</script>\n</body>\n</html>\n"
    )


def name_of(repository: str) -> str:
    """Give what people call a repository: the end of its address."""
    return repository.rstrip("/").rpartition("/")[2].removesuffix(".git") or "this project"


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
