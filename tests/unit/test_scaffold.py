"""New repositories, blueprints, services, cities and policies; and what goes wrong with them."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gitopsgen import cli
from gitopsgen.compose import Selection
from gitopsgen.diagnostics import UsageError
from gitopsgen.load import load
from gitopsgen.pipeline import RenderOptions, render
from gitopsgen.scaffold import library, writing
from gitopsgen.scaffold.edits import data, with_missing, without
from gitopsgen.scaffold.names import check_name
from gitopsgen.scaffold.region import nearest, new_region
from gitopsgen.scaffold.repository import new_repository
from gitopsgen.scaffold.template import TEMPLATES, question, template

ROOT = Path(__file__).parents[2]
# Until a service's CI has pushed its image nobody can know the digest: the one thing that a new repository may say.
PENDING = {"unresolved-digest"}


def run(*arguments, cwd, code=0):
    """Run a command as a person would, with nobody at the terminal; give what it printed."""
    said = io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        ended = cli.main(arguments)
    assert ended == code, said.getvalue()
    return said.getvalue()


def findings(root):
    return {(one.name, one.message) for one in render(root, RenderOptions(Selection(), jobs=1)).diagnostics}


def is_clean(root):
    return {name for name, _ in findings(root)} <= PENDING


def tree(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A new repository, made once."""
    root = tmp_path_factory.mktemp("fresh") / "gitops"
    run("init", str(root), "--no-input", cwd=root.parent)
    return root


@pytest.fixture
def repository(fresh, tmp_path):
    """A copy of it, to be changed."""
    root = tmp_path / "gitops"
    return shutil.copytree(fresh, root)


def test_a_new_repository_is_rendered_and_passes_its_own_test(fresh):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shutil.which("make"), "test"],
        cwd=fresh,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing would change: 3 variants in 3 regions" in done.stdout
    assert is_clean(fresh)
    assert (fresh / "generated/argocd/applicationset-hello.yaml").is_file()


def test_a_new_repository_has_ci_whose_actions_are_pinned_and_may_do_nothing_else(fresh):
    text = (fresh / ".github/workflows/ci.yml").read_text("utf-8")

    assert "\npermissions: {}\n" in text
    assert_pinned(text)
    assert (fresh / ".pre-commit-config.yaml").is_file()


def assert_pinned(workflow):
    used = [line.split("uses: ")[1].split()[0] for line in workflow.splitlines() if "uses: " in line]
    assert used
    assert [use for use in used if len(use.partition("@")[2]) != 40] == []


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "note").write_text("mine", "utf-8")

    with pytest.raises(UsageError, match="not empty"):
        new_repository(tmp_path, {}, None)

    assert tree(tmp_path) == {"note": b"mine"}


def test_a_new_folder_is_there_whole_or_not_at_all(tmp_path):
    with pytest.raises(IsADirectoryError):
        writing.create(tmp_path / "new", {"a/b": b"", "a": b"is a folder already"})

    assert list(tmp_path.iterdir()) == []


def test_changes_that_cannot_all_be_written_are_taken_back(tmp_path, monkeypatch):
    before = {"one": b"1", "two": b"2", "gone": b"3"}
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    replace = Path.replace

    def fail_at_two(self, target):
        if target.name == "two":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_two)
    with pytest.raises(OSError, match="No space left"):
        writing.apply(tmp_path, {"one": b"new", "gone": None, "deep/new": b"new", "two": b"new"})

    assert tree(tmp_path) == before


def test_folders_that_were_made_for_changes_go_with_them(tmp_path):
    (tmp_path / "kept").mkdir()
    undo = writing.apply(tmp_path, {"deep/er/new": b"", "kept/new": b""})

    undo()

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["kept"]


def test_a_file_that_is_put_back_may_be_run_as_before(tmp_path):
    script = tmp_path / "bin/run"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n", "utf-8")
    script.chmod(0o755)

    writing.apply(tmp_path, {"bin/run": None})()

    assert script.stat().st_mode & 0o777 == 0o755


def repository_of_git(folder):
    """Make a folder as `git clone` makes it of an empty repository."""
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_bytes(b"ref: refs/heads/main\n")
    return folder


def test_a_new_repository_may_stand_in_the_folder_where_one_is_and_in_an_empty_clone(tmp_path):
    """The folder stays the same one: a shell that stands in it would see nothing of another."""
    root = repository_of_git(tmp_path / "clone")
    before = root.stat().st_ino

    said = run("init", "--no-input", cwd=root)

    assert root.stat().st_ino == before
    assert (root / "gitopsgen.yaml").is_file()
    assert (root / ".git/HEAD").read_bytes() == b"ref: refs/heads/main\n"
    assert "next: make test" in said
    assert not list(root.glob(".clone.*"))


@pytest.fixture
def heeded():
    """Have signals end the program, as they do where it was not started by `nohup`."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.usefixtures("heeded")
def test_a_signal_that_ends_the_program_takes_back_what_was_written(number, code, repository, monkeypatch):
    """A job of CI that is cancelled, a terminal that is closed; a second signal must not stop the way back."""
    before = sorted(repository.parent.rglob("*")), tree(repository.parent)

    def end(*_):
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(number)

    monkeypatch.setattr("gitopsgen.scaffold.schema_files.refreshed", end)
    said = run("new", "service", "orders", "--language", "go", "--no-input", cwd=repository, code=code)

    assert "gitopsgen: interrupted" in said
    assert (sorted(repository.parent.rglob("*")), tree(repository.parent)) == before
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError(28, "No space left on device", "x")])
@pytest.mark.parametrize("step", ["render", "changed_schemas"])
def test_an_init_that_fails_half_way_leaves_what_was_there_before(step, failure, tmp_path, monkeypatch):
    module = {
        "render": "gitopsgen.pipeline.render",
        "changed_schemas": "gitopsgen.scaffold.schema_files.changed_schemas",
    }
    monkeypatch.setattr(module[step], lambda *_: (_ for _ in ()).throw(failure))
    repository_of_git(tmp_path / "clone")
    before = sorted(tmp_path.rglob("*"))

    for folder in ("clone", "deep/er/new"):
        run("init", folder, "--no-input", cwd=tmp_path, code=130 if failure is KeyboardInterrupt else 1)

    assert sorted(tmp_path.rglob("*")) == before


def test_answers_that_make_no_sound_repository_are_told_and_leave_none(tmp_path):
    said = run("init", "new", "--registry", "a b", "--no-input", cwd=tmp_path, code=1)

    assert 'gitopsgen.yaml:7:11: error[GG112] "registry" is "a b"' in said
    assert "nothing was made" in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "note").write_text("mine", "utf-8")

    assert "note is no folder" in run("init", "note/new", "--no-input", cwd=tmp_path, code=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["service", "orders", "--language", "go"],
        ["service", "desk", "--case", "desk", "--language", "python"],
        ["region", "jiaxing", "--like", "hangzhou", "--zh", "嘉兴", "--gb2260", "330400", "--site", "JXN",
         "--lat", "30.746", "--lon", "120.756"],
        ["blueprint", "books", "--region", "wuhu"],
        ["policy", "no-latest"],
    ],
)  # fmt: skip
def test_what_is_interrupted_after_it_was_written_is_taken_back_byte_for_byte(arguments, repository, monkeypatch):
    before = sorted(repository.parent.rglob("*")), tree(repository.parent)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gitopsgen.scaffold.schema_files.refreshed", interrupt)
    run("new", *arguments, "--no-input", cwd=repository, code=130)

    assert (sorted(repository.parent.rglob("*")), tree(repository.parent)) == before


def test_a_service_may_go_into_an_empty_clone(repository):
    clone = repository_of_git(repository.parent / "orders")

    run("new", "service", "orders", "--language", "go", "--no-input", cwd=repository)

    assert {".git", "service.go", "Dockerfile"} <= {path.name for path in clone.iterdir()}


@pytest.mark.parametrize("name", ["", "Up", "a_b", "-a", "a-", "a.b", "a" * 41, "1st", "kube-system", "opa", "../x"])
def test_bad_names_are_refused(name):
    with pytest.raises(UsageError):
        check_name("service", name)


def test_what_a_component_includes_comes_with_it():
    names = {path.split("/")[2] for path in library.components(["redis"])}

    assert names == {"redis", "lib"}


def test_the_wheel_has_the_library():
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")

    for path in (library.COMPONENTS, library.VERSION_SET, library.SCHEMAS):
        assert f'"{path}" = "gitopsgen/scaffold/library/{path}"' in pyproject
        assert f'"/{path}"' in pyproject


OWN = """\
# about uses
uses:
  - {component: a}  # the first
  - component: b
    values: b

# about flows
network:
  flows:
    - name: one

    # two
    - name: two
cases: [x]
nothing: {}
text: |
  lines
# the end
"""


@pytest.mark.parametrize(
    ("fragment", "after", "added"),
    [
        ("uses: [{component: a}]\n", "", ""),
        ("uses:\n  # why\n  - {component: a, values: z}\n", "values: b\n", "  # why\n  - {component: a, values: z}\n"),
        ("network:\n  flows:\n    - name: two\n    - name: three\n", "- name: two\n", "    - name: three\n"),
        ("network: {more: 1}\n", "- name: two\n", "  more: 1\n"),
        ("cases:\n- x\n- y z\n", "[x", ", y z"),
        ("nothing:\n  at: last\n", "nothing:", "\n  at: last"),
        ("new: [1]\n", "lines\n", "new: [1]\n"),
    ],
)
def test_an_edit_puts_in_what_is_missing_and_keeps_every_other_byte(fragment, after, added):
    own = OWN.replace("nothing: {}", "nothing:") if after == "nothing:" else OWN
    edited = with_missing(OWN, fragment, "file")

    assert edited == (own.replace(after, after + added, 1) if added else OWN)
    assert with_missing(edited, fragment, "file") == edited


def test_what_is_put_in_at_the_same_place_keeps_its_depth():
    own = "a:\n  b:\n    - name: one\n"
    fragment = "a:\n  b:\n    - name: two\n  c: 1\nd: 1\n"

    assert with_missing(own, fragment, "file") == "a:\n  b:\n    - name: one\n    - name: two\n  c: 1\nd: 1\n"


@pytest.mark.parametrize("path", [("uses", 0), ("network", "flows", 1), ("cases", 0), ("text",), ("network",)])
def test_a_cut_takes_out_one_member_and_nothing_else(path):
    expected = data(OWN, "file")
    holder = expected
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]

    cut = without(OWN, path, "file")

    assert data(cut, "file") == expected
    assert set(cut.splitlines()) - set(OWN.splitlines()) <= {"cases: []"}
    assert ("# two" in cut) == (path[0] != "network")


def test_an_edit_that_does_not_fit_is_refused_with_its_place():
    with pytest.raises(UsageError, match=r"file:14:8: found a list, expected a mapping"):
        with_missing(OWN, "cases: {a: 1}\n", "file")


JIAXING = "--zh 嘉兴 --gb2260 330400 --site JXN --lat 30.746 --lon 120.756".split()


def test_a_new_city_is_like_another_and_renders(repository):
    """With a cluster of its own that the other has, and the nearest cities to take over."""
    hangzhou = repository / "overlays/regions/hangzhou/region.yaml"
    hangzhou.write_text(hangzhou.read_text("utf-8") + "  clusters:\n    # for tests\n    lab: {class: edge}\n", "utf-8")

    run("new", "region", "jiaxing", "--like", "hangzhou", *JIAXING, "--no-input", cwd=repository)

    text = (repository / "overlays/regions/jiaxing/region.yaml").read_text("utf-8")
    assert 'gb2260: "330400"' in text
    assert "tier: edge-large\n  area: cn-east\n  wave: 1\n  failover: [hangzhou, shanghai, wuhu]\n" in text
    assert text.endswith("  clusters:\n    # for tests\n    lab: {class: edge}\n")
    assert is_clean(repository)
    assert (repository / "generated/jiaxing/lab/hello/deployment-hello.yaml").is_file()


def test_cities_that_take_over_are_the_nearest_that_have_as_many_processors(fresh):
    project = load(fresh).value
    beside_wuhu = (31.3, 118.4)

    assert nearest(project, beside_wuhu, "edge-small", "production") == ["wuhu", "hangzhou", "shanghai"]
    assert nearest(project, beside_wuhu, "core", "production") == ["shanghai", "wuhu", "hangzhou"]
    assert nearest(project, beside_wuhu, "core", "staging") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["region", "jiaxing", "--like", "hangzhou"], "give --zh, --gb2260, --site, --lat, --lon"),
        (["region", "jiaxing", "--like", "nowhere", *JIAXING], 'region "nowhere" does not exist'),
        (["region", "wuhu", "--like", "hangzhou", *JIAXING], "there is a region wuhu already"),
        (["region", "jiaxing", "--like", "hangzhou", *JIAXING, "--lat", "91"], "between -90 and 90"),
        (
            ["region", "jiaxing", "--like", "hangzhou", *JIAXING, "--failover", "atlantis"],
            'region "atlantis" does not exist',
        ),
        (["blueprint", "hello"], "there is a case hello already"),
        (["blueprint", "Books"], '"Books" cannot name a blueprint'),
        (["policy", "owned", "--case", "nothing"], 'case "nothing" does not exist'),
    ],
)
def test_what_makes_no_sense_is_wrong_usage_and_leaves_no_trace(fresh, arguments, said):
    before = tree(fresh)

    assert said in run("new", *arguments, "--no-input", cwd=fresh, code=2)
    assert tree(fresh) == before


def test_nothing_is_changed_in_a_project_with_errors_and_all_are_told(repository):
    for city in ("wuhu", "hangzhou"):
        (repository / f"overlays/regions/{city}/region.yaml").write_text("facts: {teir: core}\n", "utf-8")
    before = tree(repository)

    said = run("new", "blueprint", "books", "--no-input", cwd=repository, code=1)

    assert said.count("(unknown-fact)") == 2
    assert tree(repository) == before


def test_a_new_blueprint_runs_where_it_is_wanted(repository):
    run("new", "blueprint", "books", "--region", "wuhu", "--title", 'Books: "all"', "--no-input", cwd=repository)

    assert is_clean(repository)
    assert (repository / "generated/wuhu/edge/books/configmap-books.yaml").is_file()
    assert (repository / "generated/wuhu/edge/hello").is_dir()
    assert not (repository / "generated/hangzhou/edge/books").exists()
    assert (repository / "generated/argocd/applicationset-books.yaml").is_file()


def test_schemas_for_editors_come_with_a_repository_and_follow_its_cases(repository):
    run("schema", "--check", cwd=repository)
    run("schema", "--modelines", "--check", cwd=repository)
    run("new", "blueprint", "ledger", "--region", "wuhu", "--no-input", cwd=repository)

    assert "values-ledger.json" in (repository / "docs/schemas/overlay-fleet.json").read_text("utf-8")
    run("schema", "--modelines", "--check", cwd=repository)

    run("remove", "case", "ledger", "--yes", cwd=repository)

    run("schema", "--check", cwd=repository)
    assert not (repository / "docs/schemas/values-ledger.json").exists()


def test_a_repository_that_keeps_no_schemas_gets_no_lines_that_name_them(repository):
    shutil.rmtree(repository / "docs")
    settings = repository / "gitopsgen.yaml"
    settings.write_text(settings.read_text("utf-8").partition("\n")[2], "utf-8")

    run("new", "blueprint", "ledger", "--region", "wuhu", "--no-input", cwd=repository)

    assert (repository / "blueprints/ledger/blueprint.yaml").read_text("utf-8").startswith("name: ledger\n")
    assert not (repository / "docs").exists()


def test_a_new_policy_goes_to_the_only_case_with_its_tests(repository):
    run("new", "policy", "owned", "--no-input", cwd=repository)

    assert is_clean(repository)
    assert (repository / "blueprints/hello/files/admission/owned_test.rego").is_file()
    template = (repository / "generated/wuhu/edge/hello/constrainttemplate-owned.yaml").read_text("utf-8")
    assert "kind: Owned\n" in template
    assert "            version: v1\n" in template


def test_a_new_policy_goes_to_the_component_of_all_clusters_where_there_is_one(repository):
    component = repository / "blueprints/components/admission"
    shutil.copytree(ROOT / "blueprints/components/admission", component)

    run("new", "policy", "owned", "--no-input", cwd=repository)

    assert (component / "files/admission/owned.rego").is_file()
    for kind in ("constraint", "constrainttemplate"):
        template = (component / f"manifests/{kind}-owned.yaml.j2").read_text("utf-8")
        assert '{% if values.engine == "gatekeeper" %}' in template


LANGUAGES = ("python", "go", "rust-wasm")


def test_a_new_service_has_a_repository_and_an_entry_in_the_only_case(repository):
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)

    application = repository.parent / "orders"
    assert not (application / "languages").exists()
    assert {"service.py", "Dockerfile", "README.md", "service.env"} <= {path.name for path in application.iterdir()}
    assert is_clean(repository)
    rendered = repository / "generated/wuhu/edge/hello"
    assert {
        f"{kind}-orders.yaml" for kind in ("deployment", "service", "servicemonitor", "horizontalpodautoscaler")
    } <= {path.name for path in rendered.iterdir()}
    assert "orders.rego: |" in (rendered / "configmap-opa-policies.yaml").read_text("utf-8")
    assert "orders.json: |" in (rendered / "configmap-hello-dashboards.yaml").read_text("utf-8")
    assert 'service="orders",slo="latency-p99"' in (rendered / "prometheusrule-orders-objectives.yaml").read_text(
        "utf-8"
    )


def test_a_service_without_room_is_told_at_once_with_its_cities_and_what_is_missing(repository):
    for name in ("aa", "bb"):
        assert "fit" not in run("new", "service", name, "--no-input", cwd=repository)

    said = run("new", "service", "cc", "--no-input", cwd=repository)

    assert "values.yaml:31:21: warning[GG523] ResourceQuota hello/hello allows 1000m of requests.cpu" in said
    assert "but its workloads may ask for 1150m, 150m more: hello 250m, aa 250m" in said
    assert "cc does not fit in hangzhou, shanghai, wuhu, and render will refuse it there" in said
    run("remove", "service", "cc", "--yes", cwd=repository)
    assert is_clean(repository)


def test_a_service_that_the_nodes_of_a_city_do_not_hold_is_told_at_once(repository):
    wuhu = repository / "overlays/regions/wuhu/region.yaml"
    small = "facts: {clusters: {edge: {size: {cpu: 1, memory: 2Gi}}}}\n"
    wuhu.write_text(with_missing(wuhu.read_text("utf-8"), small, "region.yaml"), "utf-8")
    for quota, more in (
        ('requests.cpu: "1"', "requests.cpu: 9"),
        ('limits.cpu: "4"', "limits.cpu: 9"),
        ('"20"', '"90"'),
    ):
        changed(repository / "blueprints/hello/values.yaml", quota, more.replace(": 9", ': "9"'))

    said = "".join(run("new", "service", name, "--no-input", cwd=repository) for name in ("aa", "bb", "cc"))

    assert "warning[GG801] the nodes do not hold the cluster's pods" in said
    assert "cc does not fit in wuhu, and render will refuse it there" in said


def test_the_python_service_passes_its_own_tests(repository):
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)

    done = subprocess.run(
        [sys.executable, "-B", "-m", "unittest"],
        cwd=repository.parent / "orders",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Ran 6 tests" in done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_ci_of_a_service_builds_scans_signs_and_proposes_but_reaches_no_cluster(language, repository):
    run("new", "service", "orders", "--language", language, "--no-input", cwd=repository)

    application = repository.parent / "orders"
    workflow = (application / ".github/workflows/release.yml").read_text("utf-8")
    steps = yaml.safe_load(workflow)
    assert_pinned(workflow)
    assert steps["permissions"] == {}
    scans = [step["with"] for job in steps["jobs"].values() for step in job["steps"] if "trivy" in step.get("uses", "")]
    assert [scan["severity"] for scan in scans if scan.get("exit-code") == "1"] == ["CRITICAL,HIGH"] * 2
    assert "cosign sign" in workflow
    assert not re.search("kube|argocd", workflow, re.IGNORECASE)
    dockerfile = (application / "Dockerfile").read_text("utf-8")
    bases = re.findall(r"^FROM (?:--\S+ )?(\S+)", dockerfile, re.MULTILINE)
    assert all(base == "scratch" or re.search(r"@sha256:[0-9a-f]{64}$", base) for base in bases)
    assert "\nUSER 65532:65532\n" in dockerfile
    assert ("FROM scratch" in dockerfile) == (language == "rust-wasm")


@pytest.mark.parametrize("case", ["hello", "orders"])
def test_the_pull_request_of_a_release_brings_it_to_the_first_cities_by_its_digest(case, repository):
    """The workflow's own command, run as it stands there: also where the case is called as its only service."""
    run("new", "service", "orders", "--case", case, "--language", "go", "--no-input", cwd=repository)
    application = repository.parent / "orders"
    steps = yaml.safe_load((application / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]["propose"][
        "steps"
    ]
    script = next(step["run"] for step in steps if "gitopsgen promote" in step.get("run", ""))
    (command,) = (line for line in script.splitlines() if line.startswith("gitopsgen "))
    digest = f"sha256:{'7' * 64}"
    setting = f"set -a; . {application}/service.env; VERSION=0.2.0; DIGEST={digest}"
    run("render", cwd=repository)
    deployments = {path.parts[-4]: path for path in repository.glob(f"generated/*/*/{case}/deployment-orders.yaml")}
    before = {city: path.read_text("utf-8") for city, path in deployments.items()}

    words = subprocess.run(
        ["/bin/sh", "-c", f"{setting}; printf '%s\\n' {command}"], check=True, capture_output=True, text=True
    ).stdout.split()
    run(*words[1:], cwd=repository)

    released = [city for city, path in deployments.items() if path.read_text("utf-8") != before[city]]
    assert len(released) == 1
    assert len(deployments) == (1 if case == "orders" else 3)
    text = deployments[released[0]].read_text("utf-8")
    assert f"orders:0.2.0@{digest}" in text


def test_a_case_of_its_own_begins_in_the_cities_of_the_first_wave(repository):
    run("new", "service", "desk", "--case", "desk", "--language", "go", "--no-input", cwd=repository)
    run("new", "service", "fast", "--case", "desk", "--language", "rust-wasm", "--no-input", cwd=repository)

    assert is_clean(repository)
    assert not (repository / "generated/shanghai/edge/desk").exists()
    assert (repository / "generated/argocd/applicationset-desk.yaml").is_file()
    rendered = repository / "generated/wuhu/edge/desk"
    assert "runtimeClassName: wasmedge-edge\n" in (rendered / "deployment-fast.yaml").read_text("utf-8")
    assert (rendered / "runtimeclass-wasmedge-edge.yaml").is_file()


def test_a_service_joins_a_case_that_people_wrote(tmp_path):
    """Whose templates name each policy: they get one more name, and every other byte stays."""
    root = tmp_path / "gitops"
    for name in ("blueprints", "overlays", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "gitopsgen.yaml", root)
    for city in (root / "overlays/regions").iterdir():
        if city.name not in {"wuhu", "shanghai"}:  # one, and the hub of its area: the others would only cost time
            shutil.rmtree(city)
        else:
            file = city / "region.yaml"
            file.write_text(re.sub(r"failover: .*", "failover: []", file.read_text("utf-8")), "utf-8")
    before = tree(root)

    run("new", "service", "refunds", "--case", "payment-gateway", "--language", "rust-wasm", "--no-input", cwd=root)

    report = render(root, RenderOptions(Selection(regions=("wuhu",), cases=("payment-gateway",)), jobs=1))
    assert {one.name for one in report.diagnostics} <= PENDING
    rendered = root / "generated/wuhu/edge/payment-gateway"
    assert "refunds.rego: |" in (rendered / "configmap-opa-policies.yaml").read_text("utf-8")
    assert "runtimeClassName: wasmedge-edge" in (rendered / "deployment-refunds.yaml").read_text("utf-8")
    for name, content in tree(root).items():
        if name in before and content != before[name]:
            assert set(before[name].splitlines()) - set(content.splitlines()) <= {
                line for line in before[name].splitlines() if line.startswith(b"{{ deployment(")
            }, name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hello"], 'the values of hello have "hello" already'),
        (["orders", "--case", "desk"], 'case "desk" does not exist: name one of hello'),
        (["orders", "--directory", "orders"], "inside the GitOps repository"),
        (["orders", "--directory", "../gitops/../taken"], "exists and is not empty"),
        (["orders", "--replay"], "nothing was recorded"),
        (["orders", "--region", "wuhu"], "orders runs where hello does: --region and --cluster are for a case of its"),
        (["orders", "--case", "orders", "--region", "wuhan"], 'region "wuhan" does not exist'),
        (["orders", "--case", "orders", "--region", "wuhu", "--cluster", "core"], 'cluster "wuhu/core" does not exist'),
    ],
)
def test_a_service_that_makes_no_sense_is_refused_and_leaves_no_trace(repository, arguments, said):
    (repository.parent / "taken").mkdir()
    (repository.parent / "taken/note").write_bytes(b"mine")
    before = tree(repository.parent)
    (repository / ".scaffold/service-hello.yaml").rename(repository / ".scaffold/service-greeter.yaml")

    assert said in run("new", "service", *arguments, "--no-input", cwd=repository, code=2)

    (repository / ".scaffold/service-greeter.yaml").rename(repository / ".scaffold/service-hello.yaml")
    assert tree(repository.parent) == before


def test_when_the_gitops_repository_cannot_be_changed_there_is_no_application_either(repository, monkeypatch):
    before = tree(repository.parent)

    def fail(*_):
        raise OSError(28, "No space left on device", "values.yaml")

    monkeypatch.setattr("gitopsgen.scaffold.application.apply", fail)
    run("new", "service", "orders", "--language", "go", "--no-input", cwd=repository, code=1)

    assert tree(repository.parent) == before


def test_a_replay_makes_again_what_is_missing_and_touches_nothing_else(repository):
    run("new", "service", "orders", "--language", "go", "--description", "Sells.", "--no-input", cwd=repository)
    before = tree(repository.parent)
    shutil.rmtree(repository.parent / "orders")
    (repository / "blueprints/hello/files/policy/orders.rego").unlink()

    run("new", "service", "orders", "--replay", cwd=repository)

    assert tree(repository.parent) == before


@pytest.mark.parametrize("name", ["application", "gitops", "repository", "region", "blueprint", "policy"])
def test_the_templates_work_with_cookiecutter_alone(name, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cookiecutter", "--no-input", "-o", str(tmp_path), str(TEMPLATES / name)],
        env={**os.environ, "COOKIECUTTER_CONFIG": os.devnull, "HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    made = {path for path in tree(tmp_path) if not path.startswith("home/")}
    assert len(made) >= 1
    assert not any(mark in path for path in made for mark in ("{{", "[["))
    assert not any(b"cookiecutter." in (tmp_path / path).read_bytes() for path in made)


@pytest.mark.parametrize("name", ["application", "gitops", "repository", "region", "blueprint", "policy"])
def test_cookiecutter_asks_in_words_and_for_nothing_that_follows_from_the_rest(name):
    settings = template(name).settings()

    asked = {key for key in settings if not key.startswith("_")}
    assert set(settings["__prompts__"]) == asked
    assert all(question(settings, key)[0].isupper() for key in asked)
    for key in asked:
        if isinstance(settings[key], list):
            assert {*settings["__prompts__"][key]} == {"__prompt__", *settings[key]}
    assert set(settings.get("_asked", ())) <= asked


def cookiecutter(folder, name, *answers):
    return subprocess.run(
        [sys.executable, "-m", "cookiecutter", "--no-input", "-o", str(folder), str(TEMPLATES / name), *answers],
        env={**os.environ, "COOKIECUTTER_CONFIG": os.devnull, "HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_cookiecutter_alone_makes_what_new_service_makes(language, repository):
    long = "a-very-long-name-with-dashes-of-a-service"[:40].rstrip("-")
    run("new", "service", long, "--case", long, "--language", language, "--no-input", cwd=repository)
    alone = repository.parent / "alone"
    runtime = "yes" if language == "rust-wasm" else "no"

    given = [f"name={long}", f"language={language}"]
    for template_name, extra in (("application", []), ("gitops", [f"brings_runtime_class={runtime}"])):
        done = cookiecutter(alone / template_name, template_name, *given, *extra)
        assert done.returncode == 0, done.stderr

    application = tree(alone / "application" / long)
    assert application == {
        name: content for name, content in tree(repository.parent / long).items() if not name.startswith(".scaffold/")
    }
    assert b"${{ " in application[".github/workflows/release.yml"]
    blueprint = tree(alone / "gitops" / long)
    assert blueprint == tree(repository / "blueprints" / long)
    assert b"{{ deployment(" in b"".join(blueprint.values())


@pytest.mark.parametrize("name", ["application", "gitops", "region", "blueprint", "policy"])
@pytest.mark.parametrize("called", ["Foo_Bar", "1st", "a" * 64, "../out", "a b"])
def test_cookiecutter_alone_refuses_a_bad_name_before_anything_is_written(name, called, tmp_path):
    done = cookiecutter(tmp_path, name, f"name={called}")

    assert done.returncode == 1
    assert f'"{called}" cannot be the name' in done.stderr
    assert [path for path in tmp_path.iterdir() if path.name != "home"] == []


def test_a_city_is_removed_also_where_it_takes_over_and_the_rest_renders(repository):
    before = tree(repository)

    said = run("remove", "region", "hangzhou", "--yes", cwd=repository)

    assert "remove: overlays/regions/hangzhou/region.yaml" in said
    assert "pruned by the next render: " in said
    assert is_clean(repository)
    assert not (repository / "generated/hangzhou").exists()
    after = tree(repository)
    for city in ("wuhu", "shanghai"):
        file = f"overlays/regions/{city}/region.yaml"
        other = "shanghai" if city == "wuhu" else "wuhu"
        assert f"failover: [{other}]\n".encode() in after[file]
        assert len(after[file].splitlines()) == len(before[file].splitlines())


def test_a_service_is_removed_without_a_trace(repository):
    before = tree(repository)
    run("new", "service", "orders", "--language", "go", "--no-input", cwd=repository)
    render(repository, RenderOptions(Selection(), jobs=1))

    said = run("remove", "service", "orders", "--yes", cwd=repository)
    render(repository, RenderOptions(Selection(), jobs=1))

    assert "generated/wuhu/edge/hello" in said
    after = tree(repository)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    # what a run remembers is no output
    assert {name for name in changed if not name.startswith((".gitopsgen/", "generated/"))} == set()
    assert not any("orders" in name for name in after)


def test_a_case_of_its_own_goes_with_its_service(repository):
    before = tree(repository)
    run("new", "service", "desk", "--case", "desk", "--language", "go", "--no-input", cwd=repository)

    run("remove", "service", "desk", "--yes", cwd=repository)

    after = tree(repository)
    wuhu = "overlays/regions/wuhu/region.yaml"
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == {wuhu}
    assert b"desk" not in after[wuhu]
    assert is_clean(repository)


def test_nothing_is_removed_without_a_yes_and_what_holds_data_is_named(repository):
    holder = repository / "generated/wuhu/edge/hello/statefulset-store.yaml"
    holder.write_text(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: store\n  namespace: hello\n"
        "spec:\n  volumeClaimTemplates: [{}]\n",
        "utf-8",
    )
    (holder.parent / "configmap-copy.yaml").write_text("data:\n  a.yml: |\n    bucket: hello-copies\n", "utf-8")
    before = tree(repository)

    said = run("remove", "case", "hello", cwd=repository, code=1)

    assert "holds data: claims of StatefulSet hello/store in wuhu/edge\n" in said
    assert "holds data: bucket hello-copies in wuhu/edge\n" in said
    assert "remove: blueprints/hello/blueprint.yaml\n" in said
    assert "edit: overlays/fleet.yaml\n" in said
    assert tree(repository) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["region", "nowhere"], 'region "nowhere" does not exist'),
        (["region", "shanghai"], "hub of the area in overlays/areas/cn-east.yaml"),
        (["case", "nothing"], 'case "nothing" does not exist'),
        (["service", "nothing"], "no service nothing"),
    ],
)
def test_what_is_not_there_or_needed_cannot_be_removed(fresh, arguments, said):
    assert said in run("remove", *arguments, "--yes", cwd=fresh, code=2)


@pytest.fixture
def newer(monkeypatch, tmp_path):
    """Templates that can be changed."""
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    monkeypatch.setattr("gitopsgen.scaffold.template.TEMPLATES", templates)
    return templates


def changed(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_newer_template_is_merged_with_what_people_made_of_it(repository, newer):
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)
    application = repository.parent / "orders"
    skeleton = newer / "application/{{cookiecutter.name}}"
    assert "as today's templates make it" in run("upgrade", "--check", cwd=application)
    changed(application / "service.py", "LARGEST_BODY = 64", "LARGEST_BODY = 128")
    (application / ".dockerignore").unlink()
    changed(skeleton / "languages/python/service.py", "0.25, 1.0)", "0.25, 1.0, 5.0)")
    changed(skeleton / ".dockerignore", "target\n", "target\nbuild\n")
    changed(skeleton / "README.md", "## Releases", "## Each release of {{ cookiecutter.name }}")
    (skeleton / "SECURITY.md").write_text("Write to us.\n", "utf-8")
    before = tree(application)

    said = run("upgrade", "--check", cwd=application, code=1)

    assert tree(application) == before
    assert "merged: service.py\n" in said
    assert "kept: .dockerignore\n" in said

    run("upgrade", cwd=application)

    program = (application / "service.py").read_text("utf-8")
    assert ("LARGEST_BODY = 128" in program, "1.0, 5.0)" in program) == (True, True)
    assert "## Each release of orders" in (application / "README.md").read_text("utf-8")
    assert (application / "SECURITY.md").is_file()
    assert not (application / ".dockerignore").exists()
    assert "as today's templates make it" in run("upgrade", "--check", cwd=application)


def test_what_an_installer_compiled_is_no_part_of_a_template(repository, newer):
    compiled = newer / "application/{{cookiecutter.name}}/languages/python/__pycache__"
    compiled.mkdir()
    (compiled / "service.cpython-313.pyc").write_bytes(b"\xff")

    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)

    assert not (repository.parent / "orders/__pycache__").exists()
    shutil.rmtree(compiled)
    assert "as today's templates make it" in run("upgrade", "--check", cwd=repository.parent / "orders")


def test_a_conflict_is_told_with_its_place_and_written_with_markers(repository, newer):
    """Also in the GitOps repository, where only the service's own files are merged, never those of its case."""
    run("new", "service", "orders", "--language", "python", "--no-input", cwd=repository)
    policy = repository / "blueprints/hello/files/policy/orders.rego"
    values = (repository / "blueprints/hello/values.yaml").read_bytes()
    changed(policy, "limit_fen := 1000000", "limit_fen := 5")
    template = newer / "gitops/{{cookiecutter.case}}/files/policy/{{cookiecutter.__package}}.rego"
    changed(template, "limit_fen := 1000000", "limit_fen := 7")
    (repository / ".scaffold/service-hello.yaml").unlink()

    check = run("upgrade", "--check", cwd=repository, code=1)
    said = run("upgrade", cwd=repository, code=1)

    text = policy.read_text("utf-8")
    line = text.splitlines().index("<<<<<<< here") + 1
    for each in (check, said):
        assert f"blueprints/hello/files/policy/orders.rego:{line}:1: error[GG197]" in each
    assert "limit_fen := 5" in text
    assert "limit_fen := 7" in text
    assert (repository / "blueprints/hello/values.yaml").read_bytes() == values


def test_where_nothing_was_scaffolded_there_is_nothing_to_upgrade(tmp_path):
    assert "nothing here was scaffolded" in run("upgrade", str(tmp_path), cwd=tmp_path, code=2)


def test_on_a_terminal_what_is_not_given_is_asked_and_the_likely_is_offered(repository):
    offered = {}
    told = {"Chinese name of the city": "嘉兴", "GB/T 2260 code of the city": "330400", "Site code": "JXN"}
    told |= {"Latitude": "30.746", "Longitude": "120.756", "Tier": "edge-large"}

    def ask(question, default, choices):
        offered[question] = default
        return next((answer for start, answer in told.items() if question.startswith(start)), default)

    new_region(load(repository).value, "jiaxing", "", {"wave": "2"}, ask)

    text = (repository / "overlays/regions/jiaxing/region.yaml").read_text("utf-8")
    assert "  iso: CN-ZJ\n" in text
    assert "  wave: 2\n  failover: [hangzhou, shanghai, wuhu]\n" in text
    assert offered["Area (a file in overlays/areas)"] == "cn-east"
    assert "Wave in which it is promoted" not in offered
    assert is_clean(repository)


def test_a_city_that_would_be_refused_is_not_written(repository):
    given = {"zh": "南京", "gb2260": "3201", "site": "NKG", "lat": "32", "lon": "118.8", "tier": "edge-larg"}

    with pytest.raises(UsageError) as refused:
        new_region(load(repository).value, "nanjing", "hangzhou", given, None)

    first, second = str(refused.value).splitlines()
    assert first == '"facts.gb2260" is "3201", expected text that matches ^[0-9]{6}$'
    assert second.endswith('did you mean "edge-large"?')
    assert is_clean(repository)


def test_a_blueprint_that_runs_nowhere_yet_is_no_mistake(repository):
    said = run("new", "blueprint", "books", "--no-input", cwd=repository)

    assert "no cluster runs books yet" in said
    assert is_clean(repository)
