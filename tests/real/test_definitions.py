"""Rules in CEL that are made wrong, formats, and types in policies: judged as a real API server judges them."""

import copy
import os
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gitopsgen.cel.sight import TOKEN
from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from gitopsgen.schemas.importer import schemas_of
from gitopsgen.schemas.pack import kind_of
from gitopsgen.schemas.structural import RULES
from gitopsgen.schemas.validator import compile_kind

from .crds import from_pack
from .fleet import WORKERS
from .parity import SEED, Object
from .test_apiserver import CHECKOUT, MODERN, server

pytestmark = pytest.mark.real
SPOILT = int(os.environ.get("RULES", "600"))
# What is in a list that is not written out, we do not find out.
BEYOND = re.compile(r"expected type '\w+' but found")
SWAPS = {"size": "sise", "startsWith": "startWith", "==": "<", "&&": "+", "all": "any", "self": "other", "true": "1"}


def nodes() -> list[Object]:
    """Give the parts of the pack's schemas that have rules of their own, each small enough to be asked about often."""
    pack = CHECKOUT / "schemas" / MODERN.name
    kinds = {(path.parent.name, name) for path in pack.glob("*/*.json") for name in _kinds(path.read_text("utf-8"))}
    crds = from_pack(pack, kinds)
    schemas = [one["schema"]["openAPIV3Schema"] for crd in crds for one in crd["spec"]["versions"]]
    return [node for schema in schemas for node in _below(schema) if len(str(node)) < 20_000]


def _kinds(text: str) -> list[str]:
    return re.findall(r'"kind": "(\w+)"', text)[-1:]


def _below(node: Any) -> Iterator[Object]:
    """Give the parts below a schema that have rules."""
    parts = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
    for part in (one for one in parts if isinstance(one, dict)):
        if part.get(RULES):
            yield part
        yield from _below(part)


def spoilt(rule: str, chance: random.Random) -> str:
    """Give a rule with one word taken out, doubled or replaced."""
    words = [match[0] for match in TOKEN.finditer(rule)]
    at = chance.randrange(len(words))
    how = chance.random()
    if how < 0.2:
        words[at : at + 1] = []
    elif how < 0.3:
        words[at : at + 1] = [words[at]] * 2
    elif words[at] in SWAPS:
        words[at] = SWAPS[words[at]]
    elif words[at][0] in "'\"":
        words[at] = "5"
    elif words[at][0].isdigit():
        words[at] = "'a'"
    else:
        words[at] = f"{words[at]}x" if words[at].isidentifier() else chance.choice(("+", "in", ")", "||"))
    return " ".join(words)


def definition(node: Object, number: int) -> Object:
    """Give a definition whose objects have such a part."""
    schema = {"type": "object", "properties": {"part": node}}
    names = {"plural": f"things{number}", "kind": f"Thing{number}", "listKind": f"Thing{number}List"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things{number}.test.example"},
        "spec": {"group": "test.example", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def made() -> list[tuple[str, Object]]:
    """Give definitions, each with one rule; in three of four it is spoilt."""
    chance = random.Random(SEED)  # noqa: S311 - the same ones each time
    found = []
    sound = nodes()
    for number in range(SPOILT):
        node = copy.deepcopy(chance.choice(sound))
        rule = chance.choice(node[RULES])
        rule["rule"] = spoilt(rule["rule"], chance) if number % 4 else rule["rule"]
        node[RULES] = [rule]
        found.append((rule["rule"], definition(node, number)))
    return found


def test_rules_are_refused_by_both_or_by_none() -> None:
    judge = Checker("1.35", CHECKOUT / "schemas" / MODERN.name)
    tried = made()
    with server(MODERN) as plane, ThreadPoolExecutor(WORKERS) as pool:
        said = list(pool.map(lambda one: plane.dry_run(one[1]), tried))
    differing, refused = [], 0
    for (rule, crd), verdict in zip(tried, said, strict=True):
        found = judge.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.j2", 0, crd))
        ours = [one.message for one in found if one.refused]
        refused += not verdict.accepted
        is_beyond = not ours and BEYOND.search(verdict.message or "")
        if bool(ours) == verdict.accepted and not is_beyond:
            differing.append(f"{rule}: we say {ours or 'nothing'}, the server {verdict.message or 'takes it'}")

    print(f"{len(tried)} rules, {refused} refused, {len(differing)} judged otherwise")  # noqa: T201
    assert not differing, "\n".join(differing)
    assert refused
    assert refused < len(tried)


NAMED = (
    *("bsonobjectid", "byte", "cidr", "date", "date-time", "duration", "email", "hexcolor", "hostname", "ipv4", "ipv6"),
    *("mac", "regex", "ssn", "time", "uri", "uri-reference", "uuid", "uuid3", "uuid4", "uuid5"),
)
TEXTS = [
    *("", "a", "5", "30s", "P1D", "1h30m", "22 ns", "2 weeks", "5 apples", "1.5h", "-3m", "3 seconds", "in 3 days"),
    *("127.0.0.1", "127.0.0.01", "127.0.0.256", "1.2.3", "::1", "::ffff:1.2.3.4", "fe80::1%eth0", "2001:DB8::1"),
    *("10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "2001:db8::/32", "10.0.0.0/255.0.0.0", "10.0.0.0"),
    *(
        "example.com",
        "a-b",
        "a-b-c",
        "a-b-c.example.com",
        "-a.com",
        "a.c",
        "xn--a.com",
        "a_b.com",
        "a..com",
        "localhost",
    ),
    *(
        "http://example.com",
        "http://a b",
        "/a/b",
        "a/b",
        "mailto:a@b",
        "http://a/%zz",
        "*",
        "//a/b",
        "http://[::1]:80/",
    ),
    *("a@b", "a@b.com", "A <a@b.com>", "a b@c.com", "@b.com", "a@", "a@b, c@d", "<a@b.com>"),
    *(
        "507f1f77bcf86cd799439011",
        "507F1F77BCF86CD799439011",
        "YQ==",
        "YQ",
        "Y\nQ==",
        "#fff",
        "fff",
        "#ffff",
        "#FFFFFF",
    ),
    *("01:23:45:67:89:ab", "01-23-45-67-89-AB", "0123.4567.89ab", "01:23-45:67:89:ab", "01:23:45:67:89", "012345"),
    *("123-45-6789", "123456789", "123 45 6789", "12-345-6789"),
    *("2026-11-27", "2026-13-01", "2026-02-30", "2026-11-27T10:00:00Z", "2026-11-27t10:00:00z", "2026-11-27T10:00:00"),
    *("2026-11-27T10:00:00.5+08:00", "2026-11-27T24:00:00Z", "2026-11-27 10:00:00Z", "2026-11-27T10:00:60Z"),
    *(
        "123e4567-e89b-12d3-a456-426614174000",
        "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-32d3-a456-426614174000",
    ),
    *(
        "123e4567-e89b-42d3-a456-426614174000",
        "123e4567-e89b-52d3-c456-426614174000",
        "123e4567-e89b-52d3-a456-42661417400g",
    ),
]


def test_formats_are_read_as_the_server_reads_them() -> None:
    fields = {f"a{at}": {"type": "string", "format": name} for at, name in enumerate(NAMED)}
    crd = definition({"type": "object", "properties": fields}, 0)
    (imported,) = schemas_of(crd, "test")
    judge = compile_kind(kind_of(dict(imported.schema)))
    made = [(name, text, _thing({f"a{at}": text})) for at, name in enumerate(NAMED) for text in TEXTS]
    with server(MODERN) as plane, ThreadPoolExecutor(WORKERS) as pool:
        plane.apply_crds([crd])
        said = list(pool.map(lambda one: plane.dry_run(one[2]).accepted, made))

    differing = [
        f"{name} {text!r}: the server {'takes' if is_taken else 'refuses'} it"
        for (name, text, obj), is_taken in zip(made, said, strict=True)
        if bool(judge.violations(obj)) == is_taken
    ]

    assert not differing, "\n".join(differing)
    assert 0 < sum(said) < len(said)


def _thing(part: Object) -> Object:
    metadata = {"name": "a", "namespace": "default"}
    return {"apiVersion": "test.example/v1", "kind": "Thing0", "metadata": metadata, "part": part}


ASKED = (
    *(
        "request.kind.kind == 'Pod'",
        "request.kinds.kind == 'Pod'",
        "request.name == 5",
        "request.dryRun",
        "request == null",
    ),
    *("request.namespace == 'a'", "request.namespace == null", "request.?namespace.orValue('a') == 'b'"),
    *("request.userInfo.groups.exists(g, g == 'a')", "request.userInfo.groups[0] == 1", "!has(request.userInfo.uid)"),
    *("request.userInfo.extra['a'] == ['b']", "request.userInfo.extra == 5", "request.userInfo.username + 1 == 2"),
    *("has(request.options) && request.options.x == 1", "has(request.nothing)", "request.resource == 'pods'"),
    *("request.operation in ['CREATE', 'UPDATE']", "request.subResource != ''", "request.kind == request.requestKind"),
    *("namespaceObject != null", "namespaceObject.metadata.labels.a == 'b'", "namespaceObject.metadata.labels == {}"),
    *(
        "namespaceObject.metadata.uid == ''",
        "namespaceObject.metadata.UID == ''",
        "namespaceObject.status.phase == 'a'",
    ),
    *("namespaceObject.spec.finalizers.size() == 1", "namespaceObject.status.conditions.all(c, c.type == 'a')"),
    "namespaceObject.status.conditions.all(c, c.typ == 'a')",
    "namespaceObject.metadata.creationTimestamp < timestamp('2026-01-01T00:00:00Z')",
    *("variables.user == 'a'", "variables.number > 'a'", "variables.number", "variables.nobody == 1", "object.spec"),
)


def test_expressions_of_policies_have_the_types_that_the_server_gives_them() -> None:
    judge = Checker("1.35", CHECKOUT / "schemas" / MODERN.name)
    policies = [_policy(expression, number) for number, expression in enumerate(ASKED)]
    with server(MODERN) as plane, ThreadPoolExecutor(WORKERS) as pool:
        said = list(pool.map(lambda one: plane.dry_run(one).accepted, policies))

    differing = []
    for expression, policy, is_taken in zip(ASKED, policies, said, strict=True):
        found = judge.manifest(Manifest(VariantId("a", "b", "c"), "a.yaml", "a.j2", 0, policy))
        ours = [one.message for one in found if one.refused]
        if bool(ours) == is_taken:
            differing.append(
                f"{expression}: we say {ours or 'nothing'}, the server {'takes' if is_taken else 'refuses'} it"
            )

    assert not differing, "\n".join(differing)
    assert 0 < sum(said) < len(said)


def _policy(expression: str, number: int) -> Object:
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    variables = [
        {"name": "user", "expression": "request.userInfo.username"},
        {"name": "number", "expression": "request.userInfo.groups.size()"},
    ]
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": f"asked-{number}"},
        "spec": {
            "matchConstraints": {"resourceRules": rules},
            "variables": variables,
            "validations": [{"expression": expression}],
        },
    }
