"""What the pipeline gives by name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from gitopsgen import pipeline


def test_no_module_takes_the_place_of_a_name():
    modules = {one.name for one in iter_modules(pipeline.__path__)}

    assert modules & set(pipeline.__all__) == set()
    for name in modules:
        import_module(f"gitopsgen.pipeline.{name}")
    assert all(callable(getattr(pipeline, name)) for name in pipeline.__all__)
