"""The page holds its data safely, allows itself and nothing else, and says the same as the JSON beside it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest

from gitopsgen.page import data_text, page
from gitopsgen.page.document import ASSETS, PROGRAMS, STYLES, name_of
from gitopsgen.page.masking import HIDDEN, without_secrets
from tests.pages import HOSTILE, QUOTED, document

BLOCK = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def named(text):
    found = document(2)
    found["cities"][0].update(name=text, zh=text, tier=text, area=text)
    found["repository"] = text
    return found


def test_the_data_of_the_page_is_that_of_the_file():
    found = document()

    assert json.loads(BLOCK.search(page(found))[1]) == json.loads(data_text(found)) == found


@pytest.mark.parametrize("text", [HOSTILE, QUOTED, "<!--", "<!-- <script>", "]]>", "\u2028"])
def test_no_text_ends_its_block_or_becomes_markup(text):
    made, usual = page(named(text)), page(named("wuxi"))

    assert json.loads(BLOCK.search(made)[1])["cities"][0]["name"] == text
    assert made.count("</script>") == usual.count("</script>")
    assert made.count("<script") == usual.count("<script")
    assert made.count("<!--") == 0
    assert "<img" not in made


def test_the_policy_names_exactly_what_stands_in_the_page():
    made = page(document())
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', made)[1])
    inline = [
        *re.findall(r"<script>(.*?)</script>", made, re.DOTALL),
        *re.findall(r"<style>(.*?)</style>", made, re.DOTALL),
    ]

    hashes = {f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline}

    assert set(re.findall(r"'sha256-[^']+'", policy)) == hashes
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src" not in policy


def test_the_page_names_no_other_address():
    """But for the name of SVG, which nobody asks for anything."""
    texts = "".join((ASSETS / name).read_text("utf-8") for name in (*STYLES, *PROGRAMS))

    assert re.findall(r"https?:[^'\"\s]+", texts) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|url\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", texts)
    assert not re.search(
        r"\s(?:src|href|style)=", re.sub(r'href="#main"', "", page(document()).partition("<style>")[0])
    )


def test_every_asset_is_in_the_page():
    assert {*STYLES, *PROGRAMS} == {path.name for path in ASSETS.iterdir()}


@pytest.mark.parametrize(
    "secret",
    [
        "postgres://app:tr0ub4dor@db.example.com/shop",
        "glpat-abcdefghij0123456789",
        "password: tr0ub4dor-and-3",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_credential_is_hidden_wherever_it_stands(secret):
    found = document()
    found["findings"][0]["message"] = f"found {secret}" if ":" not in secret else secret
    found["deviations"]["texts"].append(secret)

    shown = data_text(without_secrets(found))

    assert secret not in shown
    assert HIDDEN in shown
    assert json.loads(shown)["cities"] == found["cities"]


@pytest.mark.parametrize(
    ("address", "name"),
    [("https://git.example.com/shop.git", "shop"), ("git@example.com:fleet/gitops", "gitops"), ("", "this project")],
)
def test_a_fleet_is_called_as_its_repository(address, name):
    assert name_of(address) == name


def test_a_page_of_a_thousand_cities_is_small():
    assert len(page(document(1000)).encode()) < 2_000_000
