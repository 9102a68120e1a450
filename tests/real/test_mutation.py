"""What comes of objects by way of mutators, as the real `gator expand` makes it, and as we do."""

import json
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from gitopsgen.policy.changing import UnmutableError
from gitopsgen.policy.expansion import UnexpandableError, expanded
from gitopsgen.policy.match import GENERATED, Candidate
from gitopsgen.policy.mutation import Mutation
from tests.policies.mutating import deployment, mutator

from . import documents
from .components import gator
from .needs import program

pytestmark = pytest.mark.real

CASES = 400
LEAST_OF_EACH = 40  # cases in which objects are changed, and in which something is refused
HOME = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"kept": "yes"}}}


def expansion(name: str, kind: str, source: str) -> dict[str, Any]:
    spec = {
        "applyTo": [{"groups": ["apps"], "versions": ["v1"], "kinds": ["Deployment"]}],
        "templateSource": source,
        "generatedGVK": {"group": "", "version": "v1", "kind": kind},
    }
    return {
        "apiVersion": "expansion.gatekeeper.sh/v1beta1", "kind": "ExpansionTemplate", "metadata": {"name": name},
        "spec": spec,
    }  # fmt: skip


# The second one shows what became of the object itself.
EXPANSIONS = [expansion("pods", "Pod", "spec.template"), expansion("wholes", "Whole", "spec")]


def made_by_gator(objects: list[dict[str, Any]], folder: Path) -> tuple[list[Any], str]:
    """Give what gator makes of them, and what it says where it makes nothing."""
    path = folder / "objects.yaml"
    path.write_text(documents.joined(objects), encoding="utf-8")
    command = [program(gator), "expand", "--filename", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return [], done.stderr
    return list(yaml.safe_load_all(done.stdout)), ""


def made_by_us(data: dict[str, Any], mutators: list[dict[str, Any]]) -> tuple[list[Any], str]:
    mutation = Mutation(mutators)
    if mutation.faults:
        return [], mutation.faults[0].message

    def changed(made: Any) -> Any:
        return mutation.of(Candidate(made, HOME, GENERATED)).candidate.data

    try:
        whole = mutation.of(Candidate(data, HOME)).candidate.data
        return [one.data for one in expanded(whole, EXPANSIONS, changed)], ""
    except (UnmutableError, UnexpandableError) as error:
        return [], str(error)


def test_mutators_by_chance_make_of_objects_what_gator_makes_of_them(tmp_path: Path) -> None:
    changed = refused = 0
    for seed in range(CASES):
        chance = Random(seed)  # noqa: S311 - the same cases each time
        data = deployment(chance)
        mutators = [mutator(chance, f"m{number}") for number in range(chance.randint(1, 3))]

        theirs, their_problem = made_by_gator([HOME, *EXPANSIONS, *mutators, data], tmp_path)
        ours, our_problem = made_by_us(data, mutators)

        told = f"seed {seed}: gator says {their_problem or 'nothing'}, we say {our_problem or 'nothing'}"
        assert bool(their_problem) == bool(our_problem), told
        assert by_kind(ours) == by_kind(theirs), told
        changed += bool(ours) and by_kind(ours) != by_kind(made_by_us(data, [])[0])
        refused += bool(our_problem)
    assert min(changed, refused) > LEAST_OF_EACH, (changed, refused)


def by_kind(made: list[Any]) -> Any:
    return json.loads(json.dumps(sorted(made, key=lambda one: one["kind"]), sort_keys=True))
