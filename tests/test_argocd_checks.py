"""What Argo CD is told is checked like everything else: at its line, before anything is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitopsgen import argocd
from gitopsgen.compose import Selection
from gitopsgen.pipeline import RenderOptions, render, verify
from gitopsgen.pipeline.fleet import Fleet
from tests.projects import two_cases

PACK = Path(__file__).parent.parent / "schemas/modern/argoproj.io"
APP_PROJECT = "gitopsgen/argocd/appproject.yaml.j2"


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    two_cases(root)
    shutil.copytree(PACK, root / "schemas/modern/argoproj.io")
    return root


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """Give the tool's own templates a place where they can be edited."""
    own = tmp_path / "argocd"
    shutil.copytree(argocd.DIRECTORY, own)
    monkeypatch.setattr(argocd, "DIRECTORY", own)
    return own


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def found(report):
    return [(one.name, one.location.file, one.location.line) for one in report.diagnostics]


def test_a_right_fleet_is_written(project):
    report = render(project, RenderOptions(Selection()))

    assert report.diagnostics == ()
    assert (project / "generated/argocd/appproject-hello.yaml").is_file()


def test_a_newer_commit_is_taken_before_a_retry_where_every_argo_cd_can(project):
    applications = project / "generated/argocd/applicationset-hello.yaml"
    render(project, RenderOptions(Selection()))
    assert "          refresh: true\n" in applications.read_text("utf-8")

    pack = project / "schemas/modern/argoproj.io"
    shutil.copy(PACK.parents[1] / "seed/argoproj.io/applicationset_v1alpha1.json", pack)

    assert render(project, RenderOptions(Selection())).diagnostics == ()
    assert "refresh:" not in applications.read_text("utf-8")


def test_a_fact_that_argo_cd_refuses_is_told_where_it_was_set_and_nothing_is_written(project):
    edit(project / "blueprints/hello/blueprint.yaml", "title: ", f"title: {'long ' * 60}")

    report = render(project, RenderOptions(Selection()))

    assert found(report) == [("malformed-value", "blueprints/hello/blueprint.yaml", 2)]
    assert "gitopsgen/argocd/appproject.yaml.j2" in {one.location.file for one in report.diagnostics[0].related}
    assert not (project / "generated").exists()
    assert found(render(project, RenderOptions(Selection()))) == found(report)  # an error is not remembered
    assert [one.name for one in verify(project).diagnostics if one.name == "malformed-value"] == ["malformed-value"]


@pytest.mark.parametrize(
    ("edited", "name", "line"),
    [
        (("  orphanedResources:\n", "  orphanedResource:\n"), "unknown-field", "    warn: true"),
        (("    warn: true\n", "    warn: very\n"), "wrong-type", "    warn: very"),
        (("/managed-by: gitopsgen\n", "/managed-by: the tool\n"), "malformed-label", None),
        (("  namespace: {{", "  namespace: Not-{{"), "malformed-name", None),
    ],
)
def test_a_mistake_in_a_template_is_told_at_its_line(project, packaged, edited, name, line):
    edit(packaged / "appproject.yaml.j2", *edited)
    lines = (packaged / "appproject.yaml.j2").read_text("utf-8").split("\n")
    number = next(
        place for place, text in enumerate(lines, 1) if (text == line if line else edited[1].rstrip("\n") in text)
    )

    assert set(found(render(project, RenderOptions(Selection())))) == {(name, APP_PROJECT, number)}
    assert not (project / "generated").exists()


def test_clusters_that_argo_cd_takes_for_one_are_told_at_the_later_one(project):
    edit(project / "overlays/regions/wuxi/region.yaml", "{server: 'https://10.0.0.1:6443'}", "{name: the-edge}")

    (one,) = render(project, RenderOptions(Selection())).diagnostics

    assert (one.name, one.location.file) == ("shared-destination", "overlays/regions/wuxi/region.yaml")
    assert one.message == 'the cluster wuxi/back is "the-edge" to Argo CD, as is suzhou/edge'
    assert [place.location.file for place in one.related] == ["overlays/regions/suzhou/region.yaml"]
    assert not (project / "generated").exists()


def test_applications_of_one_name_are_told(project):
    shutil.copytree(project / "overlays/regions/wuxi", project / "overlays/regions/wuxi-back")
    region = project / "overlays/regions/wuxi-back/region.yaml"
    region.write_text(
        region.read_text("utf-8").replace("    back: {", "    hello: {").replace(":6443", ":6444"), "utf-8"
    )
    wuxi = project / "overlays/regions/wuxi/region.yaml"
    edit(wuxi, "    back: {", "    back-hello: {")

    found_names = {one.message for one in render(project, RenderOptions(Selection())).diagnostics}

    message = 'the Application of wuxi-back/hello/bye is called "wuxi-back-hello-bye", as that of wuxi/back-hello/bye'
    assert message in found_names


def test_two_objects_of_one_name_are_told(project, packaged):
    edit(packaged / "appproject.yaml.j2", "name: {{ case.name }}\n  namespace", "name: everything\n  namespace")

    report = render(project, RenderOptions(Selection()))

    assert "duplicate-object" in {one.name for one in report.diagnostics}
    assert not (project / "generated").exists()


def test_a_project_without_argo_cds_schemas_has_the_other_rules(project, packaged):
    shutil.rmtree(project / "schemas")
    assert render(project, RenderOptions(Selection())).diagnostics == ()

    edit(packaged / "appproject.yaml.j2", "  namespace: ", "  namespace: Not_")

    # the copy is none of the files by which a run tells that the tool has changed
    again = render(project, RenderOptions(Selection(), force=True))
    assert {one.name for one in again.diagnostics} == {"malformed-name"}


def test_what_has_not_changed_is_not_checked_again(project, monkeypatch):
    checked = []
    findings = Fleet.findings
    monkeypatch.setattr(Fleet, "findings", lambda fleet: checked.append(1) or findings(fleet))
    render(project, RenderOptions(Selection()))
    (project / "overlays/regions/wuxi/hello.yaml").write_text("greeting: Good morning\n", "utf-8")

    changed = render(project, RenderOptions(Selection()))

    assert (len(changed.updated), checked) == (1, [1])

    edit(project / "blueprints/hello/blueprint.yaml", "title: ", "title: A ")
    assert "argocd/appproject-hello.yaml" in str(render(project, RenderOptions(Selection())).updated)
    assert checked == [1, 1]
