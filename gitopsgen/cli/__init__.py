"""The command line: options in, exit code out.

Knows what the subcommands are called and where they live; nothing of what they do.
Exit codes: 0 done, 1 an error or a difference was found, 2 wrong usage, 3 a bug of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click
import typer
from typer.core import TyperGroup

from gitopsgen import __version__
from gitopsgen.diagnostics import UsageError

# One line a subcommand: its module, which has an `app`. Only the one that runs is imported.
COMMANDS = {
    "init": "gitopsgen.cli.init",
    "new": "gitopsgen.cli.new",
    "import": "gitopsgen.cli.importing",
    "remove": "gitopsgen.cli.remove",
    "upgrade": "gitopsgen.cli.upgrade",
    "render": "gitopsgen.cli.render",
    "list": "gitopsgen.cli.listing",
    "explain": "gitopsgen.cli.explain",
    "impact": "gitopsgen.cli.impact",
    "diff": "gitopsgen.cli.diff",
    "capacity": "gitopsgen.cli.capacity",
    "check": "gitopsgen.cli.check",
    "rule": "gitopsgen.cli.rule",
    "policy": "gitopsgen.cli.policy",
    "verify": "gitopsgen.cli.verify",
    "evidence": "gitopsgen.cli.evidence",
    "schemas": "gitopsgen.cli.schemas",
    "pins": "gitopsgen.cli.pins",
    "promote": "gitopsgen.cli.promote",
    "rollback": "gitopsgen.cli.rollback",
    "status": "gitopsgen.cli.status",
    "plugin": "gitopsgen.cli.plugin",
}

DONE, FOUND, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130


class LazyGroup(TyperGroup):
    """A group whose subcommands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order in which a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and build one subcommand."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return typer.main.get_command(import_module(COMMANDS[cmd_name]).app)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,  # importing rich costs more than a whole no-op run
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gitopsgen {__version__}")
        raise typer.Exit


@app.callback(epilog="Flags can be given as GITOPSGEN_<FLAG> too. Start with: gitopsgen render --region shanghai")
def gitopsgen(
    _version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Compose case blueprints with per-city overlays into checked manifests for Argo CD."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a traceback is only ever printed as part of a bug report."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = typer.main.get_command(app).main(args=given, prog_name="gitopsgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except UsageError as error:
        return _say(str(error), USAGE)
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except OSError as error:
        return _failed_by_the_system(error, given)
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes exit code 3
        return _bug(error, given)
    return _say("interrupted", code) if code == INTERRUPTED else int(code or DONE)


def _say(sentence: str, code: int) -> int:
    typer.echo(f"gitopsgen: {sentence}", err=True)
    return code


def _failed_by_the_system(error: OSError, arguments: Sequence[str]) -> int:
    """Tell a full disk or a forbidden file from a bug: the first names a file that the user can look at."""
    if isinstance(error, BrokenPipeError):
        # the reader of our output has gone; the interpreter must not flush into the closed pipe again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    if error.filename is None and error.strerror is None:
        return _bug(error, arguments)
    return _say(f"error: {error.strerror}: {error.filename or 'while reading or writing'}", FOUND)


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    from gitopsgen.cli.bug import block

    typer.echo(block(error, arguments), err=True)
    return BUG
