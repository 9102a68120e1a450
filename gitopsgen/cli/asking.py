"""Questions on the terminal, for commands that make files of answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import click
import typer

from gitopsgen.cli.options import option

if TYPE_CHECKING:
    from gitopsgen.scaffold.template import Ask

NoInput = Annotated[bool, option("--no-input", help="Ask nothing: defaults for all that is not given.")]


def asker(no_input: bool) -> Ask | None:
    """Give what asks a person, or None where none is to be asked or there is no terminal to ask on."""
    return None if no_input or not sys.stdin.isatty() else _ask


def _ask(question: str, default: str, choices: tuple[str, ...]) -> str:
    kind = click.Choice(choices) if choices else str
    answer: str = typer.prompt(question, default=default or None, type=kind, err=True)
    return answer


def agreed(question: str, yes: bool) -> bool:
    """Ask whether to go on; without a terminal only `--yes` is an answer."""
    return yes or (sys.stdin.isatty() and typer.confirm(question, err=True))
