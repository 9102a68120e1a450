"""The stages put together: what each command does, as one function."""

from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.pipeline.render import render

__all__ = ["RenderOptions", "RenderReport", "render"]
