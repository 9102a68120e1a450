"""What the shell offers for a word: cities, clusters, cases, waves, rules, values of the project.

Answers while a person waits for a key: names of folders and small files are read, the project is not loaded.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from gitopsgen.cli.console import find_root
from gitopsgen.diagnostics import UsageError

Offer = Callable[[Path, click.Context, str], Iterable[str]]

_RULE: Final = re.compile(r"""\bRule\(\s*"(GG\d{3})",\s*"([a-z-]+)\"""")
_DEEPEST: Final = 8


def attach(command: click.Command, path: str) -> None:
    """Let the parameters of a command, and of those below it, offer what the project has; `path` is its full name."""
    for parameter in command.params:
        offer = _OFFERS.get(f"{path} {parameter.name}") or _OFFERS.get(parameter.name or "")
        if offer is not None:
            parameter.shell_complete = partial(_offered, offer)  # type: ignore[method-assign]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            attach(inner, f"{path} {name}")


def _offered(offer: Offer, context: click.Context, incomplete: str) -> list[CompletionItem]:
    try:
        root = find_root(_project(context))
        words = sorted({word for word in offer(root, context, incomplete) if word.startswith(incomplete)})
    except (UsageError, OSError, ValueError, LookupError):
        return []  # nothing is wrong with the line: there is nothing to offer
    return [CompletionItem(word) for word in words]


def _project(context: click.Context) -> Path | None:
    named = context.params.get("project")
    return Path(named) if named else None


def _folder(root: Path, name: str) -> Path:
    if "paths:" not in (root / "gitopsgen.yaml").read_text("utf-8"):
        return root / name
    from gitopsgen.cli.settings import settings_of

    return root / str(getattr(settings_of(root), name))


def regions(root: Path, _context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the cities."""
    return (file.parent.name for file in (_folder(root, "overlays") / "regions").glob("*/region.yaml"))


def clusters(root: Path, _context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the clusters that something is rendered for."""
    folders = _folder(root, "generated").glob("[!.]*/[!.]*/*/app.json")
    return (file.parents[1].name for file in folders)


def cases(root: Path, _context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the cases."""
    return (file.parent.name for file in _folder(root, "blueprints").glob("*/blueprint.yaml"))


def places(root: Path, context: click.Context, incomplete: str) -> Iterator[str]:
    """Give the cities; with their clusters, once a slash is there."""
    if "/" not in incomplete:
        yield from regions(root, context, incomplete)
        return
    region = incomplete.partition("/")[0]
    yield from (f"{region}/{folder.name}" for folder in (_folder(root, "generated") / region).glob("[!.]*/"))


def variants(root: Path, _context: click.Context, incomplete: str) -> Iterator[str]:
    """Give what is rendered, as region/cluster/case; files and folders are the shell's to offer."""
    generated = _folder(root, "generated")
    region = incomplete.partition("/")[0]
    for file in generated.glob(f"{region if '/' in incomplete else f'{region}*'}/*/*/app.json"):
        yield file.parent.relative_to(generated).as_posix()


def waves(root: Path, _context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the names of waves: of the fleet, and those that rollouts make of them."""
    import yaml

    for name in ("fleet.yaml", "rollouts.yaml"):
        file = _folder(root, "overlays") / name
        if file.is_file():
            yield from _names_of_waves(yaml.compose(file.read_bytes(), Loader=yaml.CSafeLoader))


def _names_of_waves(node: Any, *, is_below: bool = False) -> Iterator[str]:
    """Give what is called `name` below `waves`, of a tree of YAML nodes."""
    for value in node.value if isinstance(getattr(node, "value", None), list) else ():
        if not isinstance(value, tuple):
            yield from _names_of_waves(value, is_below=is_below)
        elif is_below and value[0].value == "name":
            yield value[1].value
        else:
            yield from _names_of_waves(value[1], is_below=value[0].value == "waves")


def rules(_root: Path, _context: click.Context, incomplete: str) -> Iterator[str]:
    """Give the codes of rules and dangers; their names, where no code is begun."""
    package = Path(__file__).parents[1]
    for file in (*package.glob("check/*/*.py"), *package.glob("review/*/*.py")):
        found = _RULE.search(file.read_text("utf-8"))
        if found:
            yield found[1] if not incomplete or incomplete[0] == "G" else found[2]


def value_paths(root: Path, context: click.Context, incomplete: str) -> Iterator[str]:
    """Give the paths of values of the case that is named before."""
    case = context.params.get("case") or str(context.params.get("target") or "").rpartition("/")[2]
    if not case:  # an option without its value keeps click from reading what stands before it
        line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
        known = set(cases(root, context, incomplete))
        case = next((word for word in line.split() if word in known), "")
    return _paths_of(root, case, incomplete)


def settings(root: Path, context: click.Context, incomplete: str) -> Iterator[str]:
    """Give the paths of values after the name of a case."""
    case, dot, rest = incomplete.partition(".")
    if dot:
        return (f"{case}.{path}" for path in _paths_of(root, case, rest))
    return (f"{name}." for name in cases(root, context, incomplete))


def _paths_of(root: Path, case: str, incomplete: str) -> Iterator[str]:
    schema = _schema(root, case)
    return (path for path in _below(schema, schema, "") if path.startswith(incomplete))


def _schema(root: Path, case: str) -> dict[str, Any]:
    """Give the schema of a case's values: as it is kept for editors, else made, which takes longer."""
    kept = root / "docs/schemas" / f"values-{case}.json"
    if kept.is_file():
        schema: dict[str, Any] = json.loads(kept.read_bytes())
        return schema
    from gitopsgen.load.editors import editor_schemas, values_of

    return next((dict(one.schema) for one in editor_schemas(root).value if one.name == values_of(case)), {})


def _below(node: Any, root: dict[str, Any], path: str) -> Iterator[str]:
    if path.count(".") >= _DEEPEST:
        return
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    for part in (node, root.get("definitions", {}).get(reference, {}), *node.get("allOf", ())):
        for name, inner in part.get("properties", {}).items():
            below = f"{path}.{name}" if path else name
            yield below
            yield from _below(inner, root, below)
        if part is not node and "$ref" in part:
            yield from _below(part, root, path)


_OFFERS: Final[dict[str, Offer]] = {
    "region": regions,
    "like": regions,
    "fail": regions,
    "remove region name": regions,
    "values region": places,
    "cluster": clusters,
    "case": cases,
    "remove case name": cases,
    "wave": waves,
    "rule names": rules,
    "only": rules,
    "skip": rules,
    "target": variants,
    "path": value_paths,
    "promote set_": value_paths,
    "sets": settings,
    "set_": settings,
    "values": settings,
}
