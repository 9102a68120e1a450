"""A new admission policy: a ConstraintTemplate for Gatekeeper with its Rego and tests, and a constraint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Project
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data
from gitopsgen.scaffold.lock import Lock
from gitopsgen.scaffold.names import check_name, refuse_taken
from gitopsgen.scaffold.project import folders_of, known_case
from gitopsgen.scaffold.template import Ask, answered, rendered, template
from gitopsgen.scaffold.writing import Made, apply

HOME: Final = "admission"  # the component that all clusters have their rules from, where a project has it


def new_policy(project: Project, name: str, case: str, given: Mapping[str, str], ask: Ask | None) -> Made:
    """Write a policy into the component `admission`, or into the blueprint of a case.

    Without `case`: the component where the project has it, else the only case. Raises UsageError for a bad or taken
    name, and where it is not clear which case is meant.
    """
    check_name("policy", name)
    root = project.settings.root
    folder = _folder(root, project, case)
    refuse_taken("policy", name, [name] if (root / folder / f"files/admission/{name}.rego").exists() else [])
    draft = Draft(root)
    values = f"{folder}/values.yaml"
    has_engine = draft.has(values) and "engine" in (data(draft.text(values), values) or {})
    source = template("policy")
    answers = answered(source, {"name": name, "with_engine": "yes" if has_engine else "no", **given}, ask)
    files = rendered(source, answers)
    draft.add({f"{folder}/{path}": content for path, content in files.items()})
    texts = {path: content.decode("utf-8") for path, content in files.items()}
    lock = Lock("policy", name, source.name, source.digest, answers, texts, folder)
    draft.write(lock.path, lock.content().decode("utf-8"))
    undo = apply(root, draft.changes)
    note = "audit reports what breaks it; set enforcementAction to deny once nothing does"
    return Made(draft.written, (note,), undo)


def _folder(root: Path, project: Project, case: str) -> str:
    blueprints = folders_of(project).blueprints
    if case:
        return f"{blueprints}/{known_case(project, case)}"
    if (root / blueprints / "components" / HOME).is_dir():
        return f"{blueprints}/components/{HOME}"
    if len(project.blueprints) != 1:
        raise UsageError(f"say with --case whose policy it is, of {', '.join(project.blueprints) or 'no case at all'}")
    return f"{blueprints}/{next(iter(project.blueprints))}"
