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
Answer = Callable[[click.Context, str], list[CompletionItem]]

_RULE: Final = re.compile(r"""\bRule\(\s*"(GG\d{3})",\s*"([a-z-]+)\"""")
_DEEPEST: Final = 8


def attach(command: click.Command, path: str) -> None:
    """Let the parameters of a command, and of those below it, offer what the project has; `path` is its full name."""
    for parameter in command.params:
        offer = _OFFERS.get(f"{path} {parameter.name}") or _OFFERS.get(parameter.name or "")
        offered = partial(_offered, offer) if offer else parameter.shell_complete
        parameter.shell_complete = partial(_joined, offered)  # type: ignore[method-assign]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            attach(inner, f"{path} {name}")


def read_joined() -> None:
    """Let bash, which takes `--region=sh` for three words, ask as for `--region sh`."""
    words = os.environ.get("COMP_WORDS", "").split("\n")  # as the shell's function joins them
    at = int(os.environ.get("COMP_CWORD") or 0)
    sign = at if words[at : at + 1] == ["="] else at - 1
    if sign > 0 and words[sign : sign + 1] == ["="] and words[sign - 1].startswith("-"):
        os.environ["COMP_WORDS"] = "\n".join([*words[:sign], *words[sign + 1 : at + 1]])
        os.environ["COMP_CWORD"] = str(sign)


def _joined(offered: Answer, context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Give what is offered, with the option before it where zsh and fish have both as one word."""
    flag, sign, _ = os.environ.get("_TYPER_COMPLETE_ARGS", "").rpartition(" ")[2].partition("=")
    found = offered(context, incomplete)
    if not sign or not flag.startswith("--"):
        return found
    return [CompletionItem(f"{flag}={item.value}", item.type, item.help) for item in found]


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


def waves(root: Path, context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the names of waves: those of the case that is named, else of the fleet and of all rollouts."""
    rollouts, case = _tree(root, "rollouts.yaml"), str(context.params.get("case") or _case_before(root, context))
    of_case = list(_names_of_waves(_at(rollouts, "cases", case)))
    yield from of_case or (*_names_of_waves(_tree(root, "fleet.yaml")), *_names_of_waves(rollouts))


def releases(root: Path, context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the names of the releases of the case that is named."""
    case = str(context.params.get("case") or _case_before(root, context))
    held = _at(_tree(root, "releases.lock.yaml"), "cases", case, "releases")
    yield from (key.value for key, _ in getattr(held, "value", ()))


def _tree(root: Path, name: str) -> Any:
    """Give a file below the overlays as a tree of YAML nodes, None where there is none."""
    import yaml

    file = _folder(root, "overlays") / name
    return yaml.compose(file.read_bytes(), Loader=yaml.CSafeLoader) if file.is_file() else None


def _at(node: Any, *path: str) -> Any:
    for step in path:
        held = node.value if isinstance(getattr(node, "value", None), list) else ()
        node = next((value for key, value in held if key.value == step), None)
    return node


def _names_of_waves(node: Any, *, is_below: bool = False) -> Iterator[str]:
    """Give what is called `name` below `waves`, of a tree of YAML nodes."""
    for value in node.value if isinstance(getattr(node, "value", None), list) else ():
        if not isinstance(value, tuple):
            yield from _names_of_waves(value, is_below=is_below)
        elif is_below and value[0].value == "name":
            yield value[1].value
        else:
            yield from _names_of_waves(value[1], is_below=value[0].value == "waves")


def schemas(root: Path, _context: click.Context, _incomplete: str) -> Iterator[str]:
    """Give the names that `schema` takes."""
    kept = [file.stem for file in (root / "docs/schemas").glob("*.json")]
    if kept:
        yield from kept
        return
    from gitopsgen.load.editors import editor_schemas

    yield from ("catalog", "vscode", *(one.name for one in editor_schemas(root).value))


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
    return _paths_of(root, case or _case_before(root, context), incomplete)


def _case_before(root: Path, context: click.Context) -> str:
    """Give the case that the line names: an option without its value keeps click from reading what stands before it."""
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    known = set(cases(root, context, ""))
    return next((word for word in line.split() if word in known), "")


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
    "rollback to": releases,
    "promote after": releases,
    "schema name": schemas,
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
