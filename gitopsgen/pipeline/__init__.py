"""The stages put together: what each command does, as one function."""

from gitopsgen.pipeline.explain import Explanation, explain
from gitopsgen.pipeline.options import RenderOptions, RenderReport
from gitopsgen.pipeline.render import render

__all__ = ["Explanation", "RenderOptions", "RenderReport", "explain", "render"]
