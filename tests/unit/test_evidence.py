"""Evidence counts what really satisfies a condition, folds what is alike, and names who lacks it."""

from __future__ import annotations

import shutil

import pytest

from gitopsgen.cli.evidence import Standard
from gitopsgen.evidence import FRAMEWORKS, CatalogueError, Holder, Text, fold, gather, read_catalogue
from gitopsgen.evidence.catalogue import FOLDER
from gitopsgen.evidence.markdown import DISCLAIMER, lines

CATALOGUE = read_catalogue()
DENY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
    - Ingress
    - Egress
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop@sha256:{digest}
          securityContext:
            readOnlyRootFilesystem: true
        - name: beside
          image: registry.example.com/beside@sha256:{digest}
{beside}
"""
READ_ONLY = "          securityContext:\n            readOnlyRootFilesystem: true"


def holder(region="suzhou", case="shop"):
    return Holder(region, "edge", case, "edge")


def text(name, content, region="suzhou", case="shop"):
    return Text(f"generated/{region}/edge/{case}/{name}", f"{case}/{name}", f"{name}.j2", content.encode())


def gathered(*contents, **files):
    texts = [text(f"{number}.yaml", content) for number, content in enumerate(contents)]
    return gather(CATALOGUE.supports, [(holder(), [*texts, *files.values()])])


def supports(*contents):
    return set(gathered(*contents).support[holder()])


def evidence(files, framework="pci-dss", asked=None):
    found = gather(CATALOGUE.supports, files.items())
    return fold(CATALOGUE.frameworks[framework], CATALOGUE.supports, found, asked or list(files))


def answer(of, number):
    return next(one for one in of.answers if one.control.number == number)


def test_the_command_knows_the_standards_of_the_catalogue():
    assert [one.value for one in Standard] == list(FRAMEWORKS)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (("", ""), True),
        (("podSelector: {}", "podSelector:\n    matchLabels:\n      app: shop"), False),
        (("    - Egress\n", ""), False),
        (("spec:\n", "spec:\n  ingress:\n    - {}\n"), False),
        (("networking.k8s.io/v1", "projectcalico.org/v3"), False),
        (("namespace: shop", "namespace: other"), False),
    ],
)
def test_a_default_deny_holds_for_all_pods_both_ways_in_every_namespace(change, holds):
    assert ("default-deny" in supports(NAMESPACE, DENY.replace(*change))) is holds


def test_a_namespace_without_a_default_deny_speaks_against_those_that_have_one():
    found = gathered(NAMESPACE, DENY, NAMESPACE.replace("shop", "bare"))

    assert "default-deny" not in found.support[holder()]
    assert [(one.object, one.line) for one in found.against[holder()]["default-deny"]] == [("Namespace/bare", 4)]


@pytest.mark.parametrize(
    ("beside", "holds"), [(READ_ONLY, True), ("", False), (READ_ONLY.replace("true", "false"), False)]
)
def test_what_is_asked_of_every_container_is_not_there_where_one_lacks_it(beside, holds):
    assert ("read-only-roots" in supports(POD.format(digest="1" * 64, beside=beside))) is holds


@pytest.mark.parametrize(("digest", "holds"), [("1" * 64, True), ("0" * 64, False), ("latest", False)])
def test_a_digest_that_nobody_resolved_is_no_evidence(digest, holds):
    assert ("pinned-images" in supports(POD.format(digest=digest, beside=""))) is holds


def test_what_one_object_does_not_satisfy_is_no_evidence_though_another_does():
    good = POD.format(digest="1" * 64, beside=READ_ONLY)
    found = gathered(good, POD.format(digest="1" * 64, beside="").replace("name: shop", "name: other"))

    assert "read-only-roots" not in found.support[holder()]
    assert [one.object for one in found.against[holder()]["read-only-roots"]] == ["Deployment/other"]


def test_permissive_tls_and_exceptions_for_ports_are_no_evidence():
    strict = "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\nspec:\n"
    strict += "  mtls:\n    mode: STRICT\n"

    assert "strict-mtls" in supports(strict)
    assert "strict-mtls" not in supports(strict.replace("STRICT", "PERMISSIVE"))
    assert "strict-mtls" not in supports(strict + "  portLevelMtls:\n    8080:\n      mode: DISABLE\n")


def test_lines_are_those_of_the_field_also_inside_a_text_and_in_a_later_document():
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: log\ndata:\n  mask.rego: |\n    package a\n"
    config += '    mask contains "/input/card/number"\n'
    found = gathered(NAMESPACE + "---\n" + DENY, config).support[holder()]

    assert [one.line for one in found["default-deny"]] == [12]
    assert [one.line for one in found["card-data-masked"]] == [8]


def test_equal_evidence_is_one_place_with_its_count_and_who_lacks_it_is_named():
    have = {holder(region): [text("a.yaml", NAMESPACE, region), text("b.yaml", DENY, region)] for region in ("a", "b")}
    found = evidence({**have, holder("c"): [text("a.yaml", NAMESPACE, "c")]})

    group = next(one for one in answer(found, "1.3.1").groups if one.support.id == "default-deny")
    assert [(one.place.file, one.place.line, one.count) for one in group.places] == [
        ("generated/a/edge/shop/b.yaml", 7, 2)
    ]
    assert (group.held, group.of, group.lacking) == (2, 3, ("c/edge/shop",))
    assert any("lacks it in c/edge/shop" in line for line in lines(found))


def test_what_holds_for_a_cluster_supports_every_case_on_it_and_none_on_another():
    servers = b"server a iburst\nserver b iburst\nserver c iburst\n"
    clock = Text("x", "bootstrap/etc/chrony/conf.d/10.conf", "x.j2", servers)
    files = {holder(case="base"): [clock], holder(): [], holder("wuxi"): []}

    assert answer(evidence(files), "10.6.1").cases == {"base": (1, 1), "shop": (1, 2)}
    assert answer(evidence(files, asked=[holder()]), "10.6.1").cases == {"shop": (1, 1)}


def test_a_control_that_nothing_supports_is_listed_with_what_would():
    found = evidence({holder(): [text("a.yaml", NAMESPACE)]})
    page = list(lines(found))

    assert not answer(found, "6.3.1").is_supported
    assert any(line.startswith("- **6.3.1** ") and "Would support it: " in line for line in page)
    assert page[2] == DISCLAIMER[0] == "Manifests support compliance; they do not prove it."


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("pci-dss.yaml", "no-open-ports", "no-such-thing", 'names "no-such-thing"'),
        ("gdpr.yaml", 'number: "25"', 'number: "30"', "control 30 stands there twice"),
        ("supports.yaml", "says: clocks", "sayz: clocks", "supports.yaml: clocks"),
        ("supports.yaml", "spec.podSelector:", "'[':", '"[" is no path of a field'),
        ("soc2.yaml", "restore-tests", "backups", "restore-tests"),
    ],
)
def test_a_mistake_in_the_catalogue_is_told_at_once(tmp_path, file, old, new, said):
    folder = shutil.copytree(FOLDER, tmp_path / "catalogue")
    whole = (folder / file).read_text("utf-8")
    assert old in whole
    (folder / file).write_text(whole.replace(old, new), "utf-8")
    if file == "soc2.yaml":  # a support that no standard names any more
        for other in FRAMEWORKS:
            path = folder / f"{other}.yaml"
            kept = path.read_text("utf-8").replace("      - restore-tests\n", "")
            path.write_text(kept.replace(", restore-tests", "").replace("restore-tests, ", ""), "utf-8")

    with pytest.raises(CatalogueError, match=said.replace("[", r"\[")):
        read_catalogue(folder)
