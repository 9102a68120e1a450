"""The command line: options in, exit code out.

Knows what the subcommands are called and where they live; nothing of what they do.
Exit codes: 0 done, 1 an error or a difference was found, 2 wrong usage, 3 a bug of ours, 130 interrupted, 129 and 143
where a signal did that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click
import typer
from click.shell_completion import CompletionItem
from typer.core import TyperGroup

from gitopsgen import __version__
from gitopsgen.cli.ending import ending_codes
from gitopsgen.diagnostics import UsageError

# One line a subcommand: its module, which has an `app`, and its help. Only the module of the one that runs is imported.
COMMANDS = {
    "init": ("gitopsgen.cli.init", "Make a new GitOps repository that works at once."),
    "new": ("gitopsgen.cli.new", "Make a city, a case, a policy or a service from a template."),
    "import": ("gitopsgen.cli.importing", "Adopt existing manifests, one tree a city."),
    "remove": ("gitopsgen.cli.remove", "Take a city, a case or a service out of the project."),
    "upgrade": ("gitopsgen.cli.upgrade", "Merge newer templates into what was scaffolded."),
    "render": ("gitopsgen.cli.render", "Render, check and write the selected variants."),
    "watch": ("gitopsgen.cli.watch", "Render and check whenever a file is saved, until Ctrl-C."),
    "list": ("gitopsgen.cli.listing", "List regions, clusters, cases or variants."),
    "explain": ("gitopsgen.cli.explain", "Tell where a rendered field or a value comes from."),
    "values": ("gitopsgen.cli.values", "Print merged values, each with the line that set it."),
    "impact": ("gitopsgen.cli.impact", "Name what depends on an input file or a value."),
    "diff": ("gitopsgen.cli.diff", "Show what changes in the rendered fleet, and its dangers."),
    "capacity": ("gitopsgen.cli.capacity", "Show what pods ask for and what nodes give."),
    "check": ("gitopsgen.cli.check", "Check manifests as a cluster would, without one."),
    "rule": ("gitopsgen.cli.rule", "Print what a rule finds, why, and how to mend it."),
    "policy": ("gitopsgen.cli.policy", "Try policies in Rego, and Gatekeeper's around it."),
    "verify": ("gitopsgen.cli.verify", "Compare the output tree with ledgers and inputs."),
    "trail": ("gitopsgen.cli.trail", "Name the commit of manifests that stand elsewhere."),
    "evidence": ("gitopsgen.cli.evidence", "List what supports the controls of a standard."),
    "report": ("gitopsgen.cli.report", "Write the fleet as one page, and as JSON beside it."),
    "fmt": ("gitopsgen.cli.fmt", "Lay out overlays, values and templates alike."),
    "schema": ("gitopsgen.cli.schema", "Print the JSON Schema of a kind of file, for editors."),
    "schemas": ("gitopsgen.cli.schemas", "Keep the schemas of custom kinds that the checks use."),
    "pins": ("gitopsgen.cli.pins", "Pin image tags to digests in the image lock."),
    "promote": ("gitopsgen.cli.promote", "Bring a release of a case to the next clusters."),
    "rollback": ("gitopsgen.cli.rollback", "Take a case back to the release before."),
    "status": ("gitopsgen.cli.status", "Tell which city runs which release."),
    "doctor": ("gitopsgen.cli.doctor", "Tell whether program, machine and project are sound."),
    "lsp": ("gitopsgen.cli.lsp", "Serve an editor by the Language Server Protocol."),
    "plugin": ("gitopsgen.cli.plugin", "Answer Argo CD's plugin server (plugin.yaml in docs/argocd.md)."),
}

COMPLETING = "_GITOPSGEN_COMPLETE"  # the variable in which click's completion is asked for
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
        command = typer.main.get_command(import_module(COMMANDS[cmd_name][0]).app)
        if COMPLETING in os.environ:
            from gitopsgen.cli.completing import attach

            attach(command, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a subcommand; a name that is none brings the one that may be meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            meant = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"No such command {args[0]!r}.{f' Did you mean {meant[0]!r}?' if meant else ''}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without importing them."""
        offered = [
            CompletionItem(name, help=help_) for name, (_, help_) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*offered, *click.Command.shell_complete(self, ctx, incomplete)]


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
    if COMPLETING in os.environ:
        from gitopsgen.cli.completing import read_joined

        read_joined()
    with ending_codes() as came:
        code = _run(given)
    return came[0] if came and code == INTERRUPTED else code


def _run(given: Sequence[str]) -> int:
    try:
        code = typer.main.get_command(app).main(args=list(given), prog_name="gitopsgen", standalone_mode=False)
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
