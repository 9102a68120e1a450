"""Merged values as text: YAML of the same data, with a place behind each scalar."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.diagnostics import Location
from gitopsgen.report.values import lines
from gitopsgen.review.masking import masked_values
from gitopsgen.template.origins import leaves

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab:# -'\n\"", max_size=6)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc. ", min_size=1, max_size=3), inner),
    max_leaves=12,
)


@given(data=DATA)
def test_comments_change_nothing_of_what_is_read(data):
    places = {path: (Location(f"file-{index}.yaml", 3),) for index, path in enumerate(leaves(data, ()))}

    text = "\n".join(lines(data, (), places)) + "\n"

    assert yaml.safe_load(text) == data
    assert sum(f"  # file-{index}.yaml:3" in text for index in range(len(places))) == len(places)


def test_places_stand_in_one_column_and_a_long_line_does_not_move_it():
    data = {"a": 1, "long": "x" * 80, "deep": {"b": [True]}}
    places = {("a",): (Location("f", 1),), ("long",): (Location("g", 2),), ("deep", "b", 0): (Location("h"),) * 2}

    assert list(lines(data, (), places)) == [
        "a: 1        # f:1",
        f"long: {'x' * 80}  # g:2",
        "deep:",
        "  b:",
        "    - true  # h and 1 more",
    ]


def test_secrets_are_masked_and_what_only_names_one_is_not():
    data = {
        "password": "Ab3-xyz",
        "tlsSecret": "edge-tls",
        "secret": "hunter2",
        "env": [{"name": "DB_PASSWORD", "value": "Ab3-xyz"}, {"name": "MODE", "value": "fast"}],
        "url": "https://me:pw-1@example.com",
        "tokens": 3,
    }

    assert masked_values(data) == {
        "password": "(hidden)",
        "tlsSecret": "edge-tls",
        "secret": "(hidden)",
        "env": [{"name": "DB_PASSWORD", "value": "(hidden)"}, {"name": "MODE", "value": "fast"}],
        "url": "(hidden)",
        "tokens": 3,
    }


def test_a_mapping_to_what_credentials_are_called_in_vault_is_shown_and_a_literal_in_its_place_is_not():
    names = {"password": "password", "s3.secret_key": "secretAccessKey", "s3.access_key": "accessKeyId"}
    literals = {"password": "hunter", "token": "my-secret-token", "apiKey": "Password1", "key_secret": "swordfish"}

    assert masked_values({"properties": names}) == {"properties": names}
    assert masked_values({"properties": literals}) == {"properties": dict.fromkeys(literals, "(hidden)")}
    assert masked_values({"password": "password"}) == {"password": "(hidden)"}  # may well be one
