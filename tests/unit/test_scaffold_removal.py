"""What goes with a service that is removed, and what of what is removed holds data."""

from __future__ import annotations

import json

import pytest

from gitopsgen.compose import Selection
from gitopsgen.pipeline import RenderOptions, render
from gitopsgen.scaffold.holders import holders
from tests.unit.test_scaffold import changed, fresh, is_clean, repository, run, tree

__all__ = ["fresh", "repository"]

OUTSIDE = (".gitopsgen/", "generated/")


def inputs(root):
    files = tree(root)
    return {name: files[name] for name in files if not name.startswith(OUTSIDE)}


def brought(repository, *services):
    """A case without policy engine, and services that join it."""
    run("new", "blueprint", "books", "--region", "wuhu", "--no-input", cwd=repository)
    before = inputs(repository)
    for name in services:
        run("new", "service", name, "--case", "books", "--language", "go", "--no-input", cwd=repository)
    render(repository, RenderOptions(Selection(), jobs=1))
    return before


def test_the_engine_that_came_with_a_service_goes_with_it_where_nothing_else_asks_it(repository):
    before = brought(repository, "orders")

    said = json.loads(run("remove", "service", "orders", "--yes", "-q", "-o", "json", cwd=repository))

    assert inputs(repository) == before
    report = render(repository, RenderOptions(Selection(), jobs=1))
    assert set(said["pruned"]) == {f"generated/{name}" for name in report.deleted}
    assert "generated/wuhu/edge/books/deployment-opa.yaml" in said["pruned"]
    assert is_clean(repository)


def test_the_engine_stays_as_long_as_a_service_asks_it_and_both_is_said(repository):
    before = brought(repository, "orders", "refunds")

    first = run("remove", "service", "orders", "--yes", cwd=repository)
    assert is_clean(repository)
    second = run("remove", "service", "refunds", "--yes", cwd=repository)

    assert "the policy engine of books stays: blueprints/books/files/policy/refunds.rego uses it" in first
    assert "the policy engine of books goes too: nothing else there asks it" in second
    assert inputs(repository) == before


def test_releases_forget_what_is_removed(repository):
    """Else the next render finds values of no service, and clusters of no city, in the release lock."""
    brought(repository, "orders")
    lock = repository / "overlays/releases.lock.yaml"
    digest = f"sha256:{'a' * 64}"
    run("promote", "books", "--set", f"orders.workload.image.digest={digest}", cwd=repository)
    run("promote", "hello", "--set", "hello.autoscaling.max=5", cwd=repository)
    assert "wuhu/edge" in lock.read_text("utf-8")

    run("remove", "service", "orders", "--yes", cwd=repository)

    assert "orders" not in lock.read_text("utf-8")
    assert is_clean(repository)
    run("remove", "region", "wuhu", "--yes", cwd=repository)
    assert "wuhu" not in lock.read_text("utf-8")
    assert is_clean(repository)


def test_images_that_others_name_or_nobody_named_stay_in_the_lock(repository):
    brought(repository, "orders", "refunds")
    lock = repository / "overlays/images.lock.yaml"
    changed(lock, "images:\n", "images:\n  ahead/locked:1.0: {digest: unresolved, resolved: never, from: a.example}\n")
    values = repository / "blueprints/books/values.yaml"
    changed(values, "repository: books/refunds\n", "repository: books/orders\n")
    before = lock.read_bytes()

    run("remove", "service", "orders", "--yes", cwd=repository)
    assert lock.read_bytes() == before
    run("remove", "case", "books", "--yes", cwd=repository)

    left = lock.read_text("utf-8")
    assert "books/orders" not in left
    assert "ahead/locked:1.0" in left
    assert "mirror/opa" in left


def test_an_engine_that_people_changed_is_left_to_them(repository):
    brought(repository, "orders")
    engine = repository / "blueprints/books/manifests/configmap-opa-policies.yaml.j2"
    changed(engine, 'sync-wave: "-5"', 'sync-wave: "-6"')

    said = run("remove", "service", "orders", "--yes", cwd=repository)

    assert "stays, though nothing there asks it: people have changed its templates" in said
    assert engine.is_file()


HEAD = "apiVersion: {}\nkind: {}\nmetadata:\n  name: one\n  namespace: shop\n"
CLAIM = "spec:\n  volumeClaimTemplates:\n    - metadata: {name: data}\n"


@pytest.mark.parametrize(
    ("version", "kind", "spec", "expected"),
    [
        ("v1", "PersistentVolumeClaim", "", ["claim of PersistentVolumeClaim shop/one"]),
        ("apps/v1", "StatefulSet", CLAIM, ["claims of StatefulSet shop/one"]),
        ("apps/v1", "StatefulSet", "spec:\n  replicas: 1\n", []),
        ("logstash.k8s.elastic.co/v1alpha1", "Logstash", CLAIM, ["claims of Logstash shop/one"]),
        ("postgresql.cnpg.io/v1", "Cluster", "", ["database of Cluster shop/one"]),
        ("cluster.x-k8s.io/v1beta1", "Cluster", "", []),
        ("kafka.strimzi.io/v1", "KafkaNodePool", "", ["brokers' claims of KafkaNodePool shop/one"]),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", "", ["message queues of RabbitmqCluster shop/one"]),
        ("cdi.kubevirt.io/v1beta1", "DataVolume", "", ["disk of DataVolume shop/one"]),
        (
            "barmancloud.cnpg.io/v1",
            "ObjectStore",
            "spec:\n  configuration:\n    destinationPath: s3://books/shop\n",
            ["bucket s3://books/shop"],
        ),
        (
            "tempo.grafana.com/v1alpha1",
            "TempoMonolithic",
            "spec:\n  storage:\n    traces: {backend: s3, s3: {secret: objects}}\n",
            ["bucket of Secret shop/objects", "traces of TempoMonolithic shop/one"],
        ),
        (
            "v1",
            "ConfigMap",
            "data:\n  litestream.yml: |\n    replicas:\n      - url: s3://copies/ledger\n",
            ["bucket s3://copies/ledger"],
        ),
        ("apps/v1", "Deployment", "spec:\n  volumes:\n    - ephemeral: {volumeClaimTemplate: {spec: {}}}\n", []),
    ],
)
def test_what_holds_data_is_named_with_its_cluster(version, kind, spec, expected, tmp_path):
    file = tmp_path / "wuhu/edge/shop/one.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(HEAD.format(version, kind) + spec, "utf-8")

    assert holders(tmp_path, ["wuhu/edge/shop/one.yaml"]) == {key: ["wuhu/edge"] for key in expected}


def test_a_chart_with_storage_holds_data(tmp_path):
    values = {"server": {"dataStorage": {"size": "10Gi"}}}
    release = {"name": "vault", "namespace": "vault", "source": {"helm": {"valuesObject": values}}}
    plain = {"name": "istiod", "namespace": "istio-system", "source": {"helm": {"valuesObject": {"persistence": {}}}}}
    file = tmp_path / "wuhu/edge/base/operators.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps([release, plain]), "utf-8")

    assert holders(tmp_path, ["wuhu/edge/base/operators.json"]) == {"claims of chart vault/vault": ["wuhu/edge"]}
