"""What the output tree has to say: one maker for each kind of finding.

Knows codes, names and words only; it opens no file.
"""

from __future__ import annotations

from errno import EISDIR, ELOOP, ENOTDIR

from gitopsgen.diagnostics import Diagnostic, Location, Severity

CODES = {
    "edited-file": "GG851",
    "foreign-file": "GG852",
    "stale-file": "GG853",
    "missing-file": "GG854",
    "orphan-file": "GG855",
    "interrupted-write": "GG856",
    "unmerged-ledger": "GG857",
    "corrupt-ledger": "GG858",
    "unsafe-path": "GG859",
    "colliding-path": "GG860",
    "blocked-path": "GG861",
    "inaccessible-file": "GG862",
    "locked-tree": "GG863",
}

HINTS = {
    "edited-file": "keep the change in an overlay or a patch and restore the file, or write over it with --force",
    "foreign-file": "move it out of the output directory; --force writes over it where a rendered file has its name",
    "stale-file": "run gitopsgen render",
    "missing-file": "run gitopsgen render",
    "orphan-file": "run gitopsgen render for all regions: it deletes what it owns",
    "interrupted-write": "run gitopsgen render: it finishes what the stopped run began",
    "unmerged-ledger": "run gitopsgen render: it takes the entries of both sides and writes the ledger again",
    "corrupt-ledger": "restore it from Git, or run gitopsgen render --force, which keeps the lines that can be read",
    "unsafe-path": "change the name that the template gives, or the path of the file under bootstrap/",
    "colliding-path": "give one of the two another name",
    "blocked-path": "move it away: only files of this tool are replaced",
    "inaccessible-file": "mend the cause and run again: files already written stay valid",
    "locked-tree": "wait for it to end",
}


def finding(name: str, location: Location, message: str, *, severity: Severity = Severity.ERROR) -> Diagnostic:
    """Make a finding of the kind `name`, with its code and its usual cure."""
    return Diagnostic(CODES[name], name, severity, message, location, HINTS[name])


def refused(location: Location, error: OSError, verb: str = "written") -> Diagnostic:
    """Tell what the operating system refused, and why."""
    if error.errno in {ENOTDIR, ELOOP, EISDIR}:
        message = "is in the way, or a directory above it is: a symbolic link, or a file for a directory"
        return finding("blocked-path", location, message)
    return finding("inaccessible-file", location, f"cannot be {verb}: {(error.strerror or str(error)).lower()}")


def shown(path: str) -> str:
    """Give a name that any terminal can print: what is not printable is escaped."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path)
