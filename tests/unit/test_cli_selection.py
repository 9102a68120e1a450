"""The syntax of `--selector` and `--set`."""

from __future__ import annotations

import pytest

from gitopsgen.cli.selection import parse_selectors, parse_set
from gitopsgen.diagnostics import UsageError


def test_terms_of_several_selectors_are_all_kept():
    assert parse_selectors(["tier=edge-small, wave != 0", "area==cn-east"]) == (
        ("tier", "=", "edge-small"),
        ("wave", "!=", "0"),
        ("area", "=", "cn-east"),
    )


@pytest.mark.parametrize("text", ["tier", "=x", "tier=a=b", "tier in (a)", "", "tier=a,,wave=1"])
def test_a_selector_that_cannot_be_read_is_wrong_usage(text):
    with pytest.raises(UsageError, match="in --selector"):
        parse_selectors([text])


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a.b=v", ("a", "b"), "v"),
        ("a=", ("a",), ""),
        ("a=b=c", ("a",), "b=c"),
        ("a=12", ("a",), 12),
        ("a=-1.5", ("a",), -1.5),
        ("a=true", ("a",), True),
        ("a=null", ("a",), None),
        ('a="12"', ("a",), "12"),
        ('a=[1, "x"]', ("a",), [1, "x"]),
        ('a={"k": {}}', ("a",), {"k": {}}),
        (r"labels.app\.kubernetes\.io/name=x", ("labels", "app.kubernetes.io/name"), "x"),
        # read as text, never guessed: YAML's readers do not agree on these
        ("a=on", ("a",), "on"),
        ("a=0755", ("a",), "0755"),
        ("a=1e3", ("a",), "1e3"),
        ("a=NaN", ("a",), "NaN"),
    ],
)
def test_a_setting_is_read(text, path, value):
    read_path, read_value = parse_set(text)

    assert read_path == path
    assert read_value == value
    assert type(read_value) is type(value)


@pytest.mark.parametrize("text", ["a", "=v", "a..b=v", ".a=v", "a.=v", "a=[1", 'a="x', "a=[NaN]", "a={x: 1}"])
def test_a_setting_that_cannot_be_read_is_wrong_usage(text):
    with pytest.raises(UsageError, match="in --set"):
        parse_set(text)
