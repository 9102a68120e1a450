"""What rules in CEL cost, reckoned as real API servers reckon it: they print the factor by which a rule is too dear."""

import os
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml

from gitopsgen.schemas.costs import LIMIT, Cost, costs, factor_of_all
from gitopsgen.schemas.importer import _Loader as Loader
from gitopsgen.schemas.structural import RULES

from .costly import expression, forms, schema
from .fleet import WORKERS
from .needs import without
from .parity import SEED as SEED_OF_CHANCE
from .parity import Object
from .test_apiserver import MODERN, SEED, VersionSet, originals_folder, report, server
from .test_definitions import definition

pytestmark = pytest.mark.real
MADE = int(os.environ.get("COSTS", "600"))
SAID = re.compile(
    r"estimated (rule cost total|rule cost|messageExpression cost)[\w -]* exceeds budget by factor of ([^(]+) \("
)
# The server reckons with nothing that it cannot compile; whether we can is not asked here.
UNCOMPILED = re.compile(r"compilation failed|must evaluate to|program instantiation failed")
BOUNDS = {"maxItems", "maxLength", "maxProperties"}
AIM = (0.8, 1.4)  # a factor below 1.5 is printed to the last digit


def made(minor: int) -> Iterator[Object]:
    """Give definitions of one rule each, which stands in a list so long that many are a little too dear."""
    chance = random.Random(SEED_OF_CHANCE)  # noqa: S311 - the same ones each time
    known = forms(is_later=minor > 30)
    for number in range(MADE):
        node = schema(chance)
        is_old = number % 10 == 0
        rule: Object = {"rule": expression(chance, "old" if is_old else "bool", known, chance.randint(1, 3))}
        if is_old:
            rule["optionalOldSelf"] = True
        if number % 4 == 0:
            rule["messageExpression"] = expression(chance, "string", known)
        node[RULES] = [rule]
        found = costs(node, minor)
        times = int(chance.uniform(*AIM) * LIMIT / found[0].cost) + 1 if found and found[0].cost else 1
        yield definition({"type": "array", "maxItems": times, "items": node}, number)


def told(minor: int, crd: Object) -> set[tuple[str, str]]:
    """Give what a server should say of a definition."""
    found: set[tuple[str, str]] = set()
    for version in crd["spec"]["versions"]:
        own = costs(version["schema"]["openAPIV3Schema"], minor)
        found |= {(_name(one), _factor(one.factor)) for one in own if one.factor > 1}
        total = factor_of_all(own)
        if total > 1:
            found.add(("rule cost total", _factor(total)))
    return found


def _name(one: Cost) -> str:
    return "rule cost" if one.path[-1] == "rule" else "messageExpression cost"


def _factor(factor: float) -> str:
    if factor > 100:
        return "more than 100x"
    return f"{factor:f}x" if factor < 1.5 else f"{factor:.1f}x"


def compared(version_set: VersionSet, definitions: list[Object]) -> tuple[int, list[str]]:
    """Give how many definitions a server refuses for their cost, and those of which it says something else than we."""
    minor = int(version_set.kubernetes.split(".")[1])
    with server(version_set) as plane, ThreadPoolExecutor(WORKERS) as pool:
        verdicts = list(pool.map(plane.dry_run, definitions))
    differing, refused = [], 0
    for crd, verdict in zip(definitions, verdicts, strict=True):
        message = verdict.message or ""
        theirs, ours = set(SAID.findall(message)), told(minor, crd)
        refused += bool(theirs)
        if theirs != ours and not UNCOMPILED.search(message):
            rules = [rule for rule in _rules(crd) if len(rule) < 500]
            name = crd["metadata"]["name"]
            differing.append(f"{name} {rules[:3]}: we say {sorted(ours)}, the server {message[-500:]}")
    return refused, differing


def _rules(node: Any) -> list[str]:
    if isinstance(node, list):
        return [rule for one in node for rule in _rules(one)]
    if not isinstance(node, dict):
        return []
    own = [node["rule"]] if isinstance(node.get("rule"), str) else []
    return own + [rule for one in node.values() for rule in _rules(one)]


@pytest.mark.parametrize("version_set", [MODERN, SEED], ids=lambda one: str(one.name))
def test_costs_are_those_that_the_server_reckons(version_set: VersionSet) -> None:
    definitions = list(made(int(version_set.kubernetes.split(".")[1])))
    refused, differing = compared(version_set, definitions)

    print(f"{len(definitions)} definitions, {refused} too dear, {len(differing)} reckoned otherwise")  # noqa: T201
    assert not differing, report(f"{len(differing)} reckoned otherwise", differing)
    assert 0 < refused < len(definitions)


@pytest.mark.parametrize("version_set", [MODERN, SEED], ids=lambda one: str(one.name))
def test_published_definitions_cost_what_the_server_reckons(version_set: VersionSet) -> None:
    """With the bounds that they have, and with none."""
    folder = originals_folder()
    if folder is None:
        without("needs the originals of the definitions (CRDS)")
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml")))
    read = [one for text in texts if RULES in text for one in yaml.load_all(text, Loader=Loader)]
    bounded = [one for one in read if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition"]
    endless = [_without_bounds(one) for one in bounded]
    refused, differing = compared(version_set, [*bounded, *endless])

    print(f"{len(bounded)} definitions, {refused} too dear without bounds")  # noqa: T201
    assert not differing, report(f"{len(differing)} reckoned otherwise", differing)
    assert not any(told(minor, one) for minor in (30, 35) for one in bounded)
    assert refused


def _without_bounds(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_bounds(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not (key in BOUNDS and isinstance(value, int))}
    return {key: _without_bounds(value) for key, value in kept.items()}
