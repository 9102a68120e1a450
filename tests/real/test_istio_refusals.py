"""What Istio's webhook refuses, we refuse, and nothing else: asked of `istioctl validate` about mutants.

What the schemas of the custom kinds refuse is the API server's word: istioctl does not read them.
"""

import json
import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitopsgen.check.rule import MESH
from gitopsgen.check.rules import RULES
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests

from .components import istioctl
from .mutants import mutants
from .needs import program
from .test_apiserver import CHECKOUT, MODERN
from .test_check import places

pytestmark = pytest.mark.real

SAMPLES = CHECKOUT / "tests/real/mesh.yaml"
OF_MESH = {module.RULE.code for module in RULES if module.RULE.refused_by == MESH}
MUTANTS = 400  # of each sample: all
SWAPPED = 3500
REFUSED = re.compile(r"\b\w+/[\w-]+/(m[0-9]+):")
# What may stand where another text or number stood: sound in some places, wrong in others.
TEXTS = [
    "*", "*.example.com", "*pay.example.com", "a_b", "pay.1", "a.b.", "A-b", "./*", "ns/pay.example.com", "mesh",
    "10.0.0.1", "10.0.0.0/8", "0s", "1.5ms", "500us", "1m30s", "-1s", "5", "TCP", "SSL", "grpc", "5xx,timeout", "pay*",
    "", "~", ".", "(", "a[", "GET", "STATIC", "DNS", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL", "HTTPS", "west", "a%b",
    ":path", "host", "ns/a/b", "/a/{b}", "/{**}/a", "/a/{*}b", "bank*.x", "a/b", "10.0.0.0/40", "oci://a:b/c",
    "ftp://a/b", "a b/c", "/a%zz", "oci:a", "configmap://other/a", "configmap://a", "POST", "source.principal",
    "topology.kubernetes.io/zone",
]  # fmt: skip
NUMBERS = [-1, 0, 1, 80, 443, 8080, 65535, 65536, 100, 101]

Object = dict[str, Any]


def samples() -> list[Object]:
    return list(yaml.safe_load_all(SAMPLES.read_text(encoding="utf-8")))


def swapped(obj: Object) -> Iterator[tuple[str, Object]]:
    """Give the object with another text or number in one place."""
    for path in places({"spec": obj["spec"]}):
        value: Any = obj
        for step in path:
            value = value[step]
        others = TEXTS if isinstance(value, str) else NUMBERS if isinstance(value, int) else []
        for other in others:
            mutant = json.loads(json.dumps(obj))
            parent = mutant
            for step in path[:-1]:
                parent = parent[step]
            parent[path[-1]] = other
            yield f"{other!r} at {'.'.join(map(str, path))}", mutant


def made() -> list[tuple[str, Object]]:
    """Give the sound ones, all that lack something or have something strange, and some with another value."""
    chance = random.Random(7)  # noqa: S311 - the same ones each time
    found = [("sound", obj) for obj in samples()]
    found += [one for obj in samples() for one in mutants(obj, MUTANTS)]
    found += chance.sample([one for obj in samples() for one in swapped(obj)], SWAPPED)
    for number, (_, obj) in enumerate(found):
        obj["metadata"]["name"] = f"m{number}"
    return found


def refused_by_istio(objects: Sequence[Object], folder: Path) -> set[str]:
    """Give the names of those that istioctl refuses."""
    path = folder / "mutants.yaml"
    path.write_text("\n---\n".join(map(json.dumps, objects)), encoding="utf-8")
    command = [program(istioctl), "validate", "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    errors = said[said.index("Error:") :] if "Error:" in said else ""
    assert "failed to decode" not in errors
    return set(REFUSED.findall(errors))


def codes(objects: Sequence[Object]) -> list[set[str]]:
    """Give the codes of what we call refused in each."""
    options = ForeignOptions(MODERN.kubernetes.rpartition(".")[0], CHECKOUT / "schemas" / MODERN.name)
    contents = [(f"{number}.json", json.dumps(obj).encode()) for number, obj in enumerate(objects)]
    found: dict[str, set[str]] = {file: set() for file, _ in contents}
    for one in judge_manifests(contents, options).findings:
        if one.severity.value == "error":
            found[one.location.file].add(one.code)
    return list(found.values())


def test_mutants_are_refused_by_both_or_by_none(tmp_path: Path) -> None:
    mutated = made()
    objects = [obj for _, obj in mutated]
    theirs = refused_by_istio(objects, tmp_path)
    alarms: list[str] = []
    misses: list[str] = []
    compared = 0
    for (what, obj), ours in zip(mutated, codes(objects), strict=True):
        is_refused = obj["metadata"]["name"] in theirs
        if ours and not ours & OF_MESH and not is_refused:
            continue  # refused by the schema of the kind, before Istio is asked
        compared += 1
        if ours and not is_refused:
            alarms.append(f"{obj['kind']}: {what}: {sorted(ours & OF_MESH)}")
        elif is_refused and not ours:
            misses.append(f"{obj['kind']}: {what}")

    print(f"{compared} compared, {len(theirs)} refused by Istio")  # noqa: T201
    assert theirs
    assert not alarms, "\n".join(alarms)
    assert not misses, "\n".join(misses)


def test_sound_samples_are_taken_by_both(tmp_path: Path) -> None:
    objects = samples()
    for number, obj in enumerate(objects):
        obj["metadata"]["name"] = f"m{number}"

    assert refused_by_istio(objects, tmp_path) == set()
    assert codes(objects) == [set()] * len(objects)
