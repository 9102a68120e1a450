"""Rules in CEL beside the schemas of custom kinds: a real API server breaks the same ones, at the same fields."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitopsgen.schemas import Pack
from gitopsgen.schemas.expressions import BROKEN
from gitopsgen.schemas.freedom import expressions_in
from gitopsgen.schemas.validator import Validator, compile_kind
from gitopsgen.schemas.wording import dotted

from .crds import from_pack
from .fleet import objects_below
from .guided import Changes
from .plane import ControlPlane, Verdict
from .test_apiserver import CHECKOUT, MODERN, SEED, VersionSet, server

pytestmark = pytest.mark.real

TRIED = 300  # changes of each object, of which most break the schema
ASKED = 60  # objects of a kind, at most, that the server is asked about
MANY = 12  # kinds and rules without which nothing would be proven
STEP = re.compile(r'\["?([^\]"]*)"?\]')
RULE = re.compile(r"(?:failed|evaluating) rule: ")

Object = dict[str, Any]


@pytest.fixture(scope="module", params=[MODERN, SEED], ids=["modern", "seed"])
def trial(request: pytest.FixtureRequest) -> Iterator[tuple[ControlPlane, dict[tuple[str, str], Validator]]]:
    version_set: VersionSet = request.param
    folder = CHECKOUT / "schemas" / version_set.name
    pack = Pack(folder)
    found = {name: pack.find(*name) for name in pack.names()}
    kinds = {name: kind for name, kind in found.items() if kind and any(expressions_in(kind.schema))}
    with server(version_set) as running:
        running.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "payment"}})
        running.apply_crds(from_pack(folder, {(kind.group, kind.name) for kind in kinds.values()}))
        yield running, {name: compile_kind(kind) for name, kind in kinds.items()}


def samples(kinds: dict[tuple[str, str], Validator]) -> dict[tuple[str, str], list[Object]]:
    """Give right objects of each kind, those of the fleet that say most and those of the rules' fixtures.

    `OBJECTS` names a file with more.
    """
    fixtures = [CHECKOUT / "tests/rules/broken-rule.yaml", CHECKOUT / "tests/rules/dangling-parent.yaml"]
    objects = [one for path in fixtures for one in yaml.safe_load_all(path.read_text("utf-8"))]
    if more := os.environ.get("OBJECTS"):
        objects += [one for one in yaml.safe_load_all(Path(more).read_text("utf-8")) if one]
    objects += sorted(objects_below(CHECKOUT / "generated"), key=lambda one: -len(str(one)))
    right: dict[tuple[str, str], list[Object]] = {}
    for one in objects:
        name = (str(one.get("apiVersion")), str(one.get("kind")))
        if name in kinds and len(right.get(name, ())) < 3 and not kinds[name].violations(one):
            right.setdefault(name, []).append({**one, "metadata": {"name": "a", **_namespace(one)}})
    return right


def _namespace(obj: Object) -> Object:
    return {"namespace": "payment"} if obj["metadata"].get("namespace") else {}


def broken_by_us(validator: Validator, obj: Object) -> set[tuple[str, str]] | None:
    """Give fields and rules, None where the schema itself is broken."""
    found = validator.violations(obj)
    if any(one.sort != BROKEN for one in found):
        return None
    return {(plain(dotted(one.field)), one.message.split(": ", 1)[1]) for one in found}


def broken_by(verdict: Verdict) -> set[tuple[str, str]]:
    """Give what the server says in the same words, no rule where it does not show it."""
    found = [(plain(field), RULE.split(message)) for field, message in verdict.causes]
    return {(field, " ".join(parts[-1].split()) if len(parts) > 1 else "") for field, parts in found}


def plain(field: str) -> str:
    """Write keys of maps, and the object as a whole, in one way."""
    return STEP.sub(r".\1", field).replace("<nil>", "the object")


def test_the_server_breaks_the_same_rules_at_the_same_fields(
    trial: tuple[ControlPlane, dict[tuple[str, str], Validator]],
) -> None:
    plane, kinds = trial
    differing, broken, asked = [], set(), 0
    for name, objects in samples(kinds).items():
        changes = Changes(kinds[name].kind.schema, 7)
        tried = [(one, broken_by_us(kinds[name], one)) for obj in objects for one in changes.of(obj, TRIED)]
        telling = [(one, found) for one, found in tried if found]
        silent = [(one, found) for one, found in tried if found == set()]
        for one, ours in telling[:ASKED] + silent[: ASKED // 4]:
            verdict = plane.dry_run(one)
            asked += 1
            broken |= {(name[1], rule) for _, rule in ours or ()}
            if not same(ours or set(), broken_by(verdict)):
                differing.append(f"{name[1]}: {sorted(ours or ())} | {verdict.causes or verdict.message or 'accepted'}")

    print(f"{asked} objects, {len(broken)} rules broken, {len(differing)} verdicts differ")  # noqa: T201
    assert not differing, "\n".join(differing[:20])
    assert len(broken) > MANY


def same(ours: set[tuple[str, str]], theirs: set[tuple[str, str]]) -> bool:
    """Whether both name the same fields, and the rules that the server shows; we cut long ones."""
    shown = {(field, rule[:299]) for field, rule in theirs if rule}
    return {field for field, _ in ours} == {field for field, _ in theirs} and shown <= {
        (field, rule[:299]) for field, rule in ours
    }
