"""What `promote` and `rollback` have in common: how they render, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gitopsgen.cli.render import files_of, processors
from gitopsgen.diagnostics import Severity

if TYPE_CHECKING:
    from gitopsgen.cli.console import Console
    from gitopsgen.pipeline import PromotionReport, RenderOptions
    from gitopsgen.promote import Change


def options_of(jobs: int, dry_run: bool) -> RenderOptions:
    """Give how the cities are rendered; which ones follows from the change."""
    from gitopsgen.model.selection import Selection
    from gitopsgen.pipeline import RenderOptions

    return RenderOptions(Selection(), jobs=jobs or processors(), dry_run=dry_run)


def today() -> str:
    """Give the day on which a release is made."""
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def finish(console: Console, work: Callable[[], PromotionReport], *, dry_run: bool, verbose: bool) -> int:
    """Do the work, and say what was changed."""
    from gitopsgen.report import Report

    with console.working("rendering"):
        done = work()
    findings = done.rendered.diagnostics
    is_failed = any(finding.severity is Severity.ERROR for finding in findings)
    change = None if is_failed else done.change
    files = files_of(console.root, done.rendered) if change else []
    records: dict[str, Sequence[Any]] = {"clusters": _records(done, change) if change else [], "files": files}
    if change:
        lines = list(_lines(done, change, len(files), dry_run))
    elif is_failed:
        lines = ["nothing was written, because of what was found"]
    else:
        lines = ["nothing to do: every cluster there runs the release"]
    return console.brief(verbose).finish(Report(findings, records, () if console.quiet else lines))


def _records(done: PromotionReport, change: Change) -> list[dict[str, Any]]:
    return [
        {"cluster": name, "case": change.case, "from": done.before[name] or None, "to": had[-1] if had else None}
        for name, had in sorted(change.clusters.items())
    ]


def _lines(done: PromotionReport, change: Change, files: int, dry_run: bool) -> Iterator[str]:
    """Give a line for each way from one release to another, then one with what was written."""
    ways: dict[tuple[str, str], list[str]] = {}
    for name, had in sorted(change.clusters.items()):
        ways.setdefault((done.before[name] or "none", had[-1] if had else "none"), []).append(name)
    if change.batch:
        yield f"{change.case}: {change.batch}"
    for (before, after), names in ways.items():
        yield f"  {before} -> {after}: {', '.join(short(names, tuple(change.clusters)))}"
    clusters = f"{len(change.clusters)} cluster{'s' * (len(change.clusters) != 1)}"
    changed = f"{files} file{'s' * (files != 1)}"
    yield f"{clusters} {'would be ' if dry_run else ''}changed: the release lock and {changed}"


def short(names: Sequence[str], every: Sequence[str] = ()) -> list[str]:
    """Give clusters by their cities alone, where none has two of them among all that are spoken of."""
    cities = [name.partition("/")[0] for name in every or names]
    return [name.partition("/")[0] for name in names] if len(set(cities)) == len(cities) else list(names)
