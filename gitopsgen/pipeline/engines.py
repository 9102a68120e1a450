"""The template engine of a project."""

from __future__ import annotations

import hashlib
import os

from gitopsgen.model.project import Project
from gitopsgen.pipeline.keys import tool_key
from gitopsgen.schemas.cache import default_directory
from gitopsgen.template.engine import Engine
from gitopsgen.template.loader import Loader
from gitopsgen.template.ways import Ways

TEMPLATE_CACHE = "templates"


def engine_of(project: Project, *, is_learned: bool = True) -> Engine:
    """Give an engine for a project's templates, with what earlier runs parsed and, for many, what they learned."""
    settings = project.settings
    cache = default_directory()
    loader = Loader(settings.root, settings.blueprints, project.digests, cache / TEMPLATE_CACHE, project.instead)
    if not is_learned:
        return Engine(loader)
    name = hashlib.sha256(os.fsencode(settings.root.resolve())).hexdigest()[:16]
    return Engine(loader, Ways(cache / f"ways-{name}", tool_key(), loader.digest))
