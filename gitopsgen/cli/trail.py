"""`gitopsgen trail`: which commit the manifests in another place were made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.diagnostics import UsageError

if TYPE_CHECKING:
    from gitopsgen.diff import Repository
    from gitopsgen.model.project import Settings
    from gitopsgen.model.variant import VariantId

app = subcommand()


@app.command()
def trail(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where `render --output-dir` wrote the manifests.")],
    revision: Annotated[
        str, option("--revision", metavar="REVISION", help="The commit that they were made from.")
    ] = "HEAD",
    project: ProjectDirectory = None,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Name the commit of manifests that stand elsewhere.

    For those who keep the output in a branch or a repository of its own: writes `hydrator.metadata`, as Argo CD's
    hydrator does, into DIR and into the folder of each variant there.

    gitopsgen trail ../rendered --revision main
    """
    from gitopsgen.argocd.trail import trail as files
    from gitopsgen.diff import Repository
    from gitopsgen.load import settings_of
    from gitopsgen.report import Report

    console = open_console(project, Format.TEXT, color, quiet)
    settings = settings_of(console.root)
    where = directory.absolute()
    if where.resolve() == (console.root / settings.generated).resolve():
        raise UsageError(f'"{directory}" is the project\'s own output: there the commit of the inputs is its own')
    variants = _variants(where)
    repository = Repository(console.root)
    commit = repository.commit(revision)
    _expect_inputs_of(repository, commit, settings)
    for path, text in files(settings.repository_url, commit, repository.said_of(commit), variants):
        (where / path).write_text(text, encoding="utf-8")
    told = f"{directory} is of {commit[:10]}: {len(variants)} variant{'s' * (len(variants) != 1)}"
    return console.finish(Report((), {}, () if quiet else (told,)))


def _variants(where: Path) -> list[VariantId]:
    """Give the variants whose manifests stand in a folder; raises `UsageError` where there are none."""
    from gitopsgen.model.variant import VariantId

    found = sorted(where.glob("*/*/*/kustomization.yaml"))
    if not found:
        raise UsageError(f'"{where}" holds no manifests: gitopsgen render --output-dir writes some')
    return [VariantId(*file.relative_to(where).parts[:3]) for file in found]


def _expect_inputs_of(repository: Repository, commit: str, settings: Settings) -> None:
    """Raise `UsageError` where the inputs at hand are not those of a commit: the trail would not be true."""
    inputs = ["gitopsgen.yaml", settings.blueprints, settings.overlays, settings.schemas]
    changed = repository.changed(commit, None, inputs)
    if changed:
        file = changed[0][0]
        raise UsageError(f'"{file}" is not as commit {commit[:10]} has it: commit it, or name another --revision')
