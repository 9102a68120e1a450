"""Values of Envoy's own types: what Istio takes though it looks odd, and what it does not though it looks sound."""

from __future__ import annotations

import pytest

from gitopsgen.check.istio.envoy_types import json_name
from gitopsgen.check.istio.envoy_values import complaints

CLUSTER = "envoy.config.cluster.v3.Cluster"
OWN = {"@type": "type.googleapis.com/example.Own"}


def told(value, kind=CLUSTER):
    return [(one.path, one.is_refused) for one in complaints(kind, value)]


@pytest.mark.parametrize(
    "value",
    [
        {"connect_timeout": "1m0.5s", "connectTimeout": "-1s"},
        {"connect_timeout": 5, "connectTimeout": "5s"},  # of both names the other one counts
        {"lb_policy": None, "filters": [None]},
        {"lb_policy": 1, "type": "EDS"},
        {"max_requests_per_connection": "10"},
        {"max_requests_per_connection": 10.0},
        {"metadata": {"filter_metadata": {"istio": {"anything": [1, {}]}}}},
        {"outlier_detection": {"failure_percentage_threshold": 4294967295}},
    ],
)
def test_taken(value):
    assert told(value) == []


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"connect_timeout": "5"}, ("connect_timeout",)),
        ({"max_requests_per_connection": "1.0"}, ("max_requests_per_connection",)),
        ({"max_requests_per_connection": -1}, ("max_requests_per_connection",)),
        ({"max_requests_per_connection": "-0"}, ("max_requests_per_connection",)),
        ({"max_requests_per_connection": True}, ("max_requests_per_connection",)),
        ({"lb_policy": "round_robin"}, ("lb_policy",)),
        ({"alt_stat_name": 5}, ("alt_stat_name",)),
        ({"filters": [{"typed_config": {}}]}, ("filters", 0, "typed_config")),
        ({"filters": [{"typed_config": OWN}]}, ("filters", 0, "typed_config", "@type")),
        ({"metadata": {"filter_metadata": {"istio": []}}}, ("metadata", "filter_metadata", "istio")),
        ({"load_assignment": {"endpoints": {}}}, ("load_assignment", "endpoints")),
    ],
)
def test_refused_at_its_field(value, path):
    assert told(value) == [(path, True)]


def test_unknown_fields_and_what_only_envoy_reads_are_told_and_not_refused():
    name = "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"
    structure = {"@type": "type.googleapis.com/udpa.type.v1.TypedStruct", "type_url": name, "value": {"inlineCode": 1}}
    inside = ("filters", 0, "typed_config", "value", "inlineCode")

    assert told({"filters": [{"typed_config": structure}]}) == [(inside, False)]
    assert told({"lb_polici": "RANDOM"}) == [(("lb_polici",), False)]
    assert next(complaints(CLUSTER, {"lb_polici": "RANDOM"})).hint == 'did you mean "lb_policy"?'


def test_names_in_json():
    assert [json_name(one) for one in ("a", "max_tokens", "x_2b_c", "a__b")] == ["a", "maxTokens", "x2bC", "aB"]
