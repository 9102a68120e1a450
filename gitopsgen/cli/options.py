"""Options that several subcommands share: spelled once, the same everywhere.

Each can be given as an environment variable too: `GITOPSGEN_` and the flag's name.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

OUTPUT_HELP = "How findings and answers are printed."


class Format(StrEnum):
    """How findings and answers are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def findings_format(output: StrEnum) -> Format:
    """Give the format of findings: what is no format of theirs goes to stdout, and they to stderr as text."""
    return Format(output.value) if output.value in {*Format} else Format.TEXT


class Colour(StrEnum):
    """When the terminal's colours are used."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Weight(StrEnum):
    """From which severity on findings make a command fail."""

    ERROR = "error"
    WARNING = "warning"


def option(*flags: str, help: str, **more: Any) -> Any:  # noqa: A002 - the word that typer uses
    """Declare an option that is also read from the environment under its long name."""
    name = next(flag for flag in flags if flag.startswith("--"))
    variable = "GITOPSGEN_" + name.removeprefix("--").replace("-", "_").upper()
    return typer.Option(*flags, help=help, envvar=variable, show_envvar=False, **more)


ProjectDirectory = Annotated[
    Path | None,
    option("--project", metavar="DIR", help="The project's root; otherwise found upwards by its gitopsgen.yaml."),
]
Output = Annotated[Format, option("-o", "--output", help=OUTPUT_HELP)]
Color = Annotated[Colour, option("--color", help="Colours; NO_COLOR and FORCE_COLOR are honoured.")]
Verbose = Annotated[bool, option("-v", "--verbose", help="List every warning.")]
Quiet = Annotated[bool, option("-q", "--quiet", help="Leave out headings, counts and progress.")]

Regions = Annotated[list[str] | None, option("--region", metavar="GLOB", help="Only these regions (repeatable).")]
Clusters = Annotated[list[str] | None, option("--cluster", metavar="GLOB", help="Only these clusters (repeatable).")]
Cases = Annotated[list[str] | None, option("--case", metavar="GLOB", help="Only these cases (repeatable).")]
Selector = Annotated[
    list[str] | None,
    option("-l", "--selector", metavar="KEY=VALUE,…", help="Only where facts match: tier=edge-small,wave!=0."),
]
Sets = Annotated[
    list[str] | None,
    option("--set", metavar="PATH=VALUE", help="Set a value above all layers: payment-gateway.autoscaling.max=20."),
]
VersionSet = Annotated[
    str,
    option("--version-set", metavar="NAME", help="Render every cluster with this version set instead of its own."),
]
WaveName = Annotated[str, option("--wave", metavar="NAME", help="Only this wave of the case.")]
WaveBatch = Annotated[
    int, option("--batch", metavar="N", min=0, help="Only this batch of the wave, counted from 1; 0: any.")
]
DryRun = Annotated[bool, option("--dry-run", help="Write nothing; say what would change.")]
Jobs = Annotated[int, option("-j", "--jobs", min=0, help="Processes to use; 0: one a processor.")]
FailOn = Annotated[Weight, option("--fail-on", help="The least severity that makes the command fail.")]


def subcommand(**more: Any) -> typer.Typer:
    """Give the application of one subcommand: plain help, and no options of typer's own."""
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, **more)
