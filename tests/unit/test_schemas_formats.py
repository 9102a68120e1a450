"""Formats are what API servers read in them, whatever JSON Schema calls by the same name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests
from gitopsgen.schemas.formats import FORMATS

PACK = Path(__file__).parents[2] / "schemas/modern"


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("byte", ["YQ==", "YWI="], ["", "YQ", "Y\nQ=="]),
        ("base64", ["", "YQ==", "Y\nQ=="], ["YQ", "%"]),
        ("cidr", ["10.0.0.1/8", "2001:db8::/32"], ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/255.0.0.0"]),
        ("duration", ["30s", "1h30m", "22 ns", "in 3 days", "-1.5h", "P1D"], ["", "5", "5 apples"]),
        ("email", ["a@b", "A <a@b.com>"], ["a", "a@", "a@b, c@d", "mailto:a@b"]),
        ("hostname", ["a-b.example.com", "localhost"], ["", "-a.com", "a_b.com", "a..com", "a" * 64]),
        ("ipv4", ["127.0.0.1", "127.0.0.01"], ["1.2.3", "127.0.0.256", "::1"]),
        ("ipv6", ["::1", "::ffff:1.2.3.4"], ["fe80::1%eth0", "127.0.0.1"]),
        ("mac", ["01:23:45:67:89:ab", "0123.4567.89ab"], ["01:23-45:67:89:ab", "01:23:45"]),
        ("regex", ["(", "a"], []),
        ("uri", ["http://a/b c", "/a", "mailto:a", "*"], ["", "a/b", "http://a b", "http://a/%zz"]),
        ("uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-52d3-a456-426614174000"]),
    ],
)
def test_format(name, taken, refused):
    assert [one for one in taken if not FORMATS[name](one)] == []
    assert [one for one in refused if FORMATS[name](one)] == []


@pytest.mark.parametrize(
    "text", ["é" * 63 + "_", "a-" * 120 + "!", "a." * 120 + "_", " " * 5000 + "@", "1s" * 5000 + "!"]
)
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_text_takes_long(name, text):
    """Manifests of others may bring both: a formula that tries all ways would hang here, not merely be slow."""
    assert FORMATS[name](text) in {True, False}


def test_no_bytes_may_be_a_list_in_the_servers_own_kinds():
    """Go's decoder takes an empty list for no bytes; whoever writes one is warned, not refused."""
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\ndata: {a: [], b: [a]}\n"

    found = judge_manifests([("a.yaml", text.encode())], ForeignOptions("1.35", PACK)).findings

    assert [(one.location.column, one.severity.value) for one in found if one.code == "GG405"] == [
        (8, "warning"),
        (15, "error"),
    ]
