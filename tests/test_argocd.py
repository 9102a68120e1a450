"""What Argo CD makes of `generated/argocd/`: one application a variant, in a project that admits what they have."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from gitopsgen.check import Checker
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import VariantId
from tests.projects import two_cases

ROOT = Path(__file__).parent.parent
ACTION = re.compile(r"\{\{\s*((?:\.\w+)+)\s*\}\}")
HEAD = re.compile(r"(?:#.*\n)*apiVersion: .*\nkind: .*\nmetadata:\n(?: .*\n)+")
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def run(project, *arguments):
    command = [sys.executable, "-m", "gitopsgen", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    project = tmp_path_factory.mktemp("two-cases") / "project"
    two_cases(project)
    run(project, "render")
    return project, project / "generated"


@pytest.fixture(params=["this project", "two cases"])
def fleet(request):
    """Give a project and its rendered tree."""
    if request.param == "this project":
        return ROOT, request.getfixturevalue("whole_fleet")
    return request.getfixturevalue("small")


def patched(application, patch, parameters):
    """Lay a template's patch over an application; of Go's functions it uses `toJson` alone."""
    text = re.sub(r"\{\{ toJson \.(\w+) \}\}", lambda match: json.dumps(parameters[match[1]]), patch)
    assert "{{" not in text, patch
    return merged(application, yaml.load(text, Loader=yaml.CSafeLoader))


def merged(one, other):
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: merged(one[key], value) if key in one else value for key, value in other.items()}}


def expanded(template, parameters):
    """Evaluate Go's templates as far as an ApplicationSet of ours uses them, with `missingkey=error`."""
    if isinstance(template, dict):
        return {key: expanded(value, parameters) for key, value in template.items()}
    if isinstance(template, list):
        return [expanded(value, parameters) for value in template]
    if not isinstance(template, str):
        return template
    text = ACTION.sub(lambda match: looked_up(match[1], parameters), template)
    assert "{{" not in text, template
    return text


def looked_up(path, parameters):
    value = parameters
    for step in path[1:].split("."):
        value = value[step]
    assert isinstance(value, str), path
    return value


def matches(tree, pattern):
    """Give the files of the repository that a generator's pattern names; `*` stops at a slash."""
    first, _, rest = pattern.partition("/")
    assert first == "generated", pattern
    return sorted(tree.glob(rest))


def documents(tree, kind):
    found = [loaded(file) for file in (tree / "argocd").glob("*.yaml")]
    return [one for one in found if one["kind"] == kind]


def is_of_operators(document):
    return document["metadata"]["name"].endswith("-operators")


def applications(tree):
    """Give what the ApplicationSets' controller would make of the tree, for the cases."""
    return [one for one in generated(tree) if "gitopsgen.io/case" in one["metadata"]["labels"]]


def generated(tree):
    """Give what the ApplicationSets' controller would make of the tree; a file with a list gives one for each item."""
    for one in documents(tree, "ApplicationSet"):
        spec = one["spec"]
        (generator,) = spec["generators"]
        assert spec["goTemplate"] is True
        assert spec["goTemplateOptions"] == ["missingkey=error"]
        for entry in generator["git"]["files"]:
            for file in matches(tree, entry["path"]):
                path = f"generated/{file.parent.relative_to(tree).as_posix()}"
                data = json.loads(file.read_text("utf-8"))
                for item in data if isinstance(data, list) else [data]:
                    parameters = {**item, "path": {"path": path}}
                    application = expanded(spec["template"], parameters)
                    yield patched(application, spec.get("templatePatch", "{}"), parameters)


def variants(project):
    return [one["id"] for one in json.loads(run(project, "list", "variants", "-o", "json"))["variants"]]


def facts(project):
    return {one["name"]: one for one in json.loads(run(project, "list", "regions", "-o", "json"))["regions"]}


def heads(tree, variant):
    """Give apiVersion, kind and metadata of each object: they stand first, and reading the rest takes long."""
    files = (file for file in (tree / variant).glob("*.yaml") if file.name != "kustomization.yaml")
    return [yaml.load(HEAD.match(file.read_text("utf-8"))[0], Loader=yaml.CSafeLoader) for file in files]


def loaded(file):
    return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)


def test_there_is_one_application_for_each_variant(fleet):
    project, tree = fleet
    made = list(applications(tree))

    assert sorted(f"generated/{one}" for one in variants(project)) == sorted(
        one["spec"]["source"]["path"] for one in made
    )
    assert len({one["metadata"]["name"] for one in made}) == len(made)
    assert all((tree.parent / tree.name / one).is_dir() for one in variants(project))


def test_an_application_says_where_it_goes_and_in_which_wave(fleet):
    project, tree = fleet
    regions = facts(project)
    for one in applications(tree):
        region, cluster, case = one["spec"]["source"]["path"].split("/")[1:]
        labels = one["metadata"]["labels"]
        known = regions[region]

        assert one["metadata"]["name"] == f"{region}-{cluster}-{case}"
        assert one["spec"]["project"] == case
        assert labels == {
            "gitopsgen.io/area": known["area"],
            "gitopsgen.io/case": case,
            "gitopsgen.io/cluster": cluster,
            "gitopsgen.io/environment": known["environment"],
            "gitopsgen.io/region": region,
            "gitopsgen.io/tier": known["tier"],
            "gitopsgen.io/wave": str(known["wave"]),
        }
        assert all(LABEL.fullmatch(value) for value in labels.values())


def test_an_application_has_one_destination(fleet):
    _, tree = fleet
    found = {one["spec"]["source"]["path"]: one["spec"]["destination"] for one in applications(tree)}
    other = {
        "generated/suzhou/edge/hello": {"name": "the-edge", "server": "", "namespace": "hello"},
        "generated/suzhou/edge/bye": {"name": "the-edge", "server": "", "namespace": "bye"},
        "generated/wuxi/back/bye": {"name": "", "server": "https://10.0.0.1:6443", "namespace": "bye"},
    }
    for path, destination in found.items():
        _, region, cluster, _ = path.split("/")
        usual = {"name": f"{region}-{cluster}", "server": "", "namespace": destination["namespace"]}

        assert destination == (usual if len(found) > 4 else other.get(path, usual))


def test_every_application_reads_the_repository_of_the_settings(fleet):
    project, tree = fleet
    repository = loaded(project / "gitopsgen.yaml")["repository"]
    for one in applications(tree):
        assert one["spec"]["source"]["repoURL"] == repository["url"]
        assert one["spec"]["source"]["targetRevision"] == repository["revision"]
    for one in documents(tree, "ApplicationSet"):
        assert {generator["git"]["repoURL"] for generator in one["spec"]["generators"]} == {repository["url"]}
        assert {generator["git"]["revision"] for generator in one["spec"]["generators"]} == {repository["revision"]}


def test_a_project_admits_just_what_its_applications_have(fleet):
    _, tree = fleet
    wanted = defaultdict(lambda: (set(), set(), set()))
    for one in applications(tree):
        destinations, of_cluster, of_namespace = wanted[one["spec"]["project"]]
        place = {key: value for key, value in one["spec"]["destination"].items() if value}
        destinations.add(tuple(sorted(place.items())))
        for data in heads(tree, one["spec"]["source"]["path"].removeprefix("generated/")):
            kind = (data["apiVersion"].rpartition("/")[0], data["kind"])
            namespace = data["metadata"].get("namespace")
            if namespace:
                destinations.add(tuple(sorted({**place, "namespace": namespace}.items())))
            (of_namespace if namespace else of_cluster).add(kind)
    for one in documents(tree, "AppProject"):
        if is_of_operators(one) or one["metadata"]["name"] == "fleet":
            continue
        spec = one["spec"]
        destinations, of_cluster, of_namespace = wanted.pop(one["metadata"]["name"])

        assert {tuple(sorted(place.items())) for place in spec["destinations"]} == destinations
        assert len(spec["destinations"]) == len(destinations)
        assert {(kind["group"], kind["kind"]) for kind in spec["clusterResourceWhitelist"]} == of_cluster
        assert {(kind["group"], kind["kind"]) for kind in spec["namespaceResourceWhitelist"]} == of_namespace
        assert spec["sourceRepos"] == [generator_repository(tree, one["metadata"]["name"])]
    assert not wanted


def test_operators_are_installed_at_pinned_versions_from_known_places(whole_fleet):
    """What a cluster's file lists is all that is installed on it, by a project that admits no other source."""
    (project,) = (one["spec"] for one in documents(whole_fleet, "AppProject") if is_of_operators(one))
    made = [one for one in generated(whole_fleet) if "gitopsgen.io/operator" in one["metadata"]["labels"]]
    sources = [one["spec"]["source"] for one in made]
    places = {tuple(sorted(place.items())) for place in project["destinations"]}

    assert len({one["metadata"]["name"] for one in made}) == len(made) > 500
    assert all(len(one["metadata"]["name"]) <= 63 for one in made)
    assert {source["repoURL"] for source in sources} == set(project["sourceRepos"])
    assert all(re.search(r"\d+\.\d+\.\d+$", source["targetRevision"]) for source in sources)
    assert all(("chart" in source) != ("path" in source) for source in sources)
    for one in made:
        destination = {key: value for key, value in one["spec"]["destination"].items() if value}
        assert tuple(sorted(destination.items())) in places
        labels = one["spec"]["syncPolicy"]["managedNamespaceMetadata"]["labels"]
        assert set(labels) - {"istio.io/dataplane-mode"} == {"pod-security.kubernetes.io/enforce"}


def test_operators_of_one_namespace_agree_on_its_labels(whole_fleet):
    """Each of them labels the namespace: they would take turns."""
    labels = defaultdict(set)
    for one in generated(whole_fleet):
        metadata = one["spec"]["syncPolicy"].get("managedNamespaceMetadata", {})
        labels[one["spec"]["destination"]["namespace"]].add(tuple(sorted(metadata.get("labels", {}).items())))

    assert {name: found for name, found in labels.items() if len(found) > 1} == {}


def generator_repository(tree, case):
    (found,) = (one for one in documents(tree, "ApplicationSet") if one["metadata"]["name"] == case)
    return found["spec"]["generators"][0]["git"]["repoURL"]


def test_what_argo_cd_is_told_is_valid(fleet):
    _, tree = fleet
    checker = Checker("1.35", ROOT / "schemas/modern")
    for kind in ("AppProject", "ApplicationSet"):
        for data in documents(tree, kind):
            name = f"argocd/{kind.lower()}-{data['metadata']['name']}.yaml"
            manifest = Manifest(VariantId("argocd", "", ""), name, "argocd", 0, data)

            assert [found.message for found in checker.manifest(manifest)] == []


def test_objects_wait_for_what_they_need(whole_fleet):
    """Argo CD goes through an application wave by wave: namespaces first, what sends calls to the pods last."""
    order = [
        {"Namespace"},
        {"ExternalSecret", "ServiceAccount"},
        {"DaemonSet", "Deployment", "StatefulSet"},
        {"HTTPRoute", "VirtualService"},
    ]
    for case in sorted(whole_fleet.glob("*/*/*/app.json")):
        waves = defaultdict(set)
        for data in heads(whole_fleet, case.parent.relative_to(whole_fleet)):
            wave = data["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", "0")
            waves[data["kind"]].add(int(wave))
        steps = [{wave for kind in kinds for wave in waves[kind]} for kinds in order]

        assert all(max(one) < min(other) for one, other in pairwise(steps) if one and other)


def test_a_rolling_case_has_every_application_in_one_step_in_the_order_of_its_batches(tmp_path):
    """And no automated sync, which Argo CD would switch off; all other cases stay as they are."""
    project = tmp_path / "project"
    two_cases(project)
    (project / "overlays/rollouts.yaml").write_text(
        "cases:\n  bye:\n    rollingSync: true\n    waves:\n"
        "      - {name: canary, where: {cluster: back}, maxUpdate: 0}\n      - {name: rest, size: 1, maxUpdate: 50%}\n",
        "utf-8",
    )
    run(project, "render")
    spec, other = (
        yaml.safe_load((project / f"generated/argocd/applicationset-{case}.yaml").read_text("utf-8"))["spec"]
        for case in ("bye", "hello")
    )
    steps = spec["strategy"]["rollingSync"]["steps"]
    applications = [
        expanded(spec["template"]["metadata"], json.loads(path.read_text("utf-8")))
        for path in sorted((project / "generated").glob("*/*/bye/app.json"))
    ]
    taken = [
        [one["name"] for one in applications if one["labels"][each["key"]] in each["values"]]
        for step in steps
        for each in step["matchExpressions"]
    ]

    assert taken == [["wuxi-back-bye"], ["suzhou-edge-bye"]]
    assert [step["maxUpdate"] for step in steps] == [0, "50%"]
    assert "automated" not in spec["template"]["spec"]["syncPolicy"]
    assert "strategy" not in other
    assert other["template"]["spec"]["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}
