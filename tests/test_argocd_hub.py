"""What `generated/argocd/` has once for the fleet: asked for in the settings, for the clusters and kinds there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from gitopsgen.argocd.hub import HEALTH
from gitopsgen.compose import Selection
from gitopsgen.pipeline import RenderOptions, explain, render
from tests.projects import two_cases

ROOT = Path(__file__).parent.parent
SETTINGS = """
argocd:
  root: everything
  secrets:
    store: {kind: SecretStore, name: safe}
    path: hub/
  notifications: [sync-failed]
  syncWindows:
    - {kind: deny, schedule: 0 8 * * 1-5, duration: 10h, timeZone: Asia/Shanghai, tiers: [small], cases: [bye]}
    - {kind: allow, schedule: 0 1 * * *, duration: 30m, timeZone: UTC, tiers: [core]}
  ignoreDifferences:
    - {group: apps, kind: Deployment, managedFieldsManagers: [keda]}
    - {kind: ConfigMap, jsonPointers: [/data/ours]}
"""


def read(file):
    return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Give the files of a small fleet's hub by name, and its project."""
    project = tmp_path_factory.mktemp("hub") / "project"
    two_cases(project)
    with (project / "gitopsgen.yaml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    report = render(project, RenderOptions(Selection()))
    assert report.diagnostics == ()
    return {file.name: read(file) for file in (project / "generated/argocd").glob("*.yaml")}, project


def test_the_root_application_syncs_its_own_folder_and_may_do_nothing_else(hub):
    files, _ = hub
    application, project = files["application-everything.yaml"], files["appproject-everything.yaml"]
    kinds = {(one["apiVersion"].rpartition("/")[0], one["kind"]) for one in files.values()}

    assert application["spec"]["source"]["path"] == "generated/argocd"
    assert application["spec"]["destination"] in project["spec"]["destinations"]
    assert len(project["spec"]["destinations"]) == 1
    assert project["spec"]["clusterResourceWhitelist"] == []
    allowed = {(one["group"], one["kind"]) for one in project["spec"]["namespaceResourceWhitelist"]}
    assert allowed == kinds - {("kustomize.config.k8s.io", "Kustomization")}


def test_each_cluster_is_registered_once_as_its_applications_call_it(hub):
    files, _ = hub
    secrets = {name: one["spec"] for name, one in files.items() if name.startswith("externalsecret-cluster-")}
    known = {one["target"]["template"]["data"]["name"] for one in secrets.values()}
    wuxi = secrets["externalsecret-cluster-wuxi-back.yaml"]

    assert known == {"the-edge", "wuxi-back", "wuxi-edge"}
    # A cluster that is named by its address has just that, and the store need not know it.
    assert wuxi["target"]["template"]["data"]["server"] == "https://10.0.0.1:6443"
    assert [one["secretKey"] for one in wuxi["data"]] == ["token", "ca"]
    assert {one["remoteRef"]["key"] for one in wuxi["data"]} == {"hub/clusters/wuxi-back"}
    labels = wuxi["target"]["template"]["metadata"]["labels"]
    assert (labels["argocd.argoproj.io/secret-type"], labels["gitopsgen.io/region"]) == ("cluster", "wuxi")


def test_every_cluster_of_an_application_is_registered(whole_fleet):
    registered = {
        read(file)["spec"]["target"]["template"]["data"]["name"]
        for file in (whole_fleet / "argocd").glob("externalsecret-cluster-*.yaml")
    }
    wanted = {json.loads(file.read_text())["destination"]["name"] for file in whole_fleet.glob("*/*/*/app.json")}

    assert registered == wanted
    assert len(registered) > 100


def test_a_sync_window_is_for_the_clusters_of_its_tiers_and_for_its_cases(hub):
    files, _ = hub
    spec = files["appproject-bye.yaml"]["spec"]

    assert [(one["kind"], one["clusters"]) for one in spec["syncWindows"]] == [
        ("deny", ["https://10.0.0.1:6443", "the-edge"])
    ]
    assert "syncWindows" not in files["appproject-hello.yaml"]["spec"]


def test_fields_of_controllers_are_ignored_where_the_case_has_the_kind(hub):
    files, _ = hub
    found = files["applicationset-hello.yaml"]["spec"]["template"]["spec"]["ignoreDifferences"]

    assert found == [{"kind": "ConfigMap", "jsonPointers": ["/data/ours"]}]


def test_health_is_told_of_kinds_that_the_fleet_has_and_each_check_is_of_some_use(hub, whole_fleet):
    files, _ = hub
    text = {path.stem: path.read_text("utf-8") for path in HEALTH.glob("*.lua")}
    data = read(whole_fleet / "argocd/configmap-argocd-cm.yaml")["data"]

    assert "configmap-argocd-cm.yaml" not in files  # it has no kind that Argo CD does not know
    assert set(data.values()) == set(text.values())


def test_what_settings_say_is_explained_at_their_line(hub):
    _, project = hub
    found = explain(project, "generated/argocd/appproject-bye.yaml#spec.syncWindows[0].duration").value

    (origin,) = (one for each in found for origin in each.origins for one in origin.winners)
    assert (origin.location.file, origin.value) == ("gitopsgen.yaml", "10h")


@pytest.mark.parametrize(
    "settings",
    [
        "secrets: {store: {name: safe}, path: hub}",
        "root: everything, notifications: [sync-failed]",
        "root: everything, secrets: {store: {name: safe}, path: hub}, notifications: [lunch]",
        "syncWindows: 5",
        "syncWindows: [{kind: deny, schedule: daily, duration: 10h, timeZone: UTC}]",
        "ignoreDifferences: [{kind: Deployment}]",
    ],
)
def test_settings_that_make_no_sense_are_told_and_nothing_else_is(tmp_path, settings):
    project = tmp_path / "project"
    two_cases(project)
    with (project / "gitopsgen.yaml").open("a", encoding="utf-8") as file:
        file.write(f"argocd: {{{settings}}}\n")

    found = render(project, RenderOptions(Selection())).diagnostics

    assert [one.location.file for one in found] == ["gitopsgen.yaml"]
