"""Plain scalars: what all readers agree on is a value, anything else is refused when read and quoted when written."""

from __future__ import annotations

import pytest

from gitopsgen.scalars import Ambiguous, is_ambiguous, read_plain

VALUES = [
    ("null", None),
    ("true", True),
    ("false", False),
    ("0", 0),
    ("12", 12),
    ("-7", -7),
    ("1.5", 1.5),
    ("-0.25", -0.25),
    ("9223372036854775807", 2**63 - 1),
    ("-9223372036854775808", -(2**63)),
    ("text", "text"),
    ("1.2.3", "1.2.3"),
    ("100m", "100m"),
    ("1Gi", "1Gi"),
    ("v1", "v1"),
    ("none", "none"),
    ("nothing", "nothing"),
    ("-", "-"),
    ("--flag", "--flag"),
    ("10.0.0.0/8", "10.0.0.0/8"),
    ("12:99", "12:99"),
    ("0x", "0x"),
    ("1e", "1e"),
    ("yesterday", "yesterday"),
    ("a on", "a on"),
]
AMBIGUOUS = (
    "y Y n N yes Yes YES no No NO on On ON off OFF True TRUE False Null NULL ~ = << -0 +1 007 0755 0o17 0O17 0x1f "
    "0X1F 0b11 "
    "1_000 1__0 1e3 1E3 1e+3 1.5e3 1.5E-3 .5 5. .5e1 +.5 .inf -.inf +.INF .nan .NaN 12:30 1:2:3 12:30:45.5 190:20:30 "
    "2026-11-21 2026-1-1 2026-11-21T10:00:00Z 9223372036854775808 -9223372036854775809 99999999999999999999999999 "
    "0.12345678901234567890"
).split()


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_what_readers_agree_on_has_a_value(text, value):
    found = read_plain(text)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["", *AMBIGUOUS, "2026-11-21 10:00:00", "9" * 5000])
def test_what_readers_disagree_on_is_refused_with_a_cure(text):
    found = read_plain(text)

    assert isinstance(found, Ambiguous)
    assert found.reason
    assert "write" in found.hint
    assert len(found.reason) < 200


@pytest.mark.parametrize(
    "text", ["", *AMBIGUOUS, "null", "12", "1.5", "true", "nan", "inf", "Infinity", "-inf", "+nan", "-y"]
)
def test_what_is_refused_or_no_string_is_quoted_when_written(text):
    assert is_ambiguous(text)


@pytest.mark.parametrize("text", [text for text, value in VALUES if isinstance(value, str)])
def test_plain_text_stays_plain(text):
    assert not is_ambiguous(text)
