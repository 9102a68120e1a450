"""`gitopsgen plugin`: what Argo CD's plugin server runs, for those who have Argo CD render.

It tells us what it wants in the environment, and reads standard output alone.
https://argo-cd.readthedocs.io/en/stable/operator-manual/config-management-plugins/
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Colour, Format, ProjectDirectory, subcommand
from gitopsgen.cli.selection import selection_of
from gitopsgen.diagnostics import Severity, UsageError

if TYPE_CHECKING:
    from gitopsgen.model.project import Blueprint

VARIABLE: Final = "ARGOCD_APP_PARAMETERS"
ADDRESS: Final = ("region", "cluster", "case")
_ITEM_TYPES: Final = {"string": "", "integer": "number", "number": "number", "boolean": "boolean"}

app = subcommand(no_args_is_help=True)


@app.callback()
def plugin() -> None:
    """Answer Argo CD's plugin server (plugin.yaml in docs/argocd.md)."""


@app.command()
def generate(project: ProjectDirectory = None) -> int:
    """Print the manifests that an Application's parameters name.

    The parameters region, cluster and case say which; every other one is a value to set.

    ARGOCD_APP_PARAMETERS=… gitopsgen plugin generate
    """
    from gitopsgen.pipeline import RenderOptions
    from gitopsgen.pipeline import render as run
    from gitopsgen.report import Report

    given = given_parameters(os.environ.get(VARIABLE, ""))
    missing = [name for name in ADDRESS[:2] if not given.get(name)]
    if missing:
        raise UsageError(f"the Application has no parameter {' and no '.join(missing)}: it would get the whole fleet")
    if patterns := [name for name in ADDRESS if set("*?[") & set(given.get(name, ""))]:
        raise UsageError(f"the parameter {patterns[0]} is a pattern, and an Application is of one place")
    chosen = {name: [given.pop(name)] for name in ADDRESS if given.get(name)}
    sets = [f"{path}={value}" for path, value in sorted(given.items())]
    console = open_console(project, Format.TEXT, Colour.NEVER, quiet=True)
    selection = selection_of(chosen["region"], chosen["cluster"], chosen.get("case"), sets=sets)
    done = run(console.root, RenderOptions(selection=selection, stdout=True, jobs=1))
    failed = any(found.severity is Severity.ERROR for found in done.diagnostics)
    return console.finish(Report(done.diagnostics, {}, () if failed else done.stream))


@app.command()
def parameters(project: ProjectDirectory = None) -> int:
    """Announce the values of a case that an Application may set.

    ARGOCD_APP_PARAMETERS=… gitopsgen plugin parameters
    """
    from gitopsgen.load import load

    console = open_console(project, Format.TEXT, Colour.NEVER, quiet=True)
    case = given_parameters(os.environ.get(VARIABLE, "")).get("case")
    blueprints = load(console.root, regions=()).value.blueprints
    chosen = [one for name, one in blueprints.items() if case in {None, name}]
    typer.echo(json.dumps([announced for one in chosen for announced in announcements(one)], ensure_ascii=False))
    return 0


def announcements(blueprint: Blueprint) -> list[dict[str, Any]]:
    """Give the parameters of a case as Argo CD reads them."""
    from gitopsgen.load.parameters import parameters as known

    return [
        {
            "name": one.path,
            "title": one.path,
            "tooltip": one.description,
            "itemType": _ITEM_TYPES[one.type],
            "collectionType": "string",
        }
        for one in known(blueprint)
    ]


def given_parameters(text: str) -> dict[str, str]:
    """Read what Argo CD gives; raises `UsageError` for what is no list of texts with names."""
    try:
        given = {one["name"]: one["string"] for one in json.loads(text or "[]")}
    except (ValueError, TypeError, KeyError):
        given = {"": None}
    if not all(isinstance(value, str) and name for name, value in given.items()):
        raise UsageError(f"{VARIABLE} is no list of parameters with a name and a string each")
    return given
