"""Budgets of size that a linter does not know."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "gitopsgen").rglob("*.py"))
LARGEST_FILE, LONGEST_FUNCTION, PUBLIC_NAMES = 300, 50, 12
MANY = 100  # files without which nothing would be looked at
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "types"}


TREES = {file: ast.parse(file.read_text("utf-8")) for file in FILES}


def told(files):
    return sorted(str(file.relative_to(ROOT)) for file in files)


def test_files_and_functions_need_no_scrolling():
    long = {
        (str(file.relative_to(ROOT)), node.name)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == set()
    assert told(file for file in FILES if file.read_text("utf-8").count("\n") > LARGEST_FILE) == []


def test_modules_say_what_they_are_for_and_are_no_drawers():
    assert len(FILES) > MANY
    assert told(file for file, tree in TREES.items() if not ast.get_docstring(tree)) == []
    assert told(file for file in FILES if file.stem in DRAWERS) == []


def test_the_package_has_few_public_names_and_all_exist():
    import gitopsgen  # noqa: PLC0415

    assert len(gitopsgen.__all__) <= PUBLIC_NAMES
    assert all(hasattr(gitopsgen, name) for name in gitopsgen.__all__)
    assert not hasattr(gitopsgen, "nonsense")
