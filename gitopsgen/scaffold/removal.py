"""A city, a case or a service taken out of a project: its files, and every mention of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Project
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data
from gitopsgen.scaffold.holders import holders
from gitopsgen.scaffold.lock import Lock, lock_path, locks, read_lock
from gitopsgen.scaffold.project import folders_of, known_case, known_region
from gitopsgen.scaffold.writing import apply

Step = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal would do: `pruned` are generated files, `data` is what holds data and on which clusters."""

    draft: Draft
    pruned: tuple[str, ...] = ()
    data: Mapping[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def carry_out(self) -> None:
        """Change the project; `gitopsgen render` then prunes the output."""
        if self.draft.root is not None:
            apply(self.draft.root, self.draft.changes)


def remove_region(project: Project, name: str) -> Removal:
    """Take a city out, also from the lists of those for which it takes over.

    Raises UsageError where there is none, or where an area has it as its hub.
    """
    known_region(project, name)
    draft = Draft(project.settings.root)
    overlays = folders_of(project).overlays
    own = f"{overlays}/regions/{name}/"
    for file in _overlay_files(project):
        if file.startswith(own):
            draft.remove(file)
            continue
        facts = (data(draft.text(file), file) or {}).get("facts") or {}
        if facts.get("hub") == name:
            raise UsageError(f"{name} is the hub of the area in {file}: name another there first")
        if name in (facts.get("failover") or []):
            draft.cut(file, ("facts", "failover", facts["failover"].index(name)))
    generated = _generated(project, f"{name}/")
    return _removal(project, draft, generated, _mentions(draft, project, name))


def remove_case(project: Project, name: str) -> Removal:
    """Take a case out: its blueprint, its values in every layer, its name from the lists of clusters."""
    known_case(project, name)
    draft = Draft(project.settings.root)
    root = project.settings.root
    for path in sorted((root / project.blueprints[name].directory).rglob("*")):
        if path.is_file():
            draft.remove(path.relative_to(root).as_posix())
    for file in _overlay_files(project):
        if file.endswith(f"/{name}.yaml") and "/regions/" in file:
            draft.remove(file)
        else:
            _forget_case(draft, file, name)
    for lock in locks(root):
        if lock.base == project.blueprints[name].directory:
            draft.remove(lock.path)
    generated = [file for file in _generated(project, "") if file.split("/")[2:3] == [name]]
    return _removal(project, draft, generated, ())


def remove_service(project: Project, name: str) -> Removal:
    """Take a scaffolded service out of its case; a case that it had for itself goes with it."""
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
    _forget_entry(draft, f"{lock.base}/blueprint.yaml", f"{lock.base}/values.yaml", name)
    for file in _overlay_files(project):
        for path in _paths_to(data(draft.text(file), file), (case, name)):
            draft.cut(file, path)
        if file.endswith(f"/{case}.yaml") and "/regions/" in file and name in (data(draft.text(file), file) or {}):
            draft.cut(file, (name,))
    folders = [file for file in _generated(project, "") if file.split("/")[2:3] == [case]]
    labelled = re.compile(rf"(?m)^ {{4}}app.kubernetes.io/name: {re.escape(name)}$")
    output = root / project.settings.generated
    generated = [file for file in folders if file.endswith(".yaml") and labelled.search((output / file).read_text())]
    note = f"the repository of {name} is left alone, and so are the parts of {case} that other services use"
    return _removal(project, draft, generated, (note,))


def _removal(project: Project, draft: Draft, generated: list[str], notes: tuple[str, ...]) -> Removal:
    folder = project.settings.generated
    found = holders(project.settings.root / folder, generated)
    return Removal(draft, tuple(f"{folder}/{file}" for file in generated), found, notes)


def _generated(project: Project, prefix: str) -> list[str]:
    output = project.settings.root / project.settings.generated
    files = (path.relative_to(output).as_posix() for path in sorted((output / prefix).rglob("*")) if path.is_file())
    return [file for file in files if not file.startswith((".traces/", "argocd/"))]


def _overlay_files(project: Project) -> list[str]:
    root: Path = project.settings.root
    paths = sorted((root / folders_of(project).overlays).rglob("*.yaml"))
    files = [path.relative_to(root).as_posix() for path in paths]
    return [file for file in files if "/version-sets/" not in file and not file.endswith("/images.lock.yaml")]


def _forget_case(draft: Draft, file: str, case: str) -> None:
    """Cut a case's values and its name out of an overlay, one place after the other: each cut moves the rest."""
    while True:
        raw = data(draft.text(file), file) or {}
        path = next(_places_of(raw, case), None)
        if path is None:
            return
        draft.cut(file, path)


def _places_of(raw: Mapping[str, Any], case: str) -> Iterator[Step]:
    if case in (raw.get("cases") or {}):
        yield ("cases", case)
    for name, cases in (raw.get("classes") or {}).items():
        if case in (cases or {}):
            yield ("classes", name, case)
    facts = raw.get("facts") or {}
    for kind in ("classes", "clusters"):
        for name, each in (facts.get(kind) or {}).items():
            listed = (each or {}).get("cases") or []
            if listed == [case] and (kind == "clusters" or len(each) == 1):
                yield ("facts", kind, name, "cases")  # the list says nothing any more
            elif case in listed:
                yield ("facts", kind, name, "cases", listed.index(case))


def _paths_to(raw: Any, end: tuple[str, str]) -> list[Step]:
    """Give where the values of a service stand in a common overlay."""
    found: list[Step] = []
    places = [("cases",), *(("classes", name) for name in (raw or {}).get("classes") or {})]
    for place in places:
        inner: Any = raw or {}
        for step in (*place, *end):
            inner = inner.get(step) if isinstance(inner, dict) else None
        if inner is not None:
            found.append((*place, *end))
    return found


def _forget_files(draft: Draft, lock: Lock) -> None:
    """Remove the files that only this service has, and its policy from templates that name each."""
    package = lock.answers["package"]
    own = (f"files/policy/{package}.rego", f"files/policy/{package}_test.rego", f"files/dashboards/{lock.name}.json")
    for name in own:
        if draft.has(f"{lock.base}/{name}"):
            draft.remove(f"{lock.base}/{name}")
    for name in ("manifests/configmap-opa-policies.yaml.j2", "manifests/deployment-opa.yaml.j2"):
        file = f"{lock.base}/{name}"
        if draft.has(file):
            called = rf', file\("policy/{package}\.rego"\)'
            named = rf'(?m)^  {package}\.rego: \{{\{{ file\("policy/{package}\.rego"\) \}}\}}\n'
            draft.write(file, re.sub(called, "", re.sub(named, "", draft.text(file))))


def _forget_entry(draft: Draft, blueprint: str, values: str, name: str) -> None:
    def uses() -> list[Step]:
        listed = data(draft.text(blueprint), blueprint).get("uses") or []
        own = [str(use.get("values", "")).partition(".")[0] == name for use in listed]
        return [("uses", index) for index, is_own in enumerate(own) if is_own]

    while uses():
        draft.cut(blueprint, uses()[0])
    if name in data(draft.text(values), values):
        draft.cut(values, (name,))
    for flow in (f"callers-of-{name}", f"policy-of-{name}", f"metrics-of-{name}"):
        flows = (data(draft.text(values), values).get("network") or {}).get("flows") or []
        names = [one.get("name") for one in flows]
        if flow in names:
            draft.cut(values, ("network", "flows", names.index(flow)))


def _mentions(draft: Draft, project: Project, region: str) -> tuple[str, ...]:
    """Name the overlays that still speak of a city: values such as where to send what, which only a person can mend."""
    word = re.compile(rf"(?m)^[^#\n]*[:\[,-] *{re.escape(region)}\b(?!\.)")
    files = [file for file in _overlay_files(project) if draft.has(file) and word.search(draft.text(file))]
    return tuple(f"{file} still names {region}" for file in files)
