"""`gitopsgen lsp`: a language server on standard input and output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gitopsgen.cli.console import find_root
from gitopsgen.cli.options import ProjectDirectory, subcommand

app = subcommand()


@app.command()
def lsp(project: ProjectDirectory = None) -> int:
    """Serve an editor by the Language Server Protocol.

    Findings as you type, hover, definition and completion, on standard input and output; no file is written.

    gitopsgen lsp --project .
    """
    from gitopsgen.lsp import Server

    def found(folder: Path | None) -> Path:
        has_settings = folder is not None and (folder / "gitopsgen.yaml").is_file()
        return find_root(project or (folder if has_settings else None))

    received = os.fdopen(os.dup(sys.stdin.fileno()), "rb")  # of its own: the interpreter closes `sys.stdin` at its end
    # whatever prints must not come between messages
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as sent:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        return Server(received, sent, found).run()
