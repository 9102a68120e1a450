"""What `init`, `new`, `remove` and `upgrade` write: repositories, blueprints, cities and policies, from templates.

Templates are plain cookiecutter templates and package data (`templates/`). Knows the shape of a project and how
its files are edited; renders nothing of it. Cookiecutter is imported in `template` only, when a command needs it.
"""

from __future__ import annotations

from gitopsgen.scaffold.names import check_name
from gitopsgen.scaffold.writing import Made

__all__ = ["Made", "check_name"]
