"""Messages name the field, what was found and what was expected; the engine's own words are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.schemas import Bundled, Pack
from gitopsgen.schemas.validator import compile_kind
from gitopsgen.schemas.wording import dotted, shown, suggestion

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def kinds():
    return Bundled("1.35"), Pack(ROOT / "schemas/modern")


def said(kinds, version, kind, spec):
    found = next(known for source in kinds if (known := source.find(version, kind)))
    document = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    return [(violation.message, violation.hint) for violation in compile_kind(found).violations(document)]


@pytest.mark.parametrize(
    ("version", "kind", "spec", "said_of_it"),
    [
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "imagePullpolicy": "Always"}]},
            ('unknown field "imagePullpolicy" in "spec.containers[0]"', 'did you mean "imagePullPolicy"?'),
        ),
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "imagePullPolicy": "Allways"}]},
            (
                (
                    '"spec.containers[0].imagePullPolicy" is "Allways" (string), '
                    'expected one of "Always", "IfNotPresent", "Never"'
                ),
                'did you mean "Always"?',
            ),
        ),
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "resources": {"limits": {"cpu": [1]}}}]},
            ('"spec.containers[0].resources.limits.cpu" is a list, expected a quantity such as 100m, 1.5 or 2Gi', ""),
        ),
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "resources": {"limits": {"cpu": "1OOm"}}}]},
            (
                (
                    '"spec.containers[0].resources.limits.cpu" is "1OOm" (string), '
                    "expected a quantity such as 100m, 1.5 or 2Gi"
                ),
                "",
            ),
        ),
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "livenessProbe": {"httpGet": {"port": True}}}]},
            (
                '"spec.containers[0].livenessProbe.httpGet.port" is "true" (boolean), expected an integer or a string',
                "",
            ),
        ),
        (
            "v1",
            "Pod",
            {"containers": {"name": "x"}},
            ('"spec.containers" is a mapping, expected a list', 'write "- " before each entry'),
        ),
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "ports": [{"containerPort": 80, "name": "longer-than-fifteen"}]}]},
            (
                '"spec.containers[0].ports[0].name" is "longer-than-fifteen" (string), expected at most 15 characters',
                "",
            ),
        ),
        (
            "v1",
            "Pod",
            {"overhead": {"memory": "512MB"}},
            (
                '"spec.overhead.memory" is "512MB" (string), expected a quantity such as 100m, 1.5 or 2Gi',
                "write 512Mi",
            ),
        ),
        (
            "v1",
            "Pod",
            {"containers": [{"name": "x", "command": "ls -l"}]},
            (
                '"spec.containers[0].command" is "ls -l" (string), expected a list',
                "write a list, with an entry for each",
            ),
        ),
        (
            "networking.istio.io/v1",
            "VirtualService",
            {"http": [{"timeout": 5}]},
            (
                '"spec.http[0].timeout" is "5" (integer), expected a string',
                "write a duration with its unit, as in 300ms or 5s",
            ),
        ),
        ("v1", "Pod", {"hostname": 7}, ('"spec.hostname" is "7" (integer), expected a string', "quote it")),
        (
            "v1",
            "Pod",
            {"hostname": True},
            (
                '"spec.hostname" is "true" (boolean), expected a string',
                "quote it: YAML reads y, n, yes, no, on, off, true and false as a boolean",
            ),
        ),
        (
            "v1",
            "Pod",
            {"hostNetwork": "true"},
            ('"spec.hostNetwork" is "true" (string), expected true or false', "write it without quotes"),
        ),
        ("v1", "Service", {"ports": [{"name": "http"}]}, ('required field "spec.ports[0].port" is missing', "")),
        (
            "networking.istio.io/v1",
            "DestinationRule",
            {"host": "x", "trafficPolicy": {"outlierDetection": {"consecutive5xxErrors": -1}}},
            ('"spec.trafficPolicy.outlierDetection.consecutive5xxErrors" is -1, expected at least 0', ""),
        ),
        (
            "networking.istio.io/v1",
            "DestinationRule",
            {
                "host": "x",
                "trafficPolicy": {"loadBalancer": {"simple": "RANDOM", "consistentHash": {"useSourceIp": True}}},
            },
            (
                (
                    '"spec.trafficPolicy.loadBalancer" sets fields that exclude each other or lacks one that it needs, '
                    'expected exactly one of "consistentHash", "simple"'
                ),
                "",
            ),
        ),
        (
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            {"hostnames": [], "rules": []},
            ('"spec.rules" has 0 entries, expected at least 1', ""),
        ),
        (
            "gateway.networking.k8s.io/v1",
            "Gateway",
            {"gatewayClassName": "", "listeners": [{"name": "x", "port": 70000, "protocol": "HTTPS"}]},
            ('"spec.gatewayClassName" has 0 characters, expected at least 1', ""),
        ),
    ],
)
def test_violation_is_said_in_one_sentence(kinds, version, kind, spec, said_of_it):
    assert said_of_it in said(kinds, version, kind, spec)


def test_the_engines_words_are_not_shown(kinds):
    (message, _), *_ = said(kinds, "v1", "Service", {"ports": "80"})

    assert "not of type" not in message


def test_all_violations_are_told_in_the_order_of_their_fields(kinds):
    spec = {"ports": [{"port": "80", "protcol": "TCP"}, {"name": 1}], "type": "Internal"}

    assert [message.split(" is ")[0] for message, _ in said(kinds, "v1", "Service", spec)] == [
        '"spec.ports[0].port"',
        'unknown field "protcol" in "spec.ports[0]"',
        '"spec.ports[1].name"',
        'required field "spec.ports[1].port"',
        '"spec.type"',
    ]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ((), "the object"),
        (("spec", "containers", 0, "image"), "spec.containers[0].image"),
        (("metadata", "labels", "app.kubernetes.io/name"), 'metadata.labels["app.kubernetes.io/name"]'),
    ],
)
def test_path_is_written_as_people_do(field, expected):
    assert dotted(field) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        ({}, "a mapping"),
        ([1], "a list"),
        (True, '"true" (boolean)'),
        (1, '"1" (integer)'),
        (1.5, '"1.5" (number)'),
        ("x", '"x" (string)'),
        ("x" * 90, '"' + "x" * 59 + '…" (string)'),
    ],
)
def test_value_is_shown_short_and_with_its_type(value, expected):
    assert shown(value) == expected


def test_far_names_are_not_suggested():
    assert suggestion("replica", ["replicas", "paused"]) == 'did you mean "replicas"?'
    assert suggestion("anything", ["replicas", "paused"]) == ""


@pytest.mark.parametrize("value", [2**70, -(2**70), 1e308, float("nan"), {1: 2}, object()])
def test_what_json_cannot_carry_is_a_violation_and_no_crash(kinds, value):
    kind = kinds[0].find("v1", "ConfigMap")
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"key": value}}

    assert compile_kind(kind).violations(document)
