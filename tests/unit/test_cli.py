"""The frame of the command line: start-up, exit codes, where output goes."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import re
import signal
import subprocess
import sys

import click
import pytest
import typer

from gitopsgen import UsageError, __version__, cli
from gitopsgen.cli.bug import block
from gitopsgen.cli.console import Console, find_root, source_lines, use_colour
from gitopsgen.cli.options import Colour, Format
from gitopsgen.cli.settings import from_here
from gitopsgen.diagnostics import Diagnostic, Location, Severity
from gitopsgen.report import Report

WARNING = Diagnostic("GG101", "n", Severity.WARNING, "m", Location("a.yaml", 1, 1))
SLOW_IMPORTS = ["jinja2", "yaml", "ruamel", "jsonschema_rs", "rich", "kubernetes_validate", "pydantic", "cookiecutter"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def failing(monkeypatch):
    """Make `gitopsgen verify` raise what the test says."""

    def fail_with(error):
        def raise_it(*_, **__):
            raise error

        monkeypatch.setattr("gitopsgen.cli.verify.open_console", raise_it)

    return fail_with


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in cli.COMMANDS)])
def test_help_imports_nothing_slow(arguments):
    """A no-op run of the fleet has 0.25 s in all: none of it is for libraries that it does not use."""
    program = (
        "import sys; from gitopsgen.cli import main; code = main(sys.argv[1:]);"
        f"print(code, sorted(set({SLOW_IMPORTS}) & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)

    assert done.stderr == "0 []\n"
    assert done.stdout


def test_version(capsys):
    assert cli.main(["--version"]) == cli.DONE
    assert capsys.readouterr().out == f"gitopsgen {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["rendr"], ["render", "--regio", "x"], ["list", "cities"], ["render", "-j", "x"], ["list"]]
)
def test_wrong_usage_is_2_and_says_so_on_stderr(arguments, capsys):
    assert cli.main(arguments) == cli.USAGE

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Error: " in printed.err


def test_outside_a_project_is_wrong_usage(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert cli.main(["verify"]) == cli.USAGE
    assert "no gitopsgen.yaml here or in any directory above" in capsys.readouterr().err


def test_a_bug_is_3_with_a_block_to_paste(failing, capsys):
    failing(ZeroDivisionError("oops"))

    assert cli.main(["verify", "-q"]) == cli.BUG

    said = capsys.readouterr().err
    assert f"version: gitopsgen {__version__}, Python " in said
    assert "command: gitopsgen verify -q" in said
    assert "Traceback" in said
    assert said.endswith("ZeroDivisionError: oops\n")


def test_a_bug_report_keeps_values_that_may_be_secret_out():
    told = block(ValueError("x"), ["render", "--set", "a.b=hunter2", "--set=c.d=hunter2", "--region", "k=v"])

    assert "hunter2" not in told
    assert "command: gitopsgen render --set 'a.b=…' '--set=c.d=…' --region k=v" in told


def test_an_interrupt_is_130_without_a_traceback(failing, capsys):
    failing(KeyboardInterrupt())

    assert cli.main(["verify"]) == cli.INTERRUPTED
    assert capsys.readouterr().err == "gitopsgen: interrupted\n"


def test_a_full_disk_is_no_bug(failing, capsys):
    failing(OSError(errno.ENOSPC, "No space left on device", "generated/x.yaml"))

    assert cli.main(["verify"]) == cli.FOUND
    assert capsys.readouterr().err == "gitopsgen: error: No space left on device: generated/x.yaml\n"


def test_a_reader_that_goes_away_is_no_bug():
    """`gitopsgen list variants | head -1`."""
    program = "from gitopsgen.cli import main; raise SystemExit(main(['--help']))"
    with subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep(0.2); {program}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.close()

        assert process.stderr.read() == ""


def test_the_root_is_found_upwards(tmp_path, monkeypatch):
    (tmp_path / "gitopsgen.yaml").touch()
    below = tmp_path / "overlays" / "regions"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    assert find_root(None) == tmp_path
    assert find_root(tmp_path) == tmp_path
    with pytest.raises(UsageError, match=r"no gitopsgen.yaml in .*regions"):
        find_root(below)


@pytest.mark.parametrize(
    ("wanted", "environment", "terminal", "expected"),
    [
        (Colour.AUTO, {}, False, False),
        (Colour.AUTO, {}, True, True),
        (Colour.AUTO, {"TERM": "dumb"}, True, False),
        (Colour.AUTO, {"NO_COLOR": "1"}, True, False),
        (Colour.AUTO, {"NO_COLOR": ""}, True, True),
        (Colour.AUTO, {"FORCE_COLOR": "1"}, False, True),
        (Colour.ALWAYS, {"NO_COLOR": "1"}, False, True),
        (Colour.NEVER, {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colours_follow_flag_environment_and_terminal(wanted, environment, terminal, expected, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", Terminal() if terminal else io.StringIO())

    assert use_colour(wanted, sys.stderr) is expected


def test_data_goes_to_stdout_and_findings_to_stderr(tmp_path, capsys):
    code = Console(tmp_path).finish(Report((WARNING,), {"files": ["a"]}, ["one", "two"], ("said",)))

    printed = capsys.readouterr()
    assert code == 0
    assert printed.out == "one\ntwo\n"
    assert printed.err == "a.yaml:1:1: warning[GG101] m (n)\nsaid\n1 warning\n"


def test_json_is_one_object_on_stdout(tmp_path, capsys):
    Console(tmp_path, Format.JSON).finish(Report((WARNING,), {"files": ["a"]}, ["one"], ("said",)))

    printed = capsys.readouterr()
    assert json.loads(printed.out)["files"] == ["a"]
    assert printed.err == ""


def test_quiet_leaves_findings_only(tmp_path, capsys):
    Console(tmp_path, quiet=True).finish(Report((WARNING,), {}, (), ("said",)))

    assert capsys.readouterr().err == "a.yaml:1:1: warning[GG101] m (n)\n"


def test_github_annotates(tmp_path, capsys):
    Console(tmp_path, Format.GITHUB).finish(Report((WARNING,)))

    assert capsys.readouterr().err == "::warning file=a.yaml,line=1,col=1,title=GG101 n::m\n1 warning\n"


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        (Severity.ERROR, Severity.ERROR, 1),
        (Severity.WARNING, Severity.ERROR, 0),
        (Severity.WARNING, Severity.WARNING, 1),
        (Severity.INFO, Severity.WARNING, 0),
    ],
)
def test_the_exit_code_follows_the_severity(severity, fail_on, code, tmp_path):
    finding = Diagnostic("GG101", "n", severity, "m", Location("a.yaml"))

    assert Console(tmp_path).finish(Report((finding,)), fail_on) == code


def test_progress_is_counted_for_terminals_only(tmp_path, monkeypatch):
    with Console(tmp_path).working("rendering") as count:
        assert count is None

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("gitopsgen.cli.console._PATIENCE", 1e-6)
    for way in ({"quiet": True}, {"format": Format.JSON}):
        with Console(tmp_path, **way).working("rendering") as count:
            assert count is None
    with Console(tmp_path).working("rendering") as count:
        count(1, 2)
        signal.setitimer(signal.ITIMER_REAL, 0)
        count(2, 2)
    assert sys.stderr.getvalue().endswith("\r\x1b[Krendering 1/2 … 0 s\r\x1b[Krendering … 0 s\r\x1b[K")


def test_what_is_done_at_once_shows_no_progress(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")

    with Console(tmp_path).working("rendering") as count:
        count(1, 2)

    assert sys.stderr.getvalue() == "\r\x1b[K"


def test_only_the_first_warnings_of_a_code_are_told_unless_all_are_wanted(tmp_path, capsys):
    warnings = [Diagnostic("GG1", "a-warning", Severity.WARNING, "so so", Location(f"f{n}")) for n in range(9)]

    for verbose, told in ((False, 3), (True, 9)):
        Console(tmp_path).brief(verbose).finish(Report(tuple(warnings)))

        assert capsys.readouterr().err.count("so so") == told


def test_a_subcommand_that_is_misspelt_brings_the_one_meant(capsys):
    assert cli.main(["rendr"]) == 2
    assert "No such command 'rendr'. Did you mean 'render'?" in capsys.readouterr().err
    assert cli.main(["zzz"]) == 2
    assert "No such command 'zzz'.\n" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["verify"], ["evidence", "--framework", "soc2"]])
def test_an_output_directory_that_is_none_is_wrong_usage(command, tmp_path, monkeypatch, capsys):
    (tmp_path / "gitopsgen.yaml").write_text("")
    monkeypatch.chdir(tmp_path)

    assert cli.main([*command, "--output-dir", "nowhere"]) == 2
    assert '--output-dir: "nowhere" is no folder' in capsys.readouterr().err


def test_source_lines_stay_inside_the_project(tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.yaml").write_text("one\ntwo\n")
    line_at = source_lines(root)

    assert line_at(Location("a.yaml", 2)) == "two"
    assert line_at(Location("a.yaml", 9)) is None
    assert line_at(Location("a.yaml")) is None
    assert line_at(Location("missing.yaml", 1)) is None
    assert line_at(Location("../secret", 1)) is None


@pytest.mark.parametrize("command", ["explain", "impact", "list", "pins update", "schemas import"])
def test_every_argument_says_what_it_takes(command, capsys):
    with contextlib.suppress(SystemExit):
        cli.main([*command.split(), "--help"])
    arguments = capsys.readouterr().out.partition("Arguments:\n")[2].partition("\n\n")[0]

    assert re.search(r"[A-Za-z]{3}\.", arguments), arguments  # a sentence, not the name alone


def test_errors_stand_nearest_to_the_prompt(tmp_path, capsys):
    found = [
        Diagnostic("GG1", "an-error", Severity.ERROR, "bad", Location("a")),
        Diagnostic("GG2", "a-warning", Severity.WARNING, "so so", Location("b")),
    ]

    Console(tmp_path).finish(Report(tuple(found)))

    told = capsys.readouterr().err
    assert told.index("a-warning") < told.index("an-error")


def test_a_file_may_be_named_from_where_one_stands(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/file.yaml").write_text("a: 1\n")
    monkeypatch.chdir(tmp_path / "in")

    assert from_here("file.yaml#a=2") == str(tmp_path / "in/file.yaml#a=2")
    assert from_here("generated/other.yaml#a") == "generated/other.yaml#a"


class _Slow(Exception):  # noqa: N818 - no error: how the test ends the work
    pass


def test_work_that_takes_long_is_told_on_a_terminal_and_wiped(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("gitopsgen.cli.console._PATIENCE", 0.01)
    before = signal.getsignal(signal.SIGALRM)

    with contextlib.suppress(_Slow), Console(tmp_path).working("comparing"):
        signal.pause()
        raise _Slow

    assert sys.stderr.getvalue() == "\r\x1b[Kcomparing … 0 s\r\x1b[K"
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("way", [{"quiet": True}, {"format": Format.JSON}, {}])
def test_nothing_of_it_reaches_a_pipe_a_program_or_who_wants_quiet(way, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stderr", Terminal() if way else io.StringIO())
    monkeypatch.setenv("TERM", "xterm")

    with Console(tmp_path, **way).working("comparing"):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)

    assert sys.stderr.getvalue() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "regions"],
        ["render"],
        ["diff", "--render"],
        ["report"],
        ["doctor"],
        ["pins", "update"],
        ["new", "region", "elsewhere", "--no-input"],
        ["import", ".", "--case", "a"],
        ["policy", "test", "overlays"],
        ["schemas", "import", "overlays", "--output", "build"],
    ],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_each_command_that_may_take_long_says_so(arguments, quiet, monkeypatch, tmp_path):
    (tmp_path / "gitopsgen.yaml").write_text("broken: [\n")
    (tmp_path / "overlays").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    started = []
    monkeypatch.setattr("signal.setitimer", lambda *times: started.append(times[1]))

    cli.main([*arguments, *(["-q"] if quiet else [])])

    assert bool(started) is not quiet


def test_colours_of_what_goes_to_a_file_do_not_follow_from_a_terminal_beside_it(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stderr", Terminal())

    assert use_colour(Colour.AUTO, sys.stderr)
    assert not use_colour(Colour.AUTO, io.StringIO())


@pytest.mark.parametrize("command", [name for name in cli.COMMANDS if name not in {"lsp", "plugin"}])
def test_every_command_of_people_takes_colours_and_quiet(command):
    """`lsp` and `plugin` speak to programs."""
    group = click.Context(typer.main.get_command(cli.app))
    found = group.command.get_command(group, command)
    for one in found.commands.values() if isinstance(found, click.Group) else [found]:
        assert {"color", "quiet"} <= {parameter.name for parameter in one.params}, one.name


def test_a_page_of_a_rule_stands_out_on_a_terminal_alone(capsys):
    assert cli.main(["rule", "GG423", "--color", "never"]) == 0
    plain = capsys.readouterr().out
    assert cli.main(["rule", "GG423", "--color", "always"]) == 0
    coloured = capsys.readouterr().out

    assert "\x1b[1m## Why\x1b[0m\n" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
