"""An engine over templates given as text, for tests that need no project."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitopsgen.model.project import Blueprint, Template
from gitopsgen.template.engine import Engine
from gitopsgen.template.errors import TemplateErrors
from gitopsgen.template.instance import Instance, Made
from gitopsgen.template.loader import Loader
from gitopsgen.template.ways import Ways

CASE = {"name": "case", "namespace": "shop"}


def engine_over(
    folder: Path, templates: dict[str, str], *, kind: str = "fleet", cache: Path | None = None, version: str = ""
) -> tuple[Engine, dict[str, Instance]]:
    """Write templates under `folder` and give an engine, and each template as the case uses it.

    With a `cache` it has the ways that an earlier engine of the same `version` saved there.
    """
    digests = {}
    for name, text in templates.items():
        path = folder / "blueprints" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        digests[f"blueprints/{name}"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    loader = Loader(folder, "blueprints", digests, None)
    engine = Engine(loader, Ways(cache, version, loader.digest) if cache else None)
    is_object = kind in {"fleet", "manifest"}
    records = tuple(Template(path, kind, output="" if is_object else "output") for path in digests)
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


def render(text: str, values: Any = None, *, others: dict[str, str] | None = None, **context: Any) -> list[Made]:
    """Render one template of a fresh engine; `others` are templates that it may include or import."""
    kind = context.pop("kind", "fleet")
    name = context.pop("name", "t.yaml.j2")
    with tempfile.TemporaryDirectory() as folder:
        engine, instances = engine_over(Path(folder), {name: text, **(others or {})}, kind=kind)
        made = engine.render(instances[name], {**context_of({} if values is None else values), **context})
        return [_with_data(one) for one in made]


def _with_data(made: Made) -> Made:
    made.data  # noqa: B018 - made on demand
    return made


def spec(body: str, values: Any = None, **context: Any) -> Any:
    """Give what lines of `spec` come to, as data that agrees with the text."""
    try:
        (made,) = render(wrap("  fixed: 1\n" + body), values, **context)
    except TemplateErrors as errors:
        raise AssertionError([(one.message, one.spot) for one in errors.errors]) from None

    assert made.data == yaml.load(made.content, Loader=yaml.CSafeLoader)
    return {key: value for key, value in made.data["spec"].items() if key != "fixed"}


def refused(text: str, values: Any = None, **context: Any) -> list[tuple[str, int]]:
    """Give rule and line of all that is wrong with a template."""
    with pytest.raises(TemplateErrors) as caught:
        render(text, values, **context)
    return [(error.rule, error.spot.line) for error in caught.value.errors]


def complaint(text: str, values: Any = None, **context: Any) -> str:
    """Give the words of the first thing that is wrong with a template, and its hint."""
    with pytest.raises(TemplateErrors) as caught:
        render(text, values, **context)
    return f"{caught.value.errors[0].message} [{caught.value.errors[0].hint}]"
