"""`gitopsgen report`: the fleet on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.diagnostics import UsageError

app = subcommand()


@app.command()
def report(
    output_dir: Annotated[
        Path | None,
        option("--output-dir", metavar="DIR", help="Where the page goes; otherwise below .gitopsgen/."),
    ] = None,
    base: Annotated[
        str, option("--base", metavar="REVISION", help="Tell also what changed in the output since then.")
    ] = "",
    open_page: Annotated[bool, option("--open", help="Show the page in the browser.")] = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Write the fleet as one page, and as JSON beside it.

    The page is one file that asks no server for anything: cities on a map and in a table, capacity, releases,
    findings, what runs where, and with --base what changed. What is wrong with the fleet stands in the page; it does
    not make the command fail.

    gitopsgen report --base origin/main --output-dir public
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.pipeline import write_report
    from gitopsgen.report import Report

    if output_dir and output_dir.exists() and not output_dir.is_dir():
        raise UsageError(f'--output-dir: "{output_dir}" is no folder')
    folder = output_dir.absolute() if output_dir else console.root / ".gitopsgen" / "report"
    with console.working("gathering the fleet"):
        done = write_report(console.root, folder, base)
    if open_page:
        import webbrowser

        webbrowser.open(done.value.page.as_uri())
    written = done.value
    count = {"cities": written.cities, "variants": written.variants}
    record = {"page": _shown(written.page), "data": _shown(written.data), **count}
    summary = ", ".join(f"{name}: {number}" for name, number in count.items())
    return console.finish(Report(done.diagnostics, {"written": [record]}, [_shown(written.page)], (summary,)))


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
