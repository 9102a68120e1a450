"""Whole trees of three sorts are imported; what the blueprint renders is what the trees' own programs give."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import yaml

from gitopsgen.cli import main
from gitopsgen.pipeline import adoption
from tests.adopting import CITIES, ROOT, TREES, by_identity, contents, make_project, rendered
from tests.real.builds import UnavailableError
from tests.real.components import helm, kubectl


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def quotes(empty, tmp_path_factory):
    """Give a project with the kustomizations imported, the program that builds them, and what was said of it."""
    folder = tmp_path_factory.mktemp("quotes")
    root = shutil.copytree(empty, folder / "project")
    with pytest.MonkeyPatch.context() as patch:
        program = on_path(patch, folder / "bin", kubectl)
        command = [sys.executable, "-m", "gitopsgen", "import", TREES / "kustomize", "--case", "quotes"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return root, program, done.stderr


@pytest.fixture
def project(empty, tmp_path, monkeypatch):
    root = shutil.copytree(empty, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def on_path(monkeypatch, folder, program):
    """Let PATH hold one program and nothing else."""
    try:
        found = program()
    except UnavailableError as error:
        pytest.skip(str(error))
    folder.mkdir()
    (folder / found.name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return found


def data(path):
    return yaml.safe_load(path.read_text("utf-8"))


def said(capsys):
    return capsys.readouterr().err


def test_kustomizations_come_back_object_for_object(quotes):
    project, program, told = quotes

    assert "44 objects of 6 cities" in told
    built = {
        f"{folder.name}/edge": by_identity(
            subprocess.run([program, "kustomize", folder], capture_output=True, text=True, check=True).stdout
        )
        for folder in (TREES / "kustomize/overlays").iterdir()
    }
    assert rendered(project, "quotes") == built


def test_what_cities_share_is_set_in_the_layer_that_they_share(quotes):
    project, _, _ = quotes

    values = data(project / "blueprints/quotes/values.yaml")
    assert values["quotes"]["maxReplicas"] == 20
    assert data(project / "overlays/tiers/edge.yaml")["cases"]["quotes"] == {
        "quotes": {
            "args": {"max-connections": "200"},
            "maxReplicas": 6,
            "minReplicas": 2,
            "replicas": 2,
            "resources": {"limits": {"memory": "256Mi"}},
        }
    }
    north = data(project / "overlays/areas/cn-north.yaml")["cases"]["quotes"]
    assert north == {"quotes-settings": {"CACHE_TTL": "60s"}}
    assert values["quotes"]["env"]["OFFLINE_HOURS"] == {"enabled": False}
    assert data(project / "overlays/regions/wuhu/quotes.yaml")["quotes"]["env"]["OFFLINE_HOURS"] == {"enabled": True}
    template = (project / "blueprints/quotes/manifests/ingress-quotes.yaml.j2").read_text("utf-8")
    assert "host: quotes.{{ region.name }}.example.com\n" in template
    settings = (project / "blueprints/quotes/manifests/configmap-quotes-settings.yaml.j2").read_text("utf-8")
    assert "SITE: {{ region.site }}\n" in settings


def test_a_chart_comes_back_object_for_object(project, tmp_path, monkeypatch, capsys):
    program = on_path(monkeypatch, tmp_path / "bin", helm)
    chart = TREES / "chart"

    assert main(["import", str(chart), "--case", "orders", "--namespace", "shop"]) == 0

    assert "kept whole: orders.orders.egress of NetworkPolicy orders\n" in said(capsys)
    command = [program, "template", "orders", chart, "--namespace", "shop", "--include-crds", "--values"]
    made = {
        f"{file.stem}/edge": by_identity(
            subprocess.run([*command, file], capture_output=True, text=True, check=True).stdout
        )
        for file in (chart / "values").iterdir()
    }
    assert rendered(project, "orders") == made
    assert data(project / "overlays/regions/shanghai/orders.yaml")["orders"]["hostnames"] == [
        "orders.example.com",
        "shop.example.com",
    ]
    (crd,) = (project / "blueprints/orders/manifests").glob("customresourcedefinition-*")
    assert "name: tickets.shop.example.com\n" in crd.read_text("utf-8")
    pool = data(project / "blueprints/orders/values.yaml")["orders-region"]["application.yaml"]
    assert pool == {"size": "100", "timeout": "2s"}


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: ledger-{city}, namespace: ledger, labels: {{city: {zh}, tier: {tier}}}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: ledger}}}}
  template:
    metadata: {{labels: {{app: ledger}}}}
    spec:
      terminationGracePeriodSeconds: 30
      nodeSelector: {selector}
      containers:
        - name: ledger
          image: registry.example.com/bank/ledger:1.10
          ports: {ports}
          env:
            - {{name: PEER, value: "{site}-1.{area}.example.com"}}
        {sidecar}
"""
REST = """\
apiVersion: v1
kind: Service
metadata: {{name: ledger, namespace: ledger}}
spec: {{selector: {{app: ledger}}, ports: [{{name: http, port: {port}}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: rules, namespace: ledger}}
data:
  limits.conf: "on"
  {name}.conf: |+
    # {{{{ {name} }}}}
    limit = {limit}

immutable: {immutable}
"""


def folders(root):
    """Write plain manifests of all cities, with differences of many kinds."""
    for at, (name, town) in enumerate(CITIES.items()):
        is_core = town.tier == "core"
        folder = root / name
        folder.mkdir(parents=True)
        deployment = DEPLOYMENT.format(
            city=name,
            zh=town.zh,
            tier=town.tier,
            site=town.site,
            area=town.area,
            replicas=5 if is_core else 1,
            selector="{disk: fast}" if is_core else "{}" if at % 2 else "{rack: r1}",
            ports="[{name: http, containerPort: 80}, {name: debug, containerPort: 81}]" if at == 2 else "[]",
            sidecar="- {name: proxy, image: registry.example.com/proxy:2}" if town.area == "cn-east" else "",
        )
        (folder / "deployment.yaml").write_text(deployment, "utf-8")
        rest = REST.format(name=name, port=80 + at % 2, limit=at, immutable="true" if is_core else "null")
        (folder / "rest.yml").write_text(rest, "utf-8")
    return root


def read(folder):
    return by_identity("\n---\n".join(file.read_text("utf-8") for file in sorted(folder.iterdir())))


def test_plain_folders_come_back_object_for_object(project, tmp_path):
    tree = folders(tmp_path / "deploy")

    assert main(["import", str(tree), "--case", "ledger"]) == 0

    assert rendered(project, "ledger") == {f"{folder.name}/edge": read(folder) for folder in tree.iterdir()}
    fleet = data(project / "overlays/fleet.yaml")["facts"]["classes"]["edge"]
    assert fleet["cases"] == ["ledger"]  # all cities of the class run it
    template = (project / "blueprints/ledger/manifests/deployment-ledger-region.yaml.j2").read_text("utf-8")
    assert "name: ledger-{{ region.name }}\n" in template
    assert "value: {{ region.site }}-1.{{ region.area }}.example.com\n" in template
    assert data(project / "overlays/areas/cn-east.yaml")["cases"]["ledger"] == {
        "ledger-region": {"proxy": {"enabled": True}}
    }


def test_importing_again_changes_nothing(project, tmp_path, capsys):
    tree = folders(tmp_path / "deploy")
    main(["import", str(tree), "--case", "ledger"])
    before = contents(project)
    capsys.readouterr()

    assert main(["import", str(tree), "--case", "ledger"]) == 0

    assert "nothing to change" in said(capsys)
    assert contents(project) == before


def test_a_dry_run_writes_nothing(project, tmp_path, capsys):
    before = contents(project)

    assert main(["import", str(folders(tmp_path / "deploy")), "--case", "ledger", "--dry-run"]) == 0

    assert "blueprints/ledger/values.yaml\n" in capsys.readouterr().out
    assert contents(project) == before


def refused(project, arguments, code=1):
    """Import what must not be imported: nothing is written."""
    before = contents(project)
    assert main(["import", *map(str, arguments), "--case", "ledger"]) == code
    assert contents(project) == before


def test_a_city_that_is_no_region_is_refused_with_the_ways_out(project, tmp_path, capsys):
    tree = folders(tmp_path / "deploy")
    (tree / "wuhu").rename(tree / "wuhoo")

    refused(project, [tree])

    told = said(capsys)
    assert 'error[GG950] found the city "wuhoo", expected one of the 8 regions of the project' in told
    assert 'did you mean "wuhu"' in told
    assert "gitopsgen new region wuhoo" in told
    assert main(["import", str(tree), "--case", "ledger", "--city", "wuhoo=wuhu"]) == 0


KEPT_IN_GIT = (
    "apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: ledger}\nstringData: {pin: correct-horse}\n"
)
CREDENTIAL = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\ndata: {DB_PASSWORD: correct-horse}\n"


def test_secrets_are_refused_at_their_place_and_never_told(project, tmp_path, capsys):
    tree = folders(tmp_path / "deploy")
    (tree / "wuhu/secret.yaml").write_text(KEPT_IN_GIT, "utf-8")
    (tree / "suzhou/more.yaml").write_text(CREDENTIAL, "utf-8")

    refused(project, [tree])

    told = said(capsys)
    assert "deploy/wuhu/secret.yaml:4:1: error[GG424]" in told
    assert "deploy/suzhou/more.yaml:4:8: error[GG425]" in told
    assert "correct-horse" not in told
    refused(project, [tree, "--leave-out-secrets"])  # a credential elsewhere stays one
    (tree / "suzhou/more.yaml").unlink()
    assert main(["import", str(tree), "--case", "ledger", "--leave-out-secrets"]) == 0
    assert "secret.yaml:4:1: warning[GG957]" in said(capsys)
    assert not any(b"correct-horse" in content for content in contents(project).values())


def test_what_is_no_object_or_is_there_twice_is_told_at_its_line(project, tmp_path, capsys):
    tree = folders(tmp_path / "deploy")
    (tree / "wuhu/notes.yaml").write_text(
        "a: 1\n---\n" + REST.format(name="a", port=1, limit=1, immutable="true"), "utf-8"
    )

    refused(project, [tree])

    told = said(capsys)
    assert "deploy/wuhu/notes.yaml:1:1: error[GG955]" in told
    assert "deploy/wuhu/rest.yml:1:1: error[GG951] Service ledger of wuhu is there twice" in told


@pytest.mark.parametrize(
    "one",
    [
        ("widget.json", "12345678901234567890", "the integer 12345678901234567890 does not fit in 64 bits"),
        ("widget.yaml", "1e30", "not all readers of YAML take 1.0e+30 for a number"),
        ("widget.yaml", "0.00000001", "not all readers of YAML take 1.0e-08 for a number"),
    ],
)
def test_what_no_output_can_carry_is_told_at_its_line(one, project, tmp_path, capsys):
    file, value, told = one
    tree = folders(tmp_path / "deploy")
    widget = f'{{"apiVersion": "e.example.com/v1", "kind": "W", "metadata": {{"name": "w"}}, "spec":\n [1, {value}]}}\n'
    (tree / "wuhu" / file).write_text(widget, "utf-8")

    refused(project, [tree])

    assert f"deploy/wuhu/{file}:2:6: error[GG956] {told}" in said(capsys)


def test_files_that_are_there_already_stay(project, tmp_path, capsys):
    tree = folders(tmp_path / "deploy")
    main(["import", str(tree), "--case", "ledger"])
    (project / "blueprints/ledger/values.yaml").write_text("ledger: {}\n", "utf-8")

    refused(project, [tree])

    assert "blueprints/ledger/values.yaml: error[GG952]" in said(capsys)


def test_a_blueprint_that_would_render_something_else_is_not_written(project, tmp_path, monkeypatch, capsys):
    """The proof is one: it does not take the factoring at its word."""
    whole = adoption.adopt

    def careless(order, types):
        made = whole(order, types)
        fragments = {name: text.replace("replicas: 5", "replicas: 4") for name, text in made.fragments.items()}
        name = "blueprints/ledger/manifests/service-ledger.yaml.j2"
        files = {**made.files, name: made.files[name].replace("app: ledger", "app: other")}
        return replace(made, files=files, fragments=fragments)

    monkeypatch.setattr(adoption, "adopt", careless)

    refused(project, [folders(tmp_path / "deploy")])

    told = said(capsys)
    assert 'Service ledger of wuhu/edge would have "spec.selector.app" "other", expected "ledger"' in told
    assert 'of shanghai/edge would have "spec.replicas" 4, expected 5' in told


@pytest.mark.parametrize(("tree", "words"), [("kustomize", "kustomize or kubectl"), ("chart", "needs helm")])
def test_without_the_program_it_is_named(project, tree, words, monkeypatch, capsys):
    monkeypatch.setenv("PATH", os.devnull)

    refused(project, [TREES / tree], code=2)

    assert words in said(capsys)


def test_our_own_output_comes_back(project, tmp_path):
    tree = tmp_path / "ours"
    for city in ("shanghai", "wuhu"):
        folder = ROOT / f"generated/{city}/edge/payment-gateway"
        names = [path for path in folder.glob("*.yaml") if path.name != "kustomization.yaml"]
        (tree / city).mkdir(parents=True)
        for path in names:
            shutil.copy(path, tree / city)

    assert main(["import", str(tree), "--case", "payment-gateway"]) == 0

    assert rendered(project, "payment-gateway") == {f"{folder.name}/edge": read(folder) for folder in tree.iterdir()}


def test_clusters_of_one_city_have_layers_of_their_own(project, tmp_path):
    region = project / "overlays/regions/shanghai/region.yaml"
    region.write_text(region.read_text("utf-8") + "  clusters:\n    second: {class: edge}\n", "utf-8")
    tree = folders(tmp_path / "deploy")
    two = shutil.copytree(tree / "shanghai", tree / "shanghai-2")
    service = (two / "rest.yml").read_text("utf-8")
    (two / "rest.yml").write_text(service.replace("port: 80", "port: 8080"), "utf-8")

    assert main(["import", str(tree), "--case", "ledger", "--city", "shanghai-2=shanghai/second"]) == 0

    places = {"shanghai-2": "shanghai/second"}
    assert rendered(project, "ledger") == {
        places.get(folder.name, f"{folder.name}/edge"): read(folder) for folder in tree.iterdir()
    }
    own = data(project / "overlays/regions/shanghai/second/ledger.yaml")
    assert own == {"ledger": {"ports": {"port": 8080}}}
