"""The reference that the code itself gives: docs/reference/, with commands, files and findings."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final

import click
import typer

import gitopsgen
from gitopsgen import cli
from gitopsgen.check.documentation import summary, write
from gitopsgen.check.rules import RULES
from gitopsgen.load.documentation import page as files
from gitopsgen.review.rules import RULES as DANGERS
from gitopsgen.source import FindingKind

EXIT_CODES: Final[Mapping[int, str]] = {
    cli.DONE: "done; warnings do not count, unless `--fail-on warning`",
    cli.FOUND: "an error was found, or a difference under `render --check`, `diff --exit-code` and `verify`",
    cli.USAGE: "wrong usage",
    cli.BUG: "a bug of ours, with a block to paste into an issue",
    cli.INTERRUPTED: "interrupted; `143` and `129` where SIGTERM or SIGHUP did that",
}
_CODE: Final = re.compile(r"GG\d{3}")
_CALL: Final = re.compile(r"^gitopsgen |\| gitopsgen ")
_COMMANDS: Final = """\
# Commands

`-h` after any command prints what stands here.
Each option can be set in the environment too (`--region` as `GITOPSGEN_REGION`); the command line wins.
Findings go to stderr, answers to stdout; with `-o json` both are one object on stdout.

Generated from the commands themselves: `make reference`.

## Exit codes

"""
_FINDINGS: Final = """\
# Findings

Every finding has a code and a name; [how to read one](../how-to/read-a-finding.md).
Those of manifests and of changes have a page each, which `gitopsgen rule CODE` prints too.
The others say in their message what was found and what was expected.

Generated from the code: `make reference`.

| code | name | severity | about |
|---|---|---|---|
"""
# The part of the package in which a kind of finding stands says what it is about.
_ABOUT: Final[Mapping[str, str]] = {
    "source": "a file, before it is understood",
    "load": "the project's own files and facts",
    "values": "values, against the schema of the case",
    "compose": "how variants come of layers",
    "waves": "waves and batches of a rollout",
    "patches": "a patch",
    "pipeline.findings": "a template, or what it gives",
    "pipeline": "manifests of others, as `check` reads them",
    "schemas": "schemas of custom kinds",
    "tree": "the output tree",
    "argocd": "what Argo CD is told",
    "pins": "the image lock",
    "scaffold": "what was scaffolded",
}


def pages() -> dict[str, str]:
    """Give all pages by file name."""
    return {"commands.md": commands(), "files.md": files(), "findings.md": findings()}


def commands() -> str:
    """Give the page of all commands, their options and exit codes."""
    codes = "".join(f"| `{code}` | {said} |\n" for code, said in EXIT_CODES.items())
    parts = [f"{_COMMANDS}| Code | Meaning |\n|---|---|\n{codes}"]
    group = typer.main.get_command(cli.app)
    for name, command in _below(group, click.Context(group, info_name="gitopsgen")):
        parts.append(_command(name, command))
    return "\n".join(parts)


def _below(group: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Give the commands that do something, by their full name, in the order of the help."""
    if not isinstance(group, click.Group):
        yield context.command_path, group
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command:
            yield from _below(command, click.Context(command, info_name=name, parent=context))


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    parts = [f"## {name}", f"```text\n{usage}\n```", *_prose(command.help or "")]
    given = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [each for each in given if isinstance(each, click.Argument)]
    if arguments:
        rows = [f"| {_name(each, context)} | {_cell(getattr(each, 'help', ''))} |" for each in arguments]
        parts.append("\n".join(["| Argument | What it is |", "|---|---|", *rows]))
    options = [each for each in given if isinstance(each, click.Option) and each.name != "help"]
    rows = [f"| {_flags(each, context)} | {_cell(each.help)} | {_default(each)} |" for each in options]
    parts.append("\n".join(["| Option | What it does | Default |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _prose(text: str) -> list[str]:
    """Give the paragraphs of a help; calls of the program become blocks of code."""
    paragraphs = [paragraph.strip() for paragraph in text.replace("\b\n", "").split("\n\n")]
    return [f"```sh\n{each}\n```" if _CALL.search(each) else each for each in paragraphs if each]


def _name(argument: click.Argument, context: click.Context) -> str:
    return f"`{argument.make_metavar(context)}`".replace("|", ", ")


def _flags(option: click.Option, context: click.Context) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    return f"`{names}{value}`".replace("|", ", ")


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _default(option: click.Option) -> str:
    value: Any = option.default
    return "" if value in (None, "", False, (), []) or callable(value) else f"`{getattr(value, 'value', value)}`"


def findings() -> str:
    """Give the page that lists every code."""
    rows = [(each.RULE, f"[{each.RULE.name}](../rules/{each.RULE.name}.md)", summary(each)) for each in RULES]
    rows += [(each.RULE, f"[{each.RULE.name}](../dangers/{each.RULE.name}.md)", summary(each)) for each in DANGERS]
    known = {rule.code: (name, rule.severity.value, said) for rule, name, said in rows}
    for module, kind in kinds():
        part = module.partition(".")[0]
        known.setdefault(kind.code, (kind.name, kind.severity.value, _ABOUT.get(module) or _ABOUT.get(part, part)))
    lines = [f"| {code} | {name} | {severity} | {said} |" for code, (name, severity, said) in sorted(known.items())]
    return _FINDINGS + "\n".join(lines) + "\n"


def kinds() -> Iterator[tuple[str, FindingKind]]:
    """Give every kind of finding that the package declares, with the module that declares it."""
    for found in walk_packages(gitopsgen.__path__, "gitopsgen."):
        if ".templates." in found.name or found.name.endswith("__main__"):
            continue
        for declared in vars(import_module(found.name)).values():
            for kind in _kinds_of(declared):
                yield found.name.removeprefix("gitopsgen."), kind


def _kinds_of(declared: Any) -> Iterator[FindingKind]:
    """Give what a name of a module declares: a kind, or a table of codes by name."""
    if isinstance(declared, FindingKind):
        yield declared
    elif isinstance(declared, dict) and all(_CODE.fullmatch(str(code)) for code in declared.values()):
        yield from (FindingKind(code, name) for name, code in declared.items())


if __name__ == "__main__":
    write(sys.argv[1], pages())
