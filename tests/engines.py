"""An engine over templates given as text, for tests that need no project."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from gitopsgen.model.project import Blueprint, Template
from gitopsgen.template.engine import Engine, Instance
from gitopsgen.template.loader import Loader

CASE = {"name": "case", "namespace": "shop"}


def engine_over(folder: Path, templates: dict[str, str], *, kind: str = "fleet") -> tuple[Engine, dict[str, Instance]]:
    """Write templates under `folder` and give an engine, and each template as the case uses it."""
    digests = {}
    for name, text in templates.items():
        path = folder / "blueprints" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        digests[f"blueprints/{name}"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    engine = Engine(Loader(folder, "blueprints", digests, None))
    records = tuple(Template(path, kind) for path in digests)
    blueprint = Blueprint("case", "blueprints/case", "A case", "shop", "1.30", records, {}, {}, ())
    return engine, {one.template.path.removeprefix("blueprints/"): one for one in engine.instances(blueprint)}


def context_of(values: Any, files: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "values": values,
        "case": CASE,
        "files": files or {},
        "images": {},
        "project": {"registry": "r.example.com"},
    }


def wrap(body: str) -> str:
    """Give a template of a ConfigMap-like object around lines of `spec`."""
    return f"apiVersion: v1\nkind: Thing\nmetadata:\n  name: thing\nspec:\n{body}"
