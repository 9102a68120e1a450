"""What was found is not taken for known after a library that judges was exchanged."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from gitopsgen.pipeline import keys


@pytest.mark.parametrize("has_file", [True, False], ids=["a package", "a folder without __init__.py"])
@pytest.mark.parametrize(
    "engine", ["cel_expr_python", "regorus", "jsonschema_rs", "kubernetes_validate", "jinja2", "yaml"]
)
def test_another_engine_is_another_program(engine, has_file, tmp_path, monkeypatch):
    place = tmp_path / "__init__.py" if has_file else tmp_path
    (tmp_path / "__init__.py").touch()
    spec = SimpleNamespace(
        origin=str(place) if has_file else None, submodule_search_locations=None if has_file else [str(place)]
    )
    monkeypatch.setattr(keys, "find_spec", lambda name: spec if name == engine else None)
    before = keys.tool_key.__wrapped__()

    os.utime(place, ns=(1, 1))

    assert keys.tool_key.__wrapped__() != before
    assert keys.tool_key.__wrapped__() == keys.tool_key.__wrapped__()
