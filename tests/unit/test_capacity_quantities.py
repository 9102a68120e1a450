from __future__ import annotations

from fractions import Fraction

import pytest

from gitopsgen.capacity.quantities import amount


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("2", 2),
        (2, 2),
        ("2000m", 2),
        ("1500m", Fraction(3, 2)),
        ("0.5", Fraction(1, 2)),
        ("1k", 1000),
        ("1Ki", 1024),
        ("2Gi", 2 * 1024**3),
        ("2048Mi", 2 * 1024**3),
        ("1G", 10**9),
        ("1E", 10**18),
        ("1e3", 1000),
        ("-1", -1),
    ],
)
def test_quantities_are_numbers(quantity, expected):
    assert amount(quantity) == expected


@pytest.mark.parametrize("quantity", ["", "two", "2 Gi", "2gi", None, True])
def test_what_is_no_quantity_is_not_known(quantity):
    assert amount(quantity) is None
