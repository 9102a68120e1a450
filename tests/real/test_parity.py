"""`check --profile cluster` and real API servers judge the same of objects made wrong: the bounds of docs/parity.md."""

import random
from collections.abc import Iterator

import pytest

from gitopsgen.check import Checker

from .parity import Object, ask, classes, compare, prepare, reason_of, score, whole
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet, server
from .test_check import emptied

pytestmark = pytest.mark.real

MUTANTS = 1000
EMPTIED = 4000
# What is reached, less what chance may take: more is asked for as more is judged.
EQUAL = 0.99
SAME_FIELD = 0.97


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


@pytest.mark.parametrize("version_set", [MODERN, SEED], ids=["modern", "seed"])
def test_what_is_empty_is_read_as_the_server_reads_it(version_set: VersionSet) -> None:
    """Each field of each kind, in turn null, no text, no list, nothing, 0 or of another type: where readers differ."""
    folder = CHECKOUT / "schemas" / version_set.name
    judge = Checker(version_set.kubernetes.rpartition(".")[0], folder, keep=False)
    with server(version_set) as plane:
        made = list(_emptied(prepare(plane, folder, whole())))
        chance = random.Random(11)  # noqa: S311 - the same ones each time
        found = compare(plane, judge, chance.sample(made, EMPTIED))

    assert not [f"{name}: {example.what}" for name, _, example in classes(found) if not reason_of(name)]


def _emptied(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    for obj in objects:
        for what, mutant in emptied(obj):
            yield f"{what} of {obj['kind']}", mutant
