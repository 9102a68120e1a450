"""Every rule: its documentation runs, and its fixture is guilty on the marked lines and nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import gitopsgen.check
from gitopsgen.check import Checker
from gitopsgen.check.documentation import HEADINGS, pages, sections
from gitopsgen.check.rules import RULES
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId

ROOT = Path(__file__).parents[1]
FIXTURES = sorted((ROOT / "tests/rules").glob("*.yaml"))
VARIANT = VariantId("shanghai", "edge", "payment-gateway")
EXPECTED = re.compile(r"# expect: (?P<codes>GG\d{3}(?: GG\d{3})*)$")
SETTINGS = re.compile(r"^# kubernetes: (?P<kubernetes>\d\.\d+), pack: (?P<pack>\w+)$", re.MULTILINE)

# Fixtures of other rules leave out what they are not about: images, and an order of routes in which each is reached.
ELSEWHERE = {"GG447", "GG734"}

FAMILIES = "admission argocd capacity istio kubernetes nodes policy references security".split()
NODE_FILE = re.compile(r"^# (?P<file>etc/\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def checkers():
    return {}


def checker(checkers, kubernetes: str, pack: str) -> Checker:
    if (kubernetes, pack) not in checkers:
        checkers[kubernetes, pack] = Checker(kubernetes, ROOT / "schemas" / pack, keep=False)
    return checkers[kubernetes, pack]


def manifests(text: str) -> list[Manifest]:
    documents = [document for document in yaml.safe_load_all(text) if document is not None]
    node = NODE_FILE.search(text)
    if node:  # a file of a node, with all its documents
        data = documents if len(documents) > 1 else documents[0]
        return [Manifest(VARIANT, node["file"], "fixture.j2", 0, data, is_resource=False)]
    return [Manifest(VARIANT, "fixture.yaml", "fixture.j2", index, data) for index, data in enumerate(documents)]


def findings(judge: Checker, found: list[Manifest]):
    return [
        *(finding for manifest in found for finding in judge.manifest(manifest)),
        *judge.cluster(found),
        *judge.policies(found),
    ]


def line_of(node: yaml.Node, field: tuple[str | int, ...], line: int) -> int:
    """Give the line of a field (its key, or the item of a list), or of the nearest one above where it is not."""
    for step in field:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            pair = (node.value[step], node.value[step])
        else:
            pair = None
        if pair is None:
            break
        line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def line_of_finding(nodes: list[yaml.Node], finding) -> int:
    """Give the line of a finding; in a node's file of several documents the field begins with the document."""
    document, field = finding.manifest.document, finding.field
    if isinstance(finding.manifest.data, list):
        document, field = field[0], field[1:]
    return line_of(nodes[document], field, nodes[document].start_mark.line + 1)


def expectations(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        match = EXPECTED.search(line)
        for code in match["codes"].split() if match else ():
            yield number, code


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixture_is_guilty_where_marked_and_nowhere_else(path, checkers):
    text = path.read_text(encoding="utf-8")
    settings = SETTINGS.search(text)
    judge = checker(checkers, *(settings["kubernetes"], settings["pack"]) if settings else ("1.35", "modern"))
    nodes = [node for node in yaml.compose_all(text) if node.tag != "tag:yaml.org,2002:null"]

    expected = sorted(expectations(text))
    left_out = ELSEWHERE - {code for _, code in expected}
    found = [
        (line_of_finding(nodes, each), each.code)
        for each in findings(judge, manifests(text))
        if each.code not in left_out
    ]

    assert expected == sorted(found)


@pytest.mark.parametrize("module", RULES, ids=lambda module: module.RULE.name)
def test_fixture_of_every_rule_is_there_and_expects_it(module):
    path = ROOT / "tests/rules" / f"{module.RULE.name}.yaml"

    assert module.RULE.code in {code for _, code in expectations(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("module", RULES, ids=lambda module: module.RULE.name)
def test_example_of_the_documentation_triggers_and_its_cure_does_not(module, checkers):
    judge = checker(checkers, "1.35", "modern")
    text = sections(module)

    assert list(HEADINGS) == list(text)
    assert module.RULE.code in {finding.code for finding in findings(judge, manifests(text["Example"]))}
    assert module.RULE.code not in {finding.code for finding in findings(judge, manifests(text["Instead"]))}


def test_every_module_with_a_rule_is_listed_once_in_the_order_of_codes():
    packages = (importlib.import_module(f"gitopsgen.check.{name}") for name in FAMILIES)
    modules = (
        importlib.import_module(f"{package.__name__}.{info.name}")
        for package in packages
        for info in pkgutil.iter_modules(package.__path__)
    )
    with_rule = {module.__name__ for module in modules if hasattr(module, "RULE")}
    codes = [module.RULE.code for module in RULES]

    assert with_rule == {module.__name__ for module in RULES}
    assert sorted(set(codes)) == codes
    assert len({module.RULE.name for module in RULES}) == len(RULES)
    assert gitopsgen.check.__all__ == sorted(gitopsgen.check.__all__)


def test_pages_of_the_rules_are_fresh():
    directory = ROOT / "docs/rules"

    assert pages() == {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.md")}
