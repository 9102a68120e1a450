"""Clusters that share a verdict, and templates that are filled together, give what each would give by itself."""

from __future__ import annotations

import os
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.compose import compose
from gitopsgen.load import load
from gitopsgen.model.selection import Selection
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.engines import engine_of
from gitopsgen.pipeline.findings import Places
from gitopsgen.pipeline.regions import Regions
from gitopsgen.pipeline.work import by_region
from tests.bench.fleet import write_project

DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))
pytestmark = [pytest.mark.deep] if DEEP else []
ROOT = Path(__file__).parents[2]
CITIES = 9  # three of each tier

# What rules look for in strings: grammars, lengths, numbers, credentials, hosts, and the separators between parts.
NASTY = (
    "", "a", "-a", "a-", "A", "Ab", "a.b", "a/b", "a b", "a_b", "é", "上", "0", "1", "8080", "08", "1e3", "10%", "250m",
    "5s", "on", "null", "true", "x" * 52, "x" * 53, "x" * 63, "x" * 64, "x" * 253, "x" * 254, "10.0.0.0/8",
    "10.0.0.1/8", "10.0.0.300", "AKIAIOSFODNN7EXAMPLE", "https://user:secret@example.com", "hunter2-password",
    "a/" + "x" * 50, "a/" + "x" * 51, "a/" + "x" * 61, "a/" + "x" * 62,
    "payments", "risk.risk.svc.cluster.local", "*.example.com", "kube-system", "a\nb", "a: b", "sha256:" + "0" * 64,
)  # fmt: skip


@cache
def fleet(root):
    project = load(root).value
    return project, compose(project, Selection()).value


def results(root, variants, *, is_shared):
    """Give what each region gives, and how many clusters took the verdict of another."""
    project = fleet(root)[0]
    engine = engine_of(project)
    regions = Regions(project, engine, Places(project, Selection(), engine.expressions))
    regions.is_shared = is_shared
    made = [regions.render(region, members) for region, members in by_region(variants)]
    return [(one.region, sorted(one.files), one.diagnostics, one.kinds, one.manifests) for one in made]


def same(root, variants):
    plain, shared = (results(root, variants, is_shared=is_shared) for is_shared in (False, True))
    for one, other in zip(plain, shared, strict=True):
        assert one[0] == other[0]
        assert one[1] == other[1]
        assert set(one[2]) == set(other[2])
        assert one[3:] == other[3:]


def test_the_fleet_of_this_repository():
    variants = fleet(ROOT)[1]
    regions = sorted({one.id.region for one in variants})
    chosen = set(regions if DEEP else regions[::6])

    same(ROOT, [one for one in variants if one.id.region in chosen])


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    root = tmp_path_factory.mktemp("invented")
    write_project(root, CITIES)
    return root


def strings(data, path=()):
    """Give the path of each string in plain data."""
    if isinstance(data, str):
        yield path
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from strings(value, (*path, index))


def with_string(variant, path, value):
    context = {**variant.context, path[0]: deepcopy(variant.context[path[0]])}
    at = context
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return Variant(variant.id, context)


@given(data=st.data())
@settings(deadline=None, max_examples=400 if DEEP else 2)
def test_strings_that_rules_look_at(invented, data):
    variants = list(fleet(invented)[1])
    for _ in range(data.draw(st.integers(1, 4))):
        chosen = data.draw(st.integers(0, len(variants) - 1))
        places = list(
            strings({"values": variants[chosen].context["values"], "region": variants[chosen].context["region"]})
        )
        path = data.draw(st.sampled_from(places))
        value = data.draw(st.sampled_from(NASTY))
        for number in {chosen, *data.draw(st.sets(st.integers(0, len(variants) - 1), max_size=3))}:
            if variants[number].id.case == variants[chosen].id.case:
                variants[number] = with_string(variants[number], path, value)

    same(invented, variants)


def test_equal_cities_do_share(invented):
    variants = fleet(invented)[1]
    project = fleet(invented)[0]
    engine = engine_of(project)
    regions = Regions(project, engine, Places(project, Selection(), engine.expressions))
    regions.is_shared = True
    judged = []
    checker = regions.checker(variants[0].context["cluster"])
    original = checker.cluster
    checker.cluster = lambda manifests, setting: judged.append(len(manifests)) or original(manifests, setting)
    for region, members in by_region(variants):
        regions.render(region, members)

    assert 0 < len(judged) < CITIES


def test_a_cluster_like_no_other_is_judged_again_where_it_differs(invented):
    project, variants = fleet(invented)
    engine = engine_of(project)
    regions = Regions(project, engine, Places(project, Selection(), engine.expressions))
    regions.is_shared = True
    checker = regions.checker(variants[0].context["cluster"])
    judged = []
    original = checker.manifest
    checker.manifest = lambda manifest: judged.append(manifest.file) or original(manifest)
    for region, members in by_region(variants):
        regions.render(region, members)
    before = len(judged)
    region, members = by_region(variants)[-1]

    result = regions.render(region, [with_string(one, ("values", "scaling", "max"), 25) for one in members])

    again = judged[before:]
    assert 0 < len(again) < result.manifests / 10
