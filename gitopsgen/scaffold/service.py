"""What goes into the GitOps repository for a new service: its blueprint, or its entry in a case that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.scaffold import library
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data
from gitopsgen.scaffold.lock import Lock
from gitopsgen.scaffold.template import Template, rendered

# Files of the template that are merged into those of the case; all others are the service's own.
MERGED: Final = ("blueprint.yaml", "values.yaml")
_CASE_ONLY: Final = ("README.md", "values.schema.json")
_ENGINE: Final = ("manifests/configmap-opa-policies.yaml.j2", "manifests/deployment-opa.yaml.j2")
_MASK: Final = ("files/policy/mask.rego", "files/policy/mask_test.rego")


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a project keeps its blueprints and overlays."""

    blueprints: str = "blueprints"
    overlays: str = "overlays"


def add_service(draft: Draft, template: Template, answers: Mapping[str, str], folders: Folders) -> tuple[str, ...]:
    """Add a service to a project: a case of its own, or an entry in one; give what is left to do by hand.

    Idempotent: what is there already stays as it is. Raises UsageError where files do not fit together.
    """
    case = f"{folders.blueprints}/{answers['case']}"
    files = rendered(template, answers)
    notes: tuple[str, ...] = ()
    if answers["own_case"] == "no":
        for name, fragment in entries_of(files, answers).items():
            draft.merge(f"{case}/{name}", fragment)
        if answers["brings_policy_engine"] == "no":
            notes = _built_in(draft, case, answers["__package"])
    own = own_files(files, answers)
    draft.add({f"{case}/{name}": content for name, content in own.items()})
    add_components(draft, case, folders)
    _pin(draft, answers, folders)
    texts = {name: content.decode("utf-8") for name, content in own.items()}
    entries = entries_of(files, answers)
    lock = Lock("service", answers["name"], template.name, template.digest, answers, texts, case, entries)
    draft.write(lock.path, lock.content().decode("utf-8"))
    return notes


def place(draft: Draft, file: str, path: tuple[str, ...], case: str) -> None:
    """Let the clusters whose facts stand at a path of an overlay run a case.

    A city's own list would hide those of its class, so that it is given with `!append`.
    """
    facts = data(draft.text(file), file)
    for step in (*path, "cases"):
        facts = facts.get(step) if isinstance(facts, dict) else None
    is_first = isinstance(facts, list) or path[:2] == ("facts", "classes")
    cases = f"[{case}]" if is_first else f"!append [{case}]"
    lines = [f"{'  ' * depth}{step}:" for depth, step in enumerate(path)]
    fragment = "\n".join([*lines, f"{'  ' * len(path)}cases: {cases}", ""])
    draft.merge(file, fragment)


def own_files(files: Mapping[str, bytes], answers: Mapping[str, str]) -> dict[str, bytes]:
    """Give the files of the template that are the service's own: not those that are merged into its case's."""
    if answers["own_case"] == "yes":
        return dict(files)
    left_out = {*MERGED, *_CASE_ONLY}
    if answers["brings_policy_engine"] == "no":
        left_out |= {*_ENGINE, *_MASK}
    return {name: content for name, content in files.items() if name not in left_out}


def entries_of(files: Mapping[str, bytes], answers: Mapping[str, str]) -> dict[str, str]:
    """Give what the template puts into files of the case that are there; a case of its own has them from it whole."""
    return {} if answers["own_case"] == "yes" else {name: files[name].decode("utf-8") for name in MERGED}


def _built_in(draft: Draft, case: str, package: str) -> tuple[str, ...]:
    """Let the case's policy engine have the new policy; a case of ours takes all files of the folder by itself."""
    engine, deployment = (f"{case}/{name}" for name in _ENGINE)
    if not draft.has(engine) or not draft.has(deployment):
        return (f"let the policy engine of the case read files/policy/{package}.rego",)
    if "files(" in draft.text(engine) or f"policy/{package}.rego" in draft.text(engine):
        return ()
    named = re.sub(
        r"(?m)((?:^  [\w.-]+\.rego: \{\{ file\(.*\) \}\}\n)+)",
        rf'\g<1>  {package}.rego: {{{{ file("policy/{package}.rego") }}}}\n',
        draft.text(engine),
        count=1,
    )
    last = re.compile(r"(file\([^()]*\))\]\)")
    called = last.sub(rf'\g<1>, file("policy/{package}.rego")])', draft.text(deployment), count=1)
    if named == draft.text(engine) or called == draft.text(deployment):
        return (f"name files/policy/{package}.rego in {engine} and {deployment}",)
    draft.write(engine, named)
    draft.write(deployment, called)
    return ()


def add_components(draft: Draft, case: str, folders: Folders) -> None:
    """Bring what the case uses and the project has not from the library."""
    uses = data(draft.text(f"{case}/blueprint.yaml"), case).get("uses") or []
    here = f"{folders.blueprints}/components"
    wanted = [str(use["component"]) for use in uses if isinstance(use, dict) and "component" in use]
    missing = [name for name in wanted if not draft.has(f"{here}/{name}/component.yaml")]
    unknown = sorted(set(missing) - set(library.names()))
    if unknown:
        raise UsageError(f"no component is called {unknown[0]}, neither here nor in the tool's library")
    found = library.components(missing)
    draft.add({name.replace(library.COMPONENTS, here, 1): content for name, content in found.items()})


def _pin(draft: Draft, answers: Mapping[str, str], folders: Folders) -> None:
    lock = f"{folders.overlays}/images.lock.yaml"
    images = [f"{answers['image']}:{answers['tag']}"]
    if answers["brings_policy_engine"] == "yes":
        images += [f"mirror/opa:{version}" for version in _engine_versions(draft, folders)]
    registry = answers.get("registry", "registry.example.com")
    facts = f"{{digest: unresolved, resolved: never, from: {registry}}}"
    draft.merge(lock, "images:\n" + "".join(f"  {image}: {facts}\n" for image in images))


def _engine_versions(draft: Draft, folders: Folders) -> list[str]:
    folder = f"{folders.overlays}/version-sets"
    on_disk = [path.name for path in (draft.root / folder).glob("*.yaml")] if draft.root else []
    files = {f"{folder}/{name}" for name in on_disk} | {
        name for name in draft.changes if name.startswith(f"{folder}/") and draft.has(name)
    }
    found: list[str] = []
    for file in sorted(files):
        engine: Any = data(draft.text(file), file).get("opa")
        if isinstance(engine, dict) and "version" in engine:
            found.append(str(engine["version"]))
    return found
