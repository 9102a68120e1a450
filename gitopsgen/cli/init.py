"""`gitopsgen init`: a new GitOps repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitopsgen.cli.asking import NoInput, asker
from gitopsgen.cli.console import Console
from gitopsgen.cli.options import Color, Colour, Format, Output, Quiet, option, subcommand

app = subcommand()


@app.command()
def init(
    directory: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder of the new repository: none yet, or an empty one.")
    ] = Path(),
    repository: Annotated[str, option("--repository", metavar="URL", help="The Git repository, for Argo CD.")] = "",
    registry: Annotated[str, option("--registry", metavar="HOST", help="The image registry.")] = "",
    owners: Annotated[str, option("--owners", metavar="TEAM", help="Who reviews changes (CODEOWNERS).")] = "",
    no_input: NoInput = False,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Make a new GitOps repository that works at once.

    One case in three cities, rendered; CI, pre-commit, README.
    Until the case's image is pushed, its digest is unknown, and a warning says so.

    gitopsgen init shop-gitops --repository https://git.example.com/shop/gitops.git
    """
    from gitopsgen.compose import Selection
    from gitopsgen.diagnostics import Severity
    from gitopsgen.pipeline import RenderOptions, render
    from gitopsgen.report import Report
    from gitopsgen.scaffold.repository import new_repository
    from gitopsgen.scaffold.schema_files import changed_schemas
    from gitopsgen.scaffold.writing import apply, taken_back_unless_done

    root = directory.resolve()
    given = {"repository_url": repository, "registry": registry, "owners": owners}
    made = new_repository(root, {key: value for key, value in given.items() if value}, asker(no_input))
    console = Console(root, output, color, quiet)
    with taken_back_unless_done(made.undo), console.working("rendering"):  # not before: until here it may ask
        apply(root, changed_schemas(root).value)
        report = render(root, RenderOptions(Selection()))
    records = {"files": list(made.files)}
    lines = [f"{directory}/{name}" for name in ("gitopsgen.yaml", "README.md", "blueprints", "overlays", "generated")]
    following = "make test" if (root / ".git").exists() else "git init, make test"
    summary = (f"{len(made.files)} files in {directory}, and what they render to; next: {following}",)
    if not any(one.severity is Severity.ERROR for one in report.diagnostics):
        return console.finish(Report(report.diagnostics, records, lines, summary))
    taken_back = ("nothing was made, because of what the answers would lead to",)
    code = console.finish(Report(report.diagnostics, {"files": []}, (), taken_back))
    made.undo()  # only now: findings are shown with the lines that they are about
    return code
