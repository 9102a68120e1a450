"""What is imported is rendered again, whatever the manifests of the cities have in common and what they have not.

The law stands in the program itself: the import is refused unless its render equals what came in. So nothing may be
refused here. `tests/test_import.py` shows that the proof can fail, and reads the files for itself.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.load import load
from gitopsgen.pipeline.adoption import ImportOptions, import_manifests
from tests.adopting import CITIES, make_project

DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))
WORDS = (
    *("a", "b", "spec", "data", "value", "on", "1e3", "enabled", "patches", "a.b"),
    *("{city}", "x-{city}.{area}", "{site}"),
)
# what YAML, Jinja and the writing of templates could stumble over
TEXTS = (
    *WORDS,
    *(
        "",
        " ",
        "~",
        "-",
        "#",
        "a: b",
        "%",
        "!x",
        "&y",
        "*z",
        "|+",
        "'",
        '"',
        "\\",
        "é",
        "\t",
        "\n",
        "a\n\n\n",
        "a\nb\n",
    ),
    *(
        "{{{{ x }}}}",
        "{{% if %}}",
        "{{# no #}}",
        "{{",
        "}}",
        "{{{{{city}",
        "{city}}}",
        "Jinja0Z",
        "{{%- raw %}} endraw",
    ),
    *("k={city}\nl=1\n", "k={site}-1\nl=2\n", "k: 1\n", "k: 2\n", "--n=1", "--n=22", "{city} {city}", "{tier}/{tier}"),
)
SCALARS = st.one_of(st.sampled_from(TEXTS), st.integers(-2, 2), st.booleans(), st.none(), st.just(0.5))
NAMES = st.sampled_from(WORDS)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3),
        st.lists(st.fixed_dictionaries({"name": NAMES}, optional={"a": inner}), max_size=3),
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(["ConfigMap", "Widget"])
OBJECTS = st.dictionaries(st.tuples(KINDS, st.sampled_from(["one", "two", "{city}", "one-{city}"])), DATA, max_size=3)


def filled(value, city):
    """Give data in which the names of a city stand."""
    if isinstance(value, str):
        town = CITIES[city]
        return value.format(city=city, site=town.site, area=town.area, tier=town.tier)
    if isinstance(value, dict):
        return {filled(key, city): filled(one, city) for key, one in value.items()}
    return [filled(one, city) for one in value] if isinstance(value, list) else value


def manifest(kind, name, data, city):
    metadata = {"name": filled(name, city), "namespace": "shop"}
    version = "v1" if kind == "ConfigMap" else "example.com/v1"
    return json.dumps({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": filled(data, city)}) + "\n"


@st.composite
def trees(draw):
    """Give the objects of each city: those of all, of which some cities have others, or none."""
    cities = draw(st.lists(st.sampled_from(sorted(CITIES)), min_size=1, max_size=5, unique=True))
    common = draw(OBJECTS)
    return {city: {**common, **draw(OBJECTS)} if draw(st.booleans()) else common for city in cities}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = make_project(tmp_path_factory.mktemp("project"), schemas=False)
    outcome = load(root)
    assert not outcome.failed
    return outcome.value


@settings(max_examples=600 if DEEP else 20, suppress_health_check=list(HealthCheck))
@given(tree=trees())
def test_what_is_imported_renders_the_same(project, tree):
    with TemporaryDirectory() as folder:
        for city, objects in tree.items():
            texts = [manifest(kind, name, data, city) for (kind, name), data in objects.items()]
            (Path(folder) / f"{city}.json").write_text("".join(texts) or "null\n", "utf-8")

        done = import_manifests(project, ImportOptions((folder,), "shop", dry_run=True))

    assert done.diagnostics == ()
    assert done.objects == sum(len(objects) for objects in tree.values())
