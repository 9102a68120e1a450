"""The template engine of a project."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from gitopsgen.model.project import Project
from gitopsgen.pipeline.keys import tool_key
from gitopsgen.schemas.cache import default_directory
from gitopsgen.template.engine import Engine
from gitopsgen.template.loader import Loader
from gitopsgen.template.nodes import Parsed
from gitopsgen.template.ways import Ways

TEMPLATE_CACHE = "templates"


def engine_of(project: Project) -> Engine:
    """Give an engine for a project's templates, with what earlier runs parsed and learned."""
    settings, cache = project.settings, default_directory()
    loader = Loader(settings.root, settings.blueprints, project.digests, cache / TEMPLATE_CACHE, project.instead)
    name = hashlib.sha256(os.fsencode(settings.root.resolve())).hexdigest()[:16]
    return Engine(loader, Ways(cache / f"ways-{name}", tool_key(), loader.digest))


def small_engine_of(project: Project, parsed: Mapping[str, Parsed] | None) -> Engine:
    """Give an engine for a few templates, with what was parsed: by earlier runs, where nothing is given.

    Reading what they learned would take longer than it saves.
    """
    settings = project.settings
    cache = None if parsed else default_directory() / TEMPLATE_CACHE
    loader = Loader(settings.root, settings.blueprints, project.digests, cache, project.instead)
    if parsed:
        loader.know(parsed)
    return Engine(loader)
