"""What we say of the values of EnvoyFilters, Istio says: its own types, and its own reading of random values."""

import base64
import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitopsgen.check.istio import envoy_types as types_module
from gitopsgen.check.istio.envoy_patches import TYPES
from gitopsgen.check.istio.envoy_types import fields_of, is_message, values_of
from gitopsgen.check.istio.envoy_values import complaints

from . import components
from .needs import program
from .parity import SEED

pytestmark = pytest.mark.real
VALUES = int(os.environ.get("VALUES", "4000"))
FACTS = Path(types_module.__file__).with_suffix(".json")
DEEPEST = 5
# What may stand anywhere, sound or not.
ODD: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 1.5, 2.0, 1e300, 2**31, 2**32, 2**63, -(2**31) - 1, [], {}, [1], {"a": 1}),
    *("", "a", "1", " 1 ", "-0", "01", "1.0", "1e2", "0x1", "NaN", "Infinity", "true", "1s", "-1.5s", "1", ".5h1m"),
    *("1", "YQ==", "YQ", "Y Q==", "AUTO", "2026-11-27T00:00:00Z", "2026-11-27", "4294967296", "99999999999999999999"),
)
SAMPLES = {
    "bool": (True, False),
    "string": ("a", "", "1"),
    "bytes": (base64.b64encode(b"abc").decode(), ""),
    "google.protobuf.Duration": ("1s", "0.25s", "1m30s", "-1s"),
    "google.protobuf.Timestamp": ("2026-11-27T00:00:00Z", "2026-11-27T00:00:00.5+08:00"),
    "google.protobuf.Empty": ({},),
    "google.protobuf.Struct": ({}, {"a": [1, None]}),
    "google.protobuf.Value": (1, "a", [1], {"a": 1}),
    "google.protobuf.ListValue": ([], [1, "a"]),
    "google.protobuf.BoolValue": (True,),
    "google.protobuf.StringValue": ("a",),
    "google.protobuf.BytesValue": ("YQ==",),
}
ANYS = (
    "envoy.extensions.filters.http.lua.v3.Lua",
    "envoy.extensions.filters.http.router.v3.Router",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    "google.protobuf.Duration",
    "google.protobuf.Empty",
    "google.protobuf.StringValue",
    "google.protobuf.Struct",
    "istio.networking.v1alpha3.Gateway",
    "envoy.api.v2.Cluster",
    "example.Own",
)


def made(kind: str, chance: random.Random, depth: int = 0) -> Any:
    """Give a value of a type, now and then one that is none."""
    if chance.random() < 0.03:
        return chance.choice(ODD)
    return sound(kind, chance, depth)


def sound(kind: str, chance: random.Random, depth: int) -> Any:
    """Give a value of a type; what is in it may be wrong."""
    if kind.startswith("["):
        return [made(kind[1:], chance, depth + 1) for _ in range(chance.randrange(3))]
    if kind.startswith("{"):
        of_keys, _, of_values = kind[1:].partition(" ")
        keys = ("a", "b") if of_keys == "string" else ("1", "2") if chance.random() < 0.9 else ("a", "1.5")
        return {key: made(of_values, chance, depth + 1) for key in keys[: chance.randrange(3)]}
    if kind.startswith("="):
        return chance.choice([*values_of(kind[1:]), 0, 1])
    if kind == "google.protobuf.Any":
        return anything(chance, depth)
    if is_message(kind):
        return message(kind, chance, depth)
    return chance.choice(SAMPLES.get(kind, (0, 1, "2", 30.0)))


def anything(chance: random.Random, depth: int) -> Any:
    """Give a value that says its own type."""
    name = chance.choice(ANYS)
    inside = message(name, chance, depth) if is_message(name) else {}
    if name.startswith("google."):
        inside = {"value": made(name, chance, depth)}
    told = {} if chance.random() < 0.05 else {"@type": f"type.googleapis.com/{name}" if chance.random() < 0.9 else name}
    return {**told, **inside}


def message(name: str, chance: random.Random, depth: int) -> dict[str, Any]:
    """Give some fields of a message, the deeper the fewer."""
    fields = list(fields_of(name).items())
    chosen = chance.sample(fields, min(len(fields), chance.randrange(max(1, DEEPEST - depth)) + (depth == 0)))
    found = {field: made(kind, chance, depth + 1) for field, kind in chosen}
    if chance.random() < 0.02:
        found[chance.choice(("nobody", "name", "typedConfig", "[a.b]"))] = chance.choice(ODD)
    return found


def test_the_types_of_envoy_are_those_of_istio(tmp_path: Path) -> None:
    answer = tmp_path / "types.json"
    subprocess.run([program(components.envoy_types), answer], check=True)
    told = json.loads(answer.read_text("utf-8"))

    assert json.loads(FACTS.read_text("utf-8")) == {**told, "others": sorted(told["others"])}


def test_both_refuse_the_same_values_and_know_the_same_fields(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same ones each time
    tried = [(target, message(kind, chance, 0)) for target, kind in sorted(TYPES.items()) for _ in range(VALUES // 11)]
    (tmp_path / "values.json").write_text(json.dumps(tried), "utf-8")
    answer = tmp_path / "said.json"
    subprocess.run([program(components.envoy_types), answer, tmp_path / "values.json"], check=True)

    differing = list(_differing(tried, json.loads(answer.read_text("utf-8"))))

    assert not differing, "\n".join(differing[:20])


def _differing(tried: list[tuple[str, dict[str, Any]]], said: list[tuple[str, str]]) -> Iterator[str]:
    refused = passed = 0
    for (target, value), (loose, strict) in zip(tried, said, strict=True):
        ours = list(complaints(TYPES[target], value))
        wrong = [f"{one.path} {one.message}" for one in ours if one.is_refused]
        if bool(wrong) != bool(loose) or bool(ours) != bool(strict):
            yield f"{target} {json.dumps(value)}: we say {ours or 'nothing'}, Istio {loose or strict or 'takes it'}"
        refused += bool(loose)
        passed += bool(strict and not loose)
    print(f"{len(tried)} values, {refused} refused, {passed} with unknown fields")  # noqa: T201
    assert refused
    assert passed
