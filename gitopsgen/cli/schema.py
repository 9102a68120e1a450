"""`gitopsgen schema`: the schemas of the files that people write, for their editors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gitopsgen.cli.console import Console, find_root
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.diagnostics import Outcome, UsageError

if TYPE_CHECKING:
    from gitopsgen.load.editors import EditorSchema

app = subcommand()


@app.command()
def schema(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which one; all are listed otherwise.")] = "",
    case: Annotated[str, option("--case", metavar="CASE", help="Of this case: `values` and `overlay-case`.")] = "",
    write: Annotated[bool, option("--write", help="Write all of them to docs/schemas.")] = False,
    modelines: Annotated[bool, option("--modelines", help="Let the first line of each file name its schema.")] = False,
    check: Annotated[bool, option("--check", help="Write nothing; exit with 1 where a file would change.")] = False,
    base_url: Annotated[str, option("--base-url", metavar="URL", help="Where the schemas of `catalog` stand.")] = "",
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Print the JSON Schema of a kind of file, for editors.

    Inside a project they know its cases: values are completed and judged while you type.
    `catalog` lists them as SchemaStore does, `vscode` gives settings of Visual Studio Code.

    gitopsgen schema values --case payment-gateway

    gitopsgen schema --write --modelines
    """
    from gitopsgen.load.editors import editor_schemas
    from gitopsgen.report import Report

    root = _root(project)
    console = Console(root or Path.cwd(), output, color, quiet)
    if write or modelines or check:
        if root is None or name:
            raise UsageError("--write, --modelines and --check are about all schemas of a project: give no NAME")
        return _written(console, write or not modelines, modelines, check)
    outcome = editor_schemas(root)
    if name:
        typer.echo(_text(outcome.value, f"{name}-{case}" if case else name, base_url), nl=False)
        return Console(console.root, Format.TEXT, color, quiet).finish(Report(outcome.diagnostics))
    from gitopsgen.report import terminal

    records = [{"name": one.name, "files": list(one.files)} for one in outcome.value]
    rows = terminal.table([[one.name, ", ".join(one.files)] for one in outcome.value])
    return console.finish(Report(outcome.diagnostics, {"schemas": records}, rows))


def _root(project: Path | None) -> Path | None:
    try:
        return find_root(project)
    except UsageError:
        if project is not None:
            raise
        return None  # any project's schemas then


def _text(schemas: tuple[EditorSchema, ...], name: str, base_url: str) -> str:
    from gitopsgen.load.editors import bundled, catalogue, vscode
    from gitopsgen.values import did_you_mean

    if name in ("catalog", "vscode"):
        return catalogue(schemas, base_url) if name == "catalog" else vscode(schemas)
    known = {one.name: one for one in schemas}
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f'no schema is called "{name}": {hint or "gitopsgen schema lists them"}')
    return bundled(schemas, name)


def _written(console: Console, write: bool, modelines: bool, check: bool) -> int:
    from gitopsgen.load.editors import editor_schemas
    from gitopsgen.report import Report
    from gitopsgen.scaffold.schema_files import changed_modelines, changed_schemas, stale, unnamed
    from gitopsgen.scaffold.writing import apply

    schemas = changed_schemas(console.root) if write else Outcome({})
    if schemas.failed:
        return console.finish(Report(schemas.diagnostics, summary=("nothing was written, because of what was found",)))
    lines = changed_modelines(console.root, editor_schemas(console.root).value) if modelines else {}
    if check:
        return console.finish(Report((*stale(console.root, schemas.value), *unnamed(lines))))
    changes = {**schemas.value, **lines}
    apply(console.root, changes)
    return console.finish(Report((), {"files": list(changes)}, list(changes), (_counted(len(changes)),)))


def _counted(changed: int) -> str:
    return f"{changed} file{'s' if changed != 1 else ''} written" if changed else "everything is up to date"
