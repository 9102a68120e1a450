"""What the last run left on this machine, so that a run with nothing to do need not read its output.

Only a cache: without it, or with a wrong one, a run takes longer and gives the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from time import time_ns
from typing import Any, NamedTuple

from gitopsgen.tree.files import digest_of, read, replace
from gitopsgen.tree.holding import Holding, digest, hold, region_folder
from gitopsgen.tree.output import Descent, Output
from gitopsgen.tree.paths import JOURNAL
from gitopsgen.tree.records import Written
from gitopsgen.tree.state import state_directory
from gitopsgen.tree.survey import signature, survey, youngest

SCHEMA = 1
LARGEST = 1 << 24  # bytes: ours takes 250 for a region
# Two changes within one tick of the file system's clock cannot be told apart.
# A kernel's tick is at most 10 ms; where all times are whole seconds it is up to two.
TICK = 20_000_000
COARSE_TICK = 2_000_000_000


class Record(NamedTuple):
    """The folder of a region as a run left it: made from the inputs `key`, with that ledger and signature."""

    key: str
    ledger: str
    signature: str
    youngest: int


class TreeState:
    """The records of all regions; `save` keeps them for the next run."""

    def __init__(self, output: Output, records: Mapping[str, Record]) -> None:
        """Start from the records of an earlier run."""
        self._output = output
        self._records = dict(records)
        self._saved = dict(records)

    @classmethod
    def load(cls, output: Output) -> TreeState:
        """Load what the last run saved; anything unreadable counts as nothing."""
        try:
            with state_directory(output) as state, Descent(os.dup(state)) as way:
                size = os.stat(_name(output), dir_fd=state, follow_symlinks=False).st_size
                raw = read(_name(output), way, size) if size <= LARGEST else None
            return cls(output, _records(json.loads(raw or b"")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls(output, {})

    def is_clean(self, region: str, key: str) -> bool:
        """Whether the region's folder is as a run over the inputs `key` left it.

        Compares stats; where these differ (a checkout, a copy), reads the files once and compares with the ledger.
        """
        record = self._records.get(region)
        if record is None or record.key != key:
            return False
        try:
            with region_folder(self._output, region) as way:
                return way is not None and (self._is_untouched(way, record) or self._is_restored(way, region, record))
        except OSError:
            return False

    def _is_untouched(self, way: Descent, record: Record) -> bool:
        if not record.signature:
            return False
        found = survey(way)
        return record.signature == signature(found.files, found.others)

    def _is_restored(self, way: Descent, region: str, record: Record) -> bool:
        held = hold(way)
        is_settled = not (JOURNAL in held.survey.files or held.survey.leftovers or held.ledger.fault)
        if not is_settled or digest(held.raw_ledger or b"") != record.ledger or not _is_whole(held, way):
            return False
        files, others = held.survey.files, held.survey.others
        self._records[region] = record._replace(signature=signature(files, others), youngest=youngest(files))
        return True

    def record(self, written: Written, key: str) -> None:
        """Note that a region's folder now holds what the inputs `key` give."""
        if written.signature:
            self._records[written.region] = Record(key, written.ledger, written.signature, written.youngest)
        else:
            self.forget(written.region)

    def forget(self, region: str) -> None:
        """Note that nothing is known of a region's folder."""
        self._records.pop(region, None)

    def save(self) -> bool:
        """Keep the records for the next run, if they changed; says whether they are kept."""
        now = time_ns()
        records = {region: _settled(one, now) for region, one in sorted(self._records.items())}
        if records == self._saved:
            return True
        text = json.dumps({"schema": SCHEMA, "regions": records}, separators=(",", ":")).encode()
        with suppress(OSError), state_directory(self._output, create=True) as state:
            replace(_name(self._output), text, state)
            self._saved = records
            return True
        return False


def _settled(record: Record, now: int) -> Record:
    """Drop a signature that a change within the same tick would leave as it is."""
    tick = TICK if record.youngest % 1_000_000_000 else COARSE_TICK
    return record if record.youngest < now - tick else record._replace(signature="")


def _is_whole(held: Holding, way: Descent) -> bool:
    for path, entry in held.ledger.entries.items():
        stat = held.survey.files.get(path)
        if stat is None or digest_of(path, way, stat.size) != entry.digest:
            return False
    return True


def _name(output: Output) -> str:
    return f"{output.state_name}.tree.json"


def _records(document: Mapping[str, Any]) -> dict[str, Record]:
    if document["schema"] != SCHEMA:
        return {}
    return {
        region: Record(str(key), str(ledger), str(signed), int(latest))
        for region, (key, ledger, signed, latest) in document["regions"].items()
    }
