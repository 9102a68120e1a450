"""Conditions of a custom kind speak of what is there once the server has filled in defaults."""

from __future__ import annotations

import pytest

from gitopsgen.schemas.structural import close
from gitopsgen.schemas.validator import engine_of

# An address as the Gateway API has it: of one sort by default, which alone must be numeric.
ADDRESS = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {"type": {"type": "string", "default": "IPAddress"}, "value": {"type": "string"}},
    "oneOf": [
        {"properties": {"type": {"enum": ["IPAddress"]}, "value": {"format": "ipv4"}}},
        {"properties": {"type": {"not": {"enum": ["IPAddress"]}}}},
    ],
}
NESTED = {
    "type": "object",
    "properties": {"port": {"type": "object", "properties": {"mode": {"type": "string", "default": "off"}}}},
    "not": {"required": ["port"], "properties": {"port": {"required": ["mode"]}}},
}


@pytest.mark.parametrize(
    ("schema", "data", "is_taken"),
    [
        (ADDRESS, {"value": "10.1.2.3"}, True),
        (ADDRESS, {"value": "bank.example.com"}, False),
        (ADDRESS, {"type": "Hostname", "value": "bank.example.com"}, True),
        (ADDRESS, {"type": "IPAddress", "value": "10.1.2.3"}, True),
        (ADDRESS, {"type": "IPAddress", "value": "bank.example.com"}, False),
        (ADDRESS, {"type": "Hostname"}, False),
        (NESTED, {}, True),
        (NESTED, {"port": {}}, False),  # it has a mode by then
    ],
)
def test_a_default_counts_as_given(schema, data, is_taken):
    assert engine_of(close(schema)).is_valid(data) is is_taken
