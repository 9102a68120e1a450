"""A new GitOps repository: one case, three cities, CI, and the parts that the case is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gitopsgen import __version__
from gitopsgen.scaffold import library
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.lock import Lock
from gitopsgen.scaffold.service import Folders, add_service, place
from gitopsgen.scaffold.template import Ask, answered, rendered, template
from gitopsgen.scaffold.writing import Made, create, refuse_existing

CASE: Final = "hello"


def new_repository(directory: Path, given: Mapping[str, str], ask: Ask | None) -> Made:
    """Write a repository into a folder that is not there or empty; raises UsageError otherwise."""
    refuse_existing(directory)
    skeleton = template("repository")
    answers = answered(skeleton, {"directory": directory.name, "tool": __version__, **given}, ask)
    own = rendered(skeleton, answers)
    draft = Draft(None)
    draft.add(own)
    draft.add({library.VERSION_SET: library.file(library.VERSION_SET), **library.files_below(library.SCHEMAS)})
    service = template("gitops")
    add_service(draft, service, answered(service, {"name": CASE, "registry": answers["registry"]}, None), Folders())
    place(draft, "overlays/fleet.yaml", ("facts", "classes", "edge"), CASE)
    texts = {name: content.decode("utf-8") for name, content in own.items()}
    lock = Lock("repository", "repository", skeleton.name, skeleton.digest, answers, texts)
    draft.write(lock.path, lock.content().decode("utf-8"))
    undo = create(directory, {name: content for name, content in draft.changes.items() if content is not None})
    return Made(draft.written, (), undo)
