"""`check --profile cluster` and real API servers judge the same of objects made wrong: the bounds of docs/parity.md."""

import pytest

from .parity import ask, classes, score
from .test_apiserver import MODERN, SEED, VersionSet, server

pytestmark = pytest.mark.real

MUTANTS = 1000
# What is reached, less what chance may take: more is asked for as more is judged.
EQUAL = 0.97
SAME_FIELD = 0.93


@pytest.mark.parametrize("version_set", [MODERN, SEED], ids=["modern", "seed"])
def test_verdicts_are_equal_and_name_the_same_fields(version_set: VersionSet) -> None:
    with server(version_set) as plane:
        found = ask(plane, version_set.name, version_set.kubernetes, MUTANTS)
    core = [one for one in found if one.is_core]
    equal, false, same = score(core)
    unequal = "\n".join(f"{count} {name}: {example.what}" for name, count, example in classes(found))

    assert false == 0, unequal
    assert equal >= EQUAL, unequal
    assert same >= SAME_FIELD
