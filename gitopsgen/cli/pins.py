"""`gitopsgen pins`: the image lock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, option, subcommand
from gitopsgen.cli.settings import settings_of

if TYPE_CHECKING:
    from gitopsgen.pins import Resolve

app = subcommand(no_args_is_help=True)


@app.callback()
def pins() -> None:
    """Pin image tags to digests in the image lock."""


@app.command()
def update(
    images: Annotated[
        list[str] | None, typer.Argument(metavar="[IMAGE]…", help="repository:tag, or a glob of those in the lock.")
    ] = None,
    registry: Annotated[
        str, option("--registry", metavar="HOST", help="Ask this registry in place of those that the lock names.")
    ] = "",
    again: Annotated[bool, option("--all", help="Ask again for the images that have a digest.")] = False,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Resolve the image lock's tags to digests.

    The registries are asked. Without IMAGE: every image that has no digest yet.
    Comments and layout of the lock are kept.
    GITOPSGEN_REGISTRY_USER and GITOPSGEN_REGISTRY_PASSWORD are sent to registries that ask for them.

    gitopsgen pins update payment/payment-gateway:1.5.0
    """
    from datetime import UTC, datetime

    from gitopsgen import pins
    from gitopsgen.report import Report

    console = open_console(project, output, color, quiet)
    settings = settings_of(console.root)
    lock = f"{settings.overlays}/{pins.LOCK}"
    wanted = pins.Wanted(settings.registry, tuple(images or ()), registry, again)
    with console.working("asking registries"):
        outcome = pins.update(console.root, lock, wanted, _resolver(), datetime.now(UTC).date().isoformat())
    changed = [pin for pin in outcome.value if pin.changed]
    lines = [f"{pin.image}  {pin.digest}" for pin in changed]
    summary = f"new digests in {lock}: {len(changed)}"
    return console.finish(Report(outcome.diagnostics, {"images": pins.images_of(outcome.value)}, lines, (summary,)))


def _resolver() -> Resolve:
    from gitopsgen.registry import Registry

    user, password = (os.environ.get(f"GITOPSGEN_REGISTRY_{name}", "") for name in ("USER", "PASSWORD"))
    known: dict[str, Registry] = {}

    def resolve(registry: str, repository: str, tag: str) -> str:
        client = known.setdefault(registry, Registry(registry, user, password))
        return client.digest(repository, tag)

    return resolve
