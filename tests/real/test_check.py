"""What `check --profile cluster` calls an error, a real API server refuses: asked for the documents of all rules."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import yaml

from gitopsgen.check.documentation import sections
from gitopsgen.check.rules import RULES
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests

from .crds import from_pack
from .mutants import mutants
from .plane import ControlPlane
from .test_apiserver import CHECKOUT, MODERN, server

pytestmark = pytest.mark.real

OPTIONS = ForeignOptions("1.35", CHECKOUT / "schemas" / MODERN.name)
MUTANTS = 12  # of each document that the server takes
REFUSING = {module.RULE.code: module.RULE.name for module in RULES if module.RULE.refused_by}

Object = dict[str, Any]


def samples() -> list[Object]:
    """Give the objects of the rules' fixtures and examples, each once."""
    texts = [path.read_text("utf-8") for path in sorted((CHECKOUT / "tests/rules").glob("*.yaml"))]
    texts += [sections(module)[heading] for module in RULES for heading in ("Example", "Instead")]
    documents = (document for text in texts for document in yaml.safe_load_all(text) if _is_object(document))
    return list({json.dumps(one, sort_keys=True, default=str): one for one in documents}.values())


def _is_object(document: Any) -> bool:
    if not isinstance(document, dict) or not {"apiVersion", "kind"} <= set(document):
        return False
    metadata = document.get("metadata")
    return isinstance(metadata, dict) and isinstance(metadata.get("namespace", ""), str)


def errors(objects: Sequence[Object]) -> list[set[str]]:
    """Give what `check` says of each."""
    contents = [(f"{number}.json", json.dumps(obj, default=str).encode()) for number, obj in enumerate(objects)]
    found: dict[str, set[str]] = {file: set() for file, _ in contents}
    for one in judge_manifests(contents, OPTIONS).findings:
        if one.severity.value == "error":
            found[one.location.file].add(f"{one.code} {one.message}")
    return list(found.values())


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    objects = samples()
    kinds = {(one["apiVersion"].rpartition("/")[0], one["kind"]) for one in objects}
    with server(MODERN) as running:
        for name in {one["metadata"].get("namespace", "default") for one in objects}:
            running.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        running.apply_crds(from_pack(CHECKOUT / "schemas" / MODERN.name, kinds))
        yield running


def test_what_is_an_error_is_refused_for_documents_of_every_rule(plane: ControlPlane) -> None:
    objects = samples()
    found = errors(objects)
    alarms = [
        f"{sorted(said)}: {json.dumps(obj)[:300]}"
        for obj, said in zip(objects, found, strict=True)
        if said and plane.dry_run(obj).accepted
    ]
    proven = {one.partition(" ")[0] for said in found for one in said}

    assert not alarms, "\n".join(alarms)
    assert set(REFUSING) <= proven, "not proven: " + ", ".join(sorted(set(REFUSING) - proven))


def test_what_is_an_error_is_refused_for_mutants(plane: ControlPlane) -> None:
    """The other way round is parity: what the server refuses and we do not see is counted, and printed with -s."""
    made = [(what, mutant) for obj in samples() for what, mutant in mutants(obj, MUTANTS)]
    alarms, misses = [], 0
    for (what, mutant), found in zip(made, errors([mutant for _, mutant in made]), strict=True):
        is_accepted = plane.dry_run(mutant).accepted
        if found and is_accepted:
            alarms.append(f"{what} of {mutant['kind']} {mutant['metadata'].get('name')}: {sorted(found)}")
        misses += not found and not is_accepted

    print(f"{len(made)} mutants: {len(alarms)} refused by us alone, {misses} by the server alone")  # noqa: T201
    assert not alarms, "\n".join(alarms)
