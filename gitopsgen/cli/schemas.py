"""`gitopsgen schemas`: the committed pack of schemas of custom kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitopsgen.cli.console import Console
from gitopsgen.cli.options import OUTPUT_HELP, Color, Colour, Format, Quiet, subcommand

app = subcommand(no_args_is_help=True)


@app.callback()
def schemas() -> None:
    """Keep the schemas of custom kinds that the checks use."""


@app.command("import")
def import_(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="CRD…", help="Files, folders, https addresses, - for standard input."),
    ] = None,
    output_dir: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="The pack to write to: schemas/<version set>.")
    ] = Path("schemas"),
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="KIND", help="Only this kind, as VirtualService.networking.istio.io/v1."),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option("--context", metavar="CONTEXT", help="Also those of a running cluster: a context of kubectl."),
    ] = None,
    output: Annotated[
        Format, typer.Option("-o", "--format", envvar="GITOPSGEN_OUTPUT", show_envvar=False, help=OUTPUT_HELP)
    ] = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Make schemas from custom resource definitions.

    Facts only: types, required fields, enums, bounds, patterns, list keys.

    Each kind and version becomes <group>/<kind>_<version>.json in the output directory; schemas.lock keeps the digests.

    gitopsgen schemas import crds/ --output schemas/modern
    """
    from gitopsgen.diagnostics import UsageError
    from gitopsgen.report import Report, numbered
    from gitopsgen.schemas.importer import import_crds

    if not sources and context is None:
        raise UsageError("no definitions to import: name files, folders or addresses, or a --context")
    console = Console(Path.cwd(), output, color, quiet)
    with console.working("reading definitions"):
        outcome = import_crds(sources or (), output_dir, only=only, context=context)
    written = [str(path) for path in outcome.value]
    summary = f"{numbered(len(written), 'schema')} written"
    return console.finish(Report(outcome.diagnostics, {"schemas": written}, written, (summary,)))
