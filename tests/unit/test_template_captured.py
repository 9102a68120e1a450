"""Marked text: indenting and trimming it as the filters do strings, with its holes and their lines kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.template.captured import Captured, Piece, indent, is_midline, trim
from gitopsgen.template.errors import Spot
from gitopsgen.template.filters import indent as indent_text
from gitopsgen.template.nodes import gives_lines, reference

PARTS = st.lists(st.one_of(st.text(" \nab", max_size=6), st.just(None)), max_size=6)


def captured(parts):
    """Give marked text; None stands for a hole."""
    node = reference("x")
    return Captured(tuple(Piece(one or "", node if one is None else None, Spot("t", 1)) for one in parts))


def shown(value):
    return "".join("H" if piece.node else piece.text for piece in value.pieces)


@given(parts=PARTS, width=st.integers(0, 4), first=st.booleans(), blank=st.booleans())
def test_marked_text_is_indented_as_a_string_is(parts, width, first, blank):
    value = captured(parts)

    assert shown(indent(value, width, first=first, blank=blank)) == indent_text(shown(value), width, first, blank)


@given(parts=PARTS)
def test_marked_text_is_trimmed_as_a_string_is(parts):
    value = captured(parts)

    assert shown(trim(value)) == shown(value).strip()


def test_text_that_loses_its_first_lines_keeps_its_place():
    value = Captured((Piece("\n\n  a", None, Spot("t", 3)),))

    assert trim(value).pieces[0] == Piece("a", None, Spot("t", 5))


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [([], False), (["a\n"], False), (["a"], True), ([None], True), (["a\n", ""], False), (["a\n", None, ""], True)],
)
def test_it_is_known_whether_something_stands_on_the_line(parts, wanted):
    assert is_midline(captured(parts).pieces) is wanted


@pytest.mark.parametrize(
    ("parts", "wanted"), [(["a\n"], False), (["a\nb"], True), (["a\n", None], True), ([None, "\n"], False)]
)
def test_it_is_known_whether_text_has_lines(parts, wanted):
    assert captured(parts).has_lines is wanted
    assert gives_lines(captured(parts).node()) is wanted
