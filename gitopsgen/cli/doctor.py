"""`gitopsgen doctor`: whether program, machine and project are as they should be."""

from __future__ import annotations

from pathlib import Path

from gitopsgen.cli.console import Console, find_root
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, subcommand
from gitopsgen.diagnostics import UsageError

app = subcommand()


@app.command()
def doctor(
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Tell whether program, machine and project are sound.

    Versions, git, the cache, the project's inputs, optional programs, hooks, completion, schemas for editors.
    Exits with 1, and a hint, where something is wrong; what is merely not there is told. -q leaves out what is fine.

    gitopsgen doctor
    """
    from gitopsgen.pipeline.health import State, examine
    from gitopsgen.report import Report, terminal

    try:
        root: Path | None = find_root(project)
    except UsageError:
        if project is not None:
            raise
        root = None
    console = Console(root or Path.cwd(), output, color, quiet)
    with console.working("examining"):
        examined = list(examine(root))
    records = [
        {"name": one.name, "state": one.state.value, "found": one.found, "hint": one.hint or None} for one in examined
    ]
    shown = [one for one in examined if one.state is State.WRONG or not quiet]
    rows = [[one.state.value, one.name, f"{one.found} ({one.hint})" if one.hint else one.found] for one in shown]
    wrong = [one for one in examined if one.state is State.WRONG]
    summary = (
        f"{len(wrong)} of {len(examined)} things {'is' if len(wrong) == 1 else 'are'} wrong"
        if wrong
        else "nothing is wrong",
    )
    console.finish(Report((), {"examined": records}, terminal.table(rows), summary))
    return int(bool(wrong))
