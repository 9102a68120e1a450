"""Rules in CEL that are made wrong: we refuse the definitions that a real API server refuses, and no others."""

import copy
import os
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gitopsgen.cel.sight import TOKEN
from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from gitopsgen.schemas.structural import RULES

from .crds import from_pack
from .fleet import WORKERS
from .parity import SEED, Object
from .test_apiserver import CHECKOUT, MODERN, server

pytestmark = pytest.mark.real
SPOILT = int(os.environ.get("RULES", "600"))
# How much a rule may cost is reckoned from the largest lists that a schema lets through, which we do not; nor do we
# find out what is in a list that is not written out.
BEYOND = re.compile(r"exceeds budget|exceeded budget|contributed to estimated rule|expected type '\w+' but found")
SWAPS = {"size": "sise", "startsWith": "startWith", "==": "<", "&&": "+", "all": "any", "self": "other", "true": "1"}


def nodes() -> list[Object]:
    """Give the parts of the pack's schemas that have rules of their own, each small enough to be asked about often."""
    pack = CHECKOUT / "schemas" / MODERN.name
    kinds = {(path.parent.name, name) for path in pack.glob("*/*.json") for name in _kinds(path.read_text("utf-8"))}
    crds = from_pack(pack, kinds)
    schemas = [one["schema"]["openAPIV3Schema"] for crd in crds for one in crd["spec"]["versions"]]
    return [node for schema in schemas for node in _below(schema) if len(str(node)) < 20_000]


def _kinds(text: str) -> list[str]:
    return re.findall(r'"kind": "(\w+)"', text)[-1:]


def _below(node: Any) -> Iterator[Object]:
    """Give the parts below a schema that have rules."""
    parts = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
    for part in (one for one in parts if isinstance(one, dict)):
        if part.get(RULES):
            yield part
        yield from _below(part)


def spoilt(rule: str, chance: random.Random) -> str:
    """Give a rule with one word taken out, doubled or replaced."""
    words = [match[0] for match in TOKEN.finditer(rule)]
    at = chance.randrange(len(words))
    how = chance.random()
    if how < 0.2:
        words[at : at + 1] = []
    elif how < 0.3:
        words[at : at + 1] = [words[at]] * 2
    elif words[at] in SWAPS:
        words[at] = SWAPS[words[at]]
    elif words[at][0] in "'\"":
        words[at] = "5"
    elif words[at][0].isdigit():
        words[at] = "'a'"
    else:
        words[at] = f"{words[at]}x" if words[at].isidentifier() else chance.choice(("+", "in", ")", "||"))
    return " ".join(words)


def definition(node: Object, number: int) -> Object:
    """Give a definition whose objects have such a part."""
    schema = {"type": "object", "properties": {"part": node}}
    names = {"plural": f"things{number}", "kind": f"Thing{number}", "listKind": f"Thing{number}List"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things{number}.test.example"},
        "spec": {"group": "test.example", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def made() -> list[tuple[str, Object]]:
    """Give definitions, each with one rule; in three of four it is spoilt."""
    chance = random.Random(SEED)  # noqa: S311 - the same ones each time
    found = []
    sound = nodes()
    for number in range(SPOILT):
        node = copy.deepcopy(chance.choice(sound))
        rule = chance.choice(node[RULES])
        rule["rule"] = spoilt(rule["rule"], chance) if number % 4 else rule["rule"]
        node[RULES] = [rule]
        found.append((rule["rule"], definition(node, number)))
    return found


def test_rules_are_refused_by_both_or_by_none() -> None:
    judge = Checker("1.35", CHECKOUT / "schemas" / MODERN.name)
    tried = made()
    with server(MODERN) as plane, ThreadPoolExecutor(WORKERS) as pool:
        said = list(pool.map(lambda one: plane.dry_run(one[1]), tried))
    differing, refused = [], 0
    for (rule, crd), verdict in zip(tried, said, strict=True):
        found = judge.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.j2", 0, crd))
        ours = [one.message for one in found if one.refused]
        refused += not verdict.accepted
        is_beyond = not ours and BEYOND.search(verdict.message or "")
        if bool(ours) == verdict.accepted and not is_beyond:
            differing.append(f"{rule}: we say {ours or 'nothing'}, the server {verdict.message or 'takes it'}")

    print(f"{len(tried)} rules, {refused} refused, {len(differing)} judged otherwise")  # noqa: T201
    assert not differing, "\n".join(differing)
    assert refused
    assert refused < len(tried)
