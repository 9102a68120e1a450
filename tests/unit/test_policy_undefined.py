"""A function that nobody defines is told where it is called, before any object is judged; all others are found."""

from __future__ import annotations

import pytest

from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.rego import Policy

LIBRARY = Module("lib 0", "package lib.texts\n\nis_long(text) if count(text) > 9\n")
SOUND = """package sound

import data.lib.texts.is_long
import data.lib.texts.is_long as long

default own(_) := false

own(text) if contains(text, "a")

deny contains msg if {
	not is_long(input.a)
	not long(input.a)
	every one in input.all { own(one) }
	not(input.b)
	some name in {upper(one) | some one in input.all}
	data.lib.texts.is_long(name)
	count(set()) == 0
	regex.match("a(b)", name)
	msg := sprintf("no(%s)", [name]) # undefined(here)
}
"""


def test_all_that_is_defined_is_found():
    assert Policy([Module("a.rego", SOUND), LIBRARY]).package("a.rego") == "sound"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("is_lon(input.a)", 'there is no function "is_lon", did you mean "is_long"?'),
        ("startwith(input.a, input.b)", 'there is no function "startwith", did you mean "startswith"?'),
        ("qqq(input.a)", 'there is no function "qqq"'),
    ],
)
def test_what_nobody_defines_is_told_with_its_line(call, message):
    text = SOUND.replace("not is_long(input.a)", f"not {call}")
    with pytest.raises(PolicyError, match="there is no function") as told:
        Policy([Module("a.rego", text), LIBRARY])

    assert (told.value.message, told.value.module, told.value.line) == (message, "a.rego", 11)
