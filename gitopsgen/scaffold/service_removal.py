"""A scaffolded service taken out of its case, and with it what came for it and nothing else uses any more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Project
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data
from gitopsgen.scaffold.lock import Lock, lock_path, locks, read_lock
from gitopsgen.scaffold.removal import Removal, Step, generated_files, overlay_files, removal_of, remove_case
from gitopsgen.scaffold.template import TEMPLATES

_ENGINE_FILES: Final = (
    "manifests/configmap-opa-policies.yaml.j2",
    "manifests/deployment-opa.yaml.j2",
    "files/policy/mask.rego",
    "files/policy/mask_test.rego",
)
_ENGINE_FLOWS: Final = ("policy-to-centre", "metrics-of-policy")
_DASHBOARDS: Final = "manifests/configmap-dashboards.yaml.j2"


def remove_service(project: Project, name: str) -> Removal:
    """Take a scaffolded service out of its case; a case that it had for itself goes with it.

    Its policy engine goes too where nothing else asks it.
    """
    root = project.settings.root
    if not (root / lock_path("service", name)).is_file():
        raise UsageError(f"there is no service {name} that gitopsgen made: see .scaffold/")
    lock = read_lock(root, lock_path("service", name))
    case = lock.answers["case"]
    fellows = [one for one in locks(root) if one.kind == "service" and one.base == lock.base and one.name != name]
    if lock.answers["own_case"] == "yes" and not fellows:
        return remove_case(project, case)
    draft = Draft(root)
    draft.remove(lock.path)
    _forget_files(draft, lock)
    _forget_entry(draft, lock)
    _forget_values(draft, project, case, name)
    told = _without_engine(draft, project, lock)
    files = [file for file in generated_files(project, "") if file.split("/")[2:3] == [case]]
    labelled = re.compile(rf"(?m)^ {{4}}app.kubernetes.io/name: {re.escape(name)}$")
    output = root / project.settings.generated
    generated = [
        file for file in files if file.endswith(".yaml") and labelled.search((output / file).read_text("utf-8"))
    ]
    note = f"the repository of {name} is left alone, and so are the parts of {case} that others use"
    return replace(removal_of(project, draft, generated, (*told, note)), case=case)


def _forget_files(draft: Draft, lock: Lock) -> None:
    """Remove the files that only this service has, and its policy from templates that name each."""
    package = _package(lock)
    own = (f"files/policy/{package}.rego", f"files/policy/{package}_test.rego", f"files/dashboards/{lock.name}.json")
    _remove(draft, lock, own)
    for name in _ENGINE_FILES[:2]:
        file = f"{lock.base}/{name}"
        if draft.has(file):
            called = rf', file\("policy/{package}\.rego"\)'
            named = rf'(?m)^  {package}\.rego: \{{\{{ file\("policy/{package}\.rego"\) \}}\}}\n'
            draft.write(file, re.sub(called, "", re.sub(named, "", draft.text(file))))
    if not _files_below(draft, f"{lock.base}/files/dashboards/"):
        _remove(draft, lock, [name for name in (_DASHBOARDS,) if _is_as_made(draft, lock, name)])


def _forget_entry(draft: Draft, lock: Lock) -> None:
    values, name = f"{lock.base}/values.yaml", lock.name
    _forget_uses(draft, lock, lambda use: str(use.get("values", "")).partition(".")[0] == name)
    if name in _data(draft, values):
        draft.cut(values, (name,))
    _forget_flows(draft, values, (f"callers-of-{name}", f"policy-of-{name}", f"metrics-of-{name}"))


def _forget_values(draft: Draft, project: Project, case: str, key: str) -> None:
    """Cut what overlays set below a key of a case."""
    for file in overlay_files(project):
        for path in _paths_to(data(draft.text(file), file), (case, key)):
            draft.cut(file, path)
        if file.endswith(f"/{case}.yaml") and "/regions/" in file and key in _data(draft, file):
            draft.cut(file, (key,))


def _without_engine(draft: Draft, project: Project, lock: Lock) -> tuple[str, ...]:
    """Take the policy engine of the case away where nothing asks it any more; say what became of it."""
    case, values = lock.answers["case"], f"{lock.base}/values.yaml"
    listed = _data(draft, f"{lock.base}/blueprint.yaml").get("uses") or []
    if not any(use.get("component") == "opa" and use.get("values") == "opa" for use in listed):
        return ()
    users = _users_of_engine(draft, lock)
    if users:
        return (f"the policy engine of {case} stays: {users[0]} uses it",)
    if not all(_is_as_made(draft, lock, name) for name in _ENGINE_FILES[:2]):
        return (f"the policy engine of {case} stays, though nothing there asks it: people have changed its templates",)
    _remove(draft, lock, [name for name in _ENGINE_FILES if draft.has(f"{lock.base}/{name}")])
    _forget_uses(draft, lock, lambda use: use.get("component") == "opa")
    if "opa" in _data(draft, values):
        draft.cut(values, ("opa",))
    _forget_flows(draft, values, _ENGINE_FLOWS)
    _forget_network(draft, values)
    _forget_secret(draft, lock)
    _forget_values(draft, project, case, "opa")
    return (f"the policy engine of {case} goes too: nothing else there asks it",)


def _users_of_engine(draft: Draft, lock: Lock) -> list[str]:
    """Name what asks the policy engine: policies that are not the engine's own, flows to it, its address in values."""
    folder, values = f"{lock.base}/files/policy/", f"{lock.base}/values.yaml"
    policies = [
        file for file in _files_below(draft, folder) if file.endswith(".rego") and not file.endswith("_test.rego")
    ]
    found = [file for file in policies if file.removeprefix(folder) != "mask.rego"]
    flows = (_data(draft, values).get("network") or {}).get("flows") or []
    asking = [one for one in flows if (one.get("to") or {}).get("workload") == "opa"]
    found += [f"flow {one.get('name')}" for one in asking if one.get("name") not in _ENGINE_FLOWS]
    return found + ([values] if "http://opa." in draft.text(values) else [])


def _forget_network(draft: Draft, values: str) -> None:
    """Cut the line to the centre where no flow uses it."""
    network = _data(draft, values).get("network") or {}
    used = {
        each.get("network")
        for flow in network.get("flows") or []
        for each in (flow.get("from"), flow.get("to"))
        if each
    }
    if "backbone" in (network.get("networks") or {}) and "backbone" not in used:
        only = len(network["networks"]) == 1
        draft.cut(values, ("network", "networks") if only else ("network", "networks", "backbone"))


def _forget_secret(draft: Draft, lock: Lock) -> None:
    """Cut the secret of the engine, and all that is about secrets where that came with it.

    Of a case that had secrets before, the namespace stays with its store: templates of the case may need that.
    """
    values, namespace = f"{lock.base}/values.yaml", lock.answers["namespace"]
    came_with_it = lock.answers.get("brings_secret_store", "yes") == "yes"
    listed = (_data(draft, values).get("secrets") or {}).get("namespaces") or []
    for index, one in enumerate(listed):
        names = [secret.get("name") for secret in one.get("secrets") or []]
        if one.get("name") != namespace or "opa-bundle" not in names:
            continue
        if names != ["opa-bundle"] or not came_with_it:
            draft.cut(values, ("secrets", "namespaces", index, "secrets", names.index("opa-bundle")))
        elif len(listed) > 1:
            draft.cut(values, ("secrets", "namespaces", index))
        else:
            draft.cut(values, ("secrets",))
            _forget_uses(draft, lock, lambda use: use.get("component") == "secrets")
        return


def _forget_uses(draft: Draft, lock: Lock, is_meant: Callable[[Mapping[str, Any]], bool]) -> None:
    blueprint = f"{lock.base}/blueprint.yaml"
    while True:
        uses = _data(draft, blueprint).get("uses") or []
        index = next((index for index, use in enumerate(uses) if is_meant(use)), None)
        if index is None:
            return
        draft.cut(blueprint, ("uses", index))


def _forget_flows(draft: Draft, values: str, names: Iterable[str]) -> None:
    for name in names:
        flows = (_data(draft, values).get("network") or {}).get("flows") or []
        known = [one.get("name") for one in flows]
        if name in known:
            draft.cut(values, ("network", "flows", known.index(name)))


def _paths_to(raw: Any, end: tuple[str, str]) -> list[Step]:
    """Give where the values of a service stand in a common overlay, or in the release lock."""
    case, key = end
    releases = ((raw or {}).get("cases") or {}).get(case, {}).get("releases")
    named = releases if isinstance(releases, dict) else {}
    found: list[Step] = [
        ("cases", case, "releases", name, "values", key)
        for name, release in named.items()
        if key in (release.get("values") or {})
    ]
    places = [("cases",), *(("classes", name) for name in (raw or {}).get("classes") or {})]
    for place in places:
        inner: Any = raw or {}
        for step in (*place, *end):
            inner = inner.get(step) if isinstance(inner, dict) else None
        if inner is not None:
            found.append((*place, *end))
    return found


def _package(lock: Lock) -> str:
    return lock.name.replace("-", "_")


def _data(draft: Draft, file: str) -> Mapping[str, Any]:
    return data(draft.text(file), file) or {}


def _remove(draft: Draft, lock: Lock, names: Iterable[str]) -> None:
    for name in names:
        if draft.has(f"{lock.base}/{name}"):
            draft.remove(f"{lock.base}/{name}")


def _is_as_made(draft: Draft, lock: Lock, name: str) -> bool:
    """Tell whether a file is as the template of today or of then makes it: these have no answers in them."""
    file = f"{lock.base}/{name}"
    if not draft.has(file):
        return False
    today = TEMPLATES / "gitops/{{cookiecutter.case}}" / name
    return draft.text(file) in {lock.files.get(name), today.read_text("utf-8")}


def _files_below(draft: Draft, folder: str) -> list[str]:
    """Give the files of a folder as they will be."""
    root = draft.root
    on_disk = [] if root is None else [path.relative_to(root).as_posix() for path in (root / folder).rglob("*")]
    return sorted(name for name in {*on_disk, *draft.changes} if name.startswith(folder) and draft.has(name))
