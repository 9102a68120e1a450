"""The template engine of a project."""

from __future__ import annotations

from gitopsgen.model.project import Project
from gitopsgen.schemas.cache import default_directory
from gitopsgen.template.engine import Engine
from gitopsgen.template.loader import Loader

TEMPLATE_CACHE = "templates"


def engine_of(project: Project) -> Engine:
    """Give an engine for a project's templates, with what earlier runs parsed."""
    settings = project.settings
    cache = default_directory() / TEMPLATE_CACHE
    return Engine(Loader(settings.root, settings.blueprints, project.digests, cache))
