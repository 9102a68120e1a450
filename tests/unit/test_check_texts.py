"""Small grammars that rules rely on: names, images, credentials, selectors, hosts."""

from __future__ import annotations

import pytest

from gitopsgen.capacity.selectors import matches
from gitopsgen.check import credentials, names
from gitopsgen.check.images import Image, parse
from gitopsgen.check.istio.hosts import covers, qualified, service_address

DIGEST = "sha256:" + "9f86d081" * 8


@pytest.mark.parametrize(
    ("grammar", "good", "bad"),
    [
        (names.subdomain, ["a", "a.b", "1-2.c", "a" * 253], ["", "A", "a_b", "-a", "a.", "a..b", "a" * 254]),
        (names.dns_label, ["a", "1-2", "a" * 63], ["a.b", "a-", "a" * 64]),
        (names.service, ["a", "a-1"], ["1a", "a.b", "-a"]),
        (names.path_segment, ["A:b c", "system:x"], [".", "..", "a/b", "a%b"]),
        (names.cron_job, ["a" * 52], ["a" * 53, "A"]),
        (names.label_key, ["a", "A_b.c-1", "example.com/a"], ["", "a b", "/a", "a/", "a/b/c", "UP/a", "a" * 64]),
        (names.label_value, ["", "a", "1.4.2_rc-1", "a" * 63], ["-a", "a b", "上海", "a" * 64, "a/b"]),
    ],
)
def test_names_follow_their_grammar(grammar, good, bad):
    assert [name for name in good if grammar(name)] == []
    assert [name for name in bad if not grammar(name)] == []


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("nginx", Image("", "nginx", "", "")),
        ("library/nginx:1.29", Image("", "library/nginx", "1.29", "")),
        ("registry.example.com/a/b", Image("registry.example.com", "a/b", "", "")),
        ("localhost/a", Image("localhost", "a", "", "")),
        ("registry:5000/a:1@" + DIGEST, Image("registry:5000", "a", "1", DIGEST)),
        ("a@" + DIGEST, Image("", "a", "", DIGEST)),
        ("Upper", None),
        ("a:", None),
        ("a@sha256:short", None),
        ("a b", None),
    ],
)
def test_image_reference_is_taken_apart(reference, expected):
    assert parse(reference) == expected


@pytest.mark.parametrize(
    "name", ["PASSWORD", "DB_PASSWORD", "dbPassword", "api-key", "apiKey", "CLIENT_SECRET", "aws.secretKey"]
)
def test_literal_under_the_name_of_a_credential_is_one(name):
    assert credentials.named(name, "correct-horse")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", ""),
        ("PASSWORD", "$(DB_PASSWORD)"),
        ("PASSWORD", "${DB_PASSWORD}"),
        ("PASSWORD_FILE", "correct-horse"),
        ("TOKEN", "/var/run/secrets/token"),
        ("TOKEN", "true"),
        ("TOKEN", "30s"),
        ("SECRETARY", "correct-horse"),
        ("MONKEY", "banana"),
        ("AUTHOR", "somebody"),
    ],
)
def test_reference_switch_or_other_name_is_no_credential(name, value):
    assert not credentials.named(name, value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("postgres://user:correct-horse@db/x", "a URL with a password"),
        ("postgres://user:$(PASSWORD)@db/x", ""),
        ("https://example.com:8443/@path", ""),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN CERTIFICATE-----", ""),
        ("a" * 100_000, ""),
    ],
)
def test_known_forms_of_credentials_are_seen(content, expected):
    assert credentials.inside(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('password: "correct-horse"', "password"),
        ("db.password=correct-horse", "db.password"),
        ("  secret_key = 'correct-horse'  # comment", "secret_key"),
        ("password: ${PASSWORD}", ""),
        ("password_file: correct-horse", ""),
        ("password:", ""),
        ("the password: correct horse battery", ""),
        ("token := input.token", ""),
        ("x" * 100_000 + ": y", ""),
    ],
)
def test_settings_with_credentials_are_seen(content, expected):
    assert credentials.setting(content) == expected


LABELS = {"app": "gateway", "version": "v1"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        ({"matchLabels": {"app": "gateway"}}, True),
        ({"matchLabels": {"app": "ledger"}}, False),
        ({"matchLabels": {"app": "gateway", "tier": "edge"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["gateway", "ledger"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["gateway"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["edge"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Near"}]}, False),
    ],
)
def test_selector_selects_as_the_server_does(selector, expected):
    assert matches(selector, LABELS) is expected


@pytest.mark.parametrize(
    ("host", "full", "address"),
    [
        ("gateway", "gateway.payment.svc.cluster.local", ("gateway", "payment")),
        ("gateway.risk.svc", "gateway.risk.svc.cluster.local", ("gateway", "risk")),
        ("gateway.risk.svc.cluster.local", "gateway.risk.svc.cluster.local", ("gateway", "risk")),
        ("bank.example.com", "bank.example.com", None),
        ("*.example.com", "*.example.com", None),
    ],
)
def test_host_is_completed_with_the_namespace_of_its_rule(host, full, address):
    assert qualified(host, "payment") == full
    assert service_address(full) == address


def test_wildcard_covers_what_ends_like_it():
    assert covers("*.example.com", "bank.example.com")
    assert not covers("*.example.com", "example.com")
    assert covers("bank.example.com", "bank.example.com")
