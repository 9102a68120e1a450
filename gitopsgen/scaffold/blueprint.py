"""A new case: a blueprint that renders, and the parts it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitopsgen.model.project import Project
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.lock import Lock
from gitopsgen.scaffold.names import check_name, refuse_taken
from gitopsgen.scaffold.project import cluster_of, folders_of, known_region
from gitopsgen.scaffold.service import add_components, place
from gitopsgen.scaffold.template import Ask, answered, rendered, template
from gitopsgen.scaffold.writing import Made, apply, refuse_existing


def new_blueprint(
    project: Project, name: str, regions: Sequence[str], given: Mapping[str, str], ask: Ask | None
) -> Made:
    """Write the blueprint of a new case, and let the first cluster of each region run it.

    Raises UsageError for a bad or taken name.
    """
    check_name("blueprint", name)
    root = project.settings.root
    folders = folders_of(project)
    refuse_taken("case", name, project.blueprints)
    refuse_existing(root / folders.blueprints / name)
    source = template("blueprint")
    answers = answered(source, {"name": name, **given}, ask)
    files = rendered(source, answers)
    case = f"{folders.blueprints}/{name}"
    draft = Draft(root)
    draft.add({f"{case}/{path}": content for path, content in files.items()})
    add_components(draft, case, folders)
    place_in(draft, project, regions, "", name)
    texts = {path: content.decode("utf-8") for path, content in files.items()}
    lock = Lock("blueprint", name, source.name, source.digest, answers, texts, case)
    draft.write(lock.path, lock.content().decode("utf-8"))
    undo = apply(root, draft.changes)
    return Made(draft.written, () if regions else (unplaced(name),), undo)


def place_in(draft: Draft, project: Project, regions: Sequence[str], cluster: str, case: str) -> None:
    """Let a cluster of each region run a case; the first one of the region where none is named."""
    for name in regions:
        region = known_region(project, name)
        chosen = cluster_of(region, cluster)
        if case not in chosen.cases:
            file = f"{folders_of(project).overlays}/regions/{name}/region.yaml"
            place(draft, file, ("facts", "clusters", chosen.name), case)


def unplaced(case: str) -> str:
    """Say what makes a case run somewhere."""
    return f"no cluster runs {case} yet: name it in a cluster's or a class's `cases`, or give --region"
