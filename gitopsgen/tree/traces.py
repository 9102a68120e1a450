"""The read-sets of the templates, kept once a trace in `.traces/`: the text, and back.

Each file names its template in its head, which is what makes it ours; there is no ledger of them,
so that two branches which add traces to one template merge without a word.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from gitopsgen.diagnostics import Diagnostic, Outcome, Severity
from gitopsgen.model.rendered import Rendered
from gitopsgen.tree.files import read, replace
from gitopsgen.tree.findings import finding, refused
from gitopsgen.tree.holding import region_folder
from gitopsgen.tree.ledger import Fault, fault_of
from gitopsgen.tree.output import Descent, Output, opened
from gitopsgen.tree.paths import TRACES, admit, prefixes
from gitopsgen.tree.records import Survey, Written, place
from gitopsgen.tree.survey import signature, survey, youngest

SCHEMA = 1
LARGEST = 1 << 24  # bytes of one template's read-sets
NO_LEDGER = "none"  # without one, only stats tell that the folder is clean
Reads = Any  # what a trace read, as lists of plain data
Traces = Mapping[str, Reads]  # by trace


@dataclass(frozen=True, slots=True)
class TracesPlan:
    """What a write would do to `.traces/`; paths are relative to the output directory, those of `writes` to it."""

    output: Output
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    writes: Mapping[str, bytes] = field(default_factory=dict)
    leftovers: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether anything forbids the write."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)

    @property
    def differs(self) -> bool:
        """Whether any file would change."""
        return bool(self.created or self.updated or self.deleted)


def plan_traces(output: Output, traces: Mapping[str, Traces], *, is_complete: bool) -> TracesPlan:
    """Compare the read-sets of this run, by template, with those on the disk.

    A run over a part of the fleet (not `is_complete`) adds its traces to those that other regions use.
    """
    try:
        with region_folder(output, TRACES) as way:
            found = survey(way) if way else Survey({}, {}, frozenset())
            held = {path: read(path, way, stat.size) or b"" for path, stat in found.files.items()} if way else {}
    except OSError as error:
        return TracesPlan(output, diagnostics=(refused(place(output, TRACES, ""), error, "read"),))
    texts = (_rendered(template, by_trace, {} if is_complete else held) for template, by_trace in traces.items())
    wanted, findings = admit(TRACES, texts)
    for path, one in wanted.items():
        if path in held and not _is_ours(path, held[path]):
            message = f'is not ours and has the name of the read-sets of "{one.template}"'
            findings.append(finding("foreign-file", place(output, TRACES, path), message))
    gone = [path for path, raw in held.items() if path not in wanted and is_complete and _is_ours(path, raw)]
    return TracesPlan(
        output,
        tuple(one.path for path, one in wanted.items() if path not in held),
        tuple(one.path for path, one in wanted.items() if held.get(path, one.content) != one.content),
        tuple(one.path for path, one in wanted.items() if held.get(path) == one.content),
        tuple(f"{TRACES}/{path}" for path in sorted(gone)),
        tuple(findings),
        {path: one.content for path, one in wanted.items() if held.get(path) != one.content},
        found.leftovers,
    )


def write_traces(plan: TracesPlan) -> Outcome[Written]:
    """Carry out a plan; the record is for `TreeState`, under the name of the folder."""
    if plan.failed:
        return Outcome(Written(TRACES, 0), plan.diagnostics)
    path = ""
    try:
        with opened(plan.output, create=True) as top, Descent(os.dup(top)) as way:
            for path in (*plan.leftovers, *(one.removeprefix(f"{TRACES}/") for one in plan.deleted)):
                _delete(path, way)
            for path, content in plan.writes.items():
                folder, _, name = path.rpartition("/")
                replace(name, content, way.to(f"{TRACES}/{folder}".rstrip("/"), create=True))
        with region_folder(plan.output, TRACES) as folders:
            standing = survey(folders) if folders else Survey({}, {}, frozenset())
    except OSError as error:
        return Outcome(Written(TRACES, 0), (refused(place(plan.output, TRACES, path), error),))
    stamp = signature(standing.files, standing.others)
    return Outcome(Written(TRACES, len(plan.writes), NO_LEDGER, stamp, youngest(standing.files)))


def _delete(path: str, way: Descent) -> None:
    folder, _, name = f"{TRACES}/{path}".rpartition("/")
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=way.to(folder))
    for emptied in sorted(prefixes(folder), reverse=True):
        above, _, name = emptied.rpartition("/")
        with suppress(OSError):
            os.rmdir(name, dir_fd=way.to(above))


def read_traces(output: Output) -> Outcome[dict[str, dict[str, Reads]]]:
    """Read all read-sets, by template and trace; a file that is broken gives what can be read of it, and a finding."""
    traces: dict[str, dict[str, Reads]] = {}
    findings = []
    try:
        with region_folder(output, TRACES) as way:
            for path, stat in sorted(survey(way).files.items()) if way else ():
                raw = read(path, way, stat.size) if way else None
                if raw and _is_ours(path, raw):
                    traces[path.removesuffix(".json")], fault = _parsed(raw)
                    findings += [finding(one.kind, place(output, TRACES, path, one.line), one.message) for one in fault]
    except OSError as error:
        findings.append(refused(place(output, TRACES, ""), error, "read"))
    return Outcome(traces, tuple(findings))


def _rendered(template: str, traces: Traces, held: Mapping[str, bytes]) -> Rendered:
    path = f"{template}.json"
    earlier = _parsed(held[path])[0] if path in held and _is_ours(path, held[path]) else {}
    return Rendered(f"{TRACES}/{path}", _text(template, {**earlier, **traces}), TRACES, template)


def _text(template: str, traces: Traces) -> bytes:
    lines = (f"{quoted(trace)}: {json.dumps(traces[trace], sort_keys=True)},\n" for trace in sorted(traces))
    return b"".join((_head(template), "".join(lines).encode("ascii"), b'"": null\n}\n}\n'))


def _head(template: str) -> bytes:
    return f'{{\n"schema": {SCHEMA},\n"template": {quoted(template)},\n"traces": {{\n'.encode("ascii")


def _is_ours(path: str, raw: bytes) -> bool:
    return raw.startswith(_head(path.removesuffix(".json")))


def _parsed(raw: bytes) -> tuple[dict[str, Reads], list[Fault]]:
    if len(raw) > LARGEST:
        return {}, [Fault("corrupt-ledger", f"is larger than {LARGEST >> 20} MiB", 1)]
    try:
        return {trace: reads for trace, reads in json.loads(raw)["traces"].items() if trace}, []
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        lines = raw.decode(errors="replace").splitlines()
        return dict(filter(None, map(_trace_of_line, lines))), [fault_of(lines, error)]


def _trace_of_line(line: str) -> tuple[str, Reads] | None:
    try:
        ((trace, reads),) = json.loads(f"{{{line.rstrip().removesuffix(',')}}}").items()
    except (ValueError, RecursionError):
        return None
    return (trace, reads) if trace and isinstance(reads, list) else None
