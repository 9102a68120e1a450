"""`gitopsgen trail`: which commit the manifests in another place were made from."""

from __future__ import annotations

from collections.abc import Iterator
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
    hydrator does, into DIR and into the folder of each variant there whose manifests changed since it was last named.

    gitopsgen trail ../rendered --revision main
    """
    from gitopsgen.argocd.trail import FILE
    from gitopsgen.argocd.trail import trail as files
    from gitopsgen.diff import Repository
    from gitopsgen.load import settings_of
    from gitopsgen.report import Report

    console = open_console(project, Format.TEXT, color, quiet)
    settings = settings_of(console.root)
    where = directory.absolute()
    if where.resolve() == (console.root / settings.generated).resolve():
        raise UsageError(f'"{directory}" is the project\'s own output: there the commit of the inputs is its own')
    variants = dict(_variants(where))
    repository = Repository(console.root)
    commit = repository.commit(revision)
    _expect_inputs_of(repository, commit, settings)
    changed = {one: digest for one, digest in variants.items() if not _is_told(where / str(one) / FILE, digest)}
    for path, text in files(settings.repository_url, commit, repository.said_of(commit), changed):
        (where / path).write_text(text, encoding="utf-8")
    same = f", {len(variants) - len(changed)} of them as before" if len(changed) < len(variants) else ""
    told = f"{directory} is of {commit[:10]}: {len(variants)} variant{'s' * (len(variants) != 1)}{same}"
    return console.finish(Report((), {}, () if quiet else (told,)))


def _variants(where: Path) -> Iterator[tuple[VariantId, str]]:
    """Give the variants in a folder with the digests of their manifests; raises `UsageError` where there are none."""
    from gitopsgen.argocd.trail import FILE, digest_of
    from gitopsgen.model.variant import VariantId

    found = sorted(where.glob("*/*/*/kustomization.yaml"))
    if not found:
        raise UsageError(f'"{where}" holds no manifests: gitopsgen render --output-dir writes some')
    for folder in (file.parent for file in found):
        files = (file for file in folder.rglob("*") if file.is_file() and file.name != FILE)
        digest = digest_of((file.relative_to(folder).as_posix(), file.read_bytes()) for file in files)
        yield VariantId(*folder.relative_to(where).parts), digest


def _is_told(file: Path, digest: str) -> bool:
    """Tell whether the commit of the same manifests is named already."""
    from gitopsgen.argocd.trail import digest_in

    return file.is_file() and digest_in(file.read_text(encoding="utf-8", errors="replace")) == digest


def _expect_inputs_of(repository: Repository, commit: str, settings: Settings) -> None:
    """Raise `UsageError` where the inputs at hand are not those of a commit: the trail would not be true."""
    inputs = ["gitopsgen.yaml", settings.blueprints, settings.overlays, settings.schemas]
    changed = repository.changed(commit, None, inputs)
    if changed:
        file = changed[0][0]
        raise UsageError(f'"{file}" is not as commit {commit[:10]} has it: commit it, or name another --revision')
