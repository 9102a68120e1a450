"""Budgets of size that a linter does not know."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "gitopsgen").rglob("*.py"))
LARGEST_FILE, LONGEST_FUNCTION, PUBLIC_NAMES = 300, 50, 12
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "types"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_need_no_scrolling(file):
    text = file.read_text("utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    long = [node.name for node in functions if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION]

    assert text.count("\n") <= LARGEST_FILE
    assert long == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_modules_say_what_they_are_for_and_are_no_drawers(file):
    assert ast.get_docstring(ast.parse(file.read_text("utf-8")))
    assert file.stem not in DRAWERS


def test_the_package_has_few_public_names_and_all_exist():
    import gitopsgen  # noqa: PLC0415

    assert len(gitopsgen.__all__) <= PUBLIC_NAMES
    assert all(hasattr(gitopsgen, name) for name in gitopsgen.__all__)
    assert not hasattr(gitopsgen, "nonsense")
