"""What `check --against` refuses of an update, real API servers refuse: asked for changes of every kind they bring."""

import json
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gitopsgen.check import Checker
from gitopsgen.review.change import Server, subject, version_of
from gitopsgen.review.rules import UPDATE_RULES

from .fleet import WORKERS
from .parity import SEED as RANDOM_SEED
from .parity import Object, bases, prepare
from .spoiling import places
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet, server
from .told import fields_in, plain

pytestmark = pytest.mark.real
Trials = tuple[Server, list[tuple[str, Object, Object, str]]]  # what we know of the server, and what was tried

CHANGES = int(os.environ.get("UPDATES", "12"))  # of each object
# The server's words for fields that have other names in a manifest.
NICKNAMES = {
    "spec.persistentvolumesource": "spec",
    "nodeAffinity": "spec.nodeAffinity",
    "volumeMode": "spec.volumeMode",
    "spec.attachedRequired": "spec.attachRequired",
    "spec.ipFamilies": "spec.clusterIP",
    "spec.clusterIPs": "spec.clusterIP",
}
# What the server refuses of an update for reasons that no older state tells.
BEYOND = (
    "only dynamically provisioned pvc can be resized",  # asks for the storage class and the volume
    "denied request:",  # of the policies among the objects, which a server follows after a while
    "spec is immutable after creation except resources.requests",  # of a claim that is not bound yet
)


def changed(obj: Object, chance: random.Random) -> tuple[str, Object]:
    """Give the object with one field changed, taken out or doubled, as a person may well write it."""
    copy: Object = json.loads(json.dumps(obj))
    fixed = {("metadata",), ("metadata", "name"), ("metadata", "namespace")}
    *above, step = path = chance.choice(
        [one for one in places(copy) if one not in fixed and one[0] not in {"apiVersion", "kind"}]
    )
    parent: Any = copy
    for each in above:
        parent = parent[each]
    value = parent[step]
    if chance.random() < 0.3:
        del parent[step]
        return f"without {'.'.join(map(str, path))}", copy
    parent[step] = _other(value, chance)
    return f"other {'.'.join(map(str, path))}", copy


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    if isinstance(value, str):
        return chance.choice(
            (f"{value}x", f"1{value}", "other", "None", "Delete", "Immediate", "OnDelete", "ReadWriteMany")
        )
    if isinstance(value, list):
        return value[1:] if chance.random() < 0.5 else value[::-1]
    return {**value, "other": "value"}


def refusals(old: Object, new: Object, judge: Server) -> list[tuple[str, str]]:
    """Give the fields of what we refuse, and why."""
    change = judge.changed(subject(old), subject(new))
    return [
        (plain(one.field), f"{module.RULE.code} {one.message}")
        for module in UPDATE_RULES
        if module.RULE.on is None or module.RULE.on(change.subject.known)
        for one in module.check(change)
    ]


@pytest.fixture(scope="module", params=[MODERN, SEED], ids=["modern", "seed"])
def trials(request: pytest.FixtureRequest) -> Iterator[Trials]:
    """Give what was changed, both versions, and what the server says of the newer one over the older."""
    version_set: VersionSet = request.param
    chance = random.Random(RANDOM_SEED)  # noqa: S311 - the same ones each time
    with server(version_set) as plane, ThreadPoolExecutor(WORKERS) as pool:
        pack = CHECKOUT / "schemas" / version_set.name
        olds = prepare(plane, pack, [one for one in bases() if one["kind"] != "Namespace"])
        made = [(old, *changed(old, chance)) for old in olds for _ in range(CHANGES)]
        fresh = list(pool.map(lambda one: plane.dry_run(one[2]).accepted, made))
        for old in olds:
            assert plane.apply(old).accepted
        wanted = [one for one, is_right in zip(made, fresh, strict=True) if is_right and one[2] != one[0]]
        said = pool.map(lambda one: plane.apply(one[2], is_dry_run=True).message, wanted)
        tried = [(what, old, new, message) for (old, what, new), message in zip(wanted, said, strict=True)]
        yield Server(version_of(version_set.kubernetes), Checker(version_set.kubernetes[:4], pack).known), tried


def test_both_refuse_the_same_updates_for_the_same_fields(trials: Trials) -> None:
    judge, tried = trials
    differing, refused = [], 0
    for what, old, new, message in tried:
        ours = refusals(old, new, judge)
        if any(word in message for word in BEYOND) and not ours:
            continue
        name = f"{what} of {old['kind']} {old['metadata']['name']}"
        refused += bool(ours and message)
        theirs = {NICKNAMES.get(field, field) for field in fields_in(message)}
        if bool(ours) != bool(message):
            differing.append(f"{name}: we say {ours or 'nothing'}, the server {message or 'takes it'}")
        elif ours and not any(
            field.startswith(other) or other.startswith(field) for field, _ in ours for other in theirs
        ):
            differing.append(f"{name}: we name {ours}, the server says {message}")

    print(f"{len(tried)} updates, {refused} refused by both, {len(differing)} judged otherwise")  # noqa: T201
    assert not differing, "\n".join(differing)
    assert refused
