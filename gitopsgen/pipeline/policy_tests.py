"""`policy test`: the tests of policies below some folders, gator's suites and Rego's own, run without either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, Final

from gitopsgen.diagnostics import Diagnostic, Location, UsageError
from gitopsgen.pipeline.own_rules import DATA
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.suites import SuiteError, is_suite, run_suite
from gitopsgen.policy.tested import Tested
from gitopsgen.policy.units import SUFFIX, TESTS, joined_data, read_modules, run_tests
from gitopsgen.source import Chunk, FindingKind, decoded, objects_of, read_bytes, read_chunk, split, walk

FAILED: Final = FindingKind("GG603", "failed-policy-test")
UNREADABLE: Final = FindingKind("GG604", "unreadable-policy-test")
MISSING: Final = FindingKind("GG605", "missing-policy-test")
_DOCUMENTS: Final = (".yaml", ".yml")


@dataclass(slots=True)
class TestReport:
    """The tests that were run, by file, and what was found; `texts` are the files that findings speak of."""

    __test__ = False  # pytest would take it for a test of its own
    tests: list[tuple[str, int, Tested]] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def run_policy_tests(paths: Sequence[str]) -> TestReport:
    """Run all tests below some paths; raises `UsageError` for a path that leads nowhere."""
    report = TestReport()
    files = [file for path in dict.fromkeys(paths) for file in _files(path, report)]
    for file in files:
        if file.endswith(_DOCUMENTS):
            _suites(file, report)
    for folder in sorted({str(File(file).parent) for file in files if file.endswith(TESTS)}):
        _folder(folder, [file for file in files if str(File(file).parent) == folder], report)
    if not report.tests and not report.findings:
        message = f'no test: neither a Suite of gator nor a "*{TESTS}" with rules called "test_…"'
        report.findings.append(MISSING.at(Location(", ".join(paths)), message))
    return report


def _files(path: str, report: TestReport) -> Iterator[str]:
    place = File(path)
    if place.is_file():
        yield path
        if path.endswith(TESTS):  # a test needs the policies beside it
            yield from sorted(str(one) for one in place.parent.glob(f"*{SUFFIX}") if one != place)
        return
    if not place.is_dir():
        raise UsageError(f'no file or folder "{path}"')
    walked = walk(place, ".")
    report.findings += [one.located(Location((place / one.location.file).as_posix())) for one in walked.diagnostics]
    names = (name.removeprefix("./") for name in walked.value if name.endswith((SUFFIX, *_DOCUMENTS)))
    yield from ((place / name).as_posix() for name in names)


def _suites(file: str, report: TestReport) -> None:
    text = _text(file)
    if text is None or "Suite" not in text:
        return
    for chunk in split(file, text):
        outcome = read_chunk(chunk)
        suites = [data for data in outcome.value if is_suite(data)]
        if not suites:
            continue
        report.texts[file] = text
        report.findings += outcome.diagnostics
        for tested in run_suite(suites[0], lambda name: _objects(File(file).parent, name)):
            place = chunk.locate(tested.place)[0]
            _take(report, place, tested)


def _objects(folder: File, name: str) -> Sequence[Mapping[str, Any]]:
    file = (folder / name).as_posix()
    text = _text(file)
    if text is None:
        raise SuiteError(f'the file "{file}" cannot be read')
    return list(_objects_in(split(file, text)))


def _objects_in(chunks: Iterable[Chunk]) -> Iterator[Mapping[str, Any]]:
    for chunk in chunks:
        outcome = read_chunk(chunk)
        if outcome.failed:
            raise SuiteError(f"{outcome.diagnostics[0].location}: {outcome.diagnostics[0].message}")
        for data in outcome.value:
            for _, each in objects_of(data):
                if not isinstance(each, dict):
                    raise SuiteError(f"{chunk.start}: the document is no object")
                yield each


def _text(file: str) -> str | None:
    raw = read_bytes(File(), file).value
    return None if raw is None else decoded(file, raw).value


def _folder(folder: str, files: Sequence[str], report: TestReport) -> None:
    """Run the tests of one folder: its policies belong together."""
    texts = [(file, _text(file) or "") for file in sorted(files) if file.endswith(SUFFIX)]
    report.texts |= dict(texts)
    try:
        policy = read_modules(texts)
        data = joined_data(list(_data(folder)))
    except PolicyError as error:
        place = Location(error.module or folder, error.line or None, error.column or None)
        report.findings.append(UNREADABLE.at(place, error.message))
        return
    for file, _ in texts:
        if file.endswith(TESTS):
            for tested in run_tests(policy, file, data):
                _take(report, Location(file, tested.line, 1), tested)


def _data(folder: str) -> Iterator[tuple[str, Any]]:
    """Give what the data files of a folder hold."""
    for file in ((File(folder) / name).as_posix() for name in DATA if (File(folder) / name).is_file()):
        for chunk in split(file, _text(file) or ""):
            outcome = read_chunk(chunk)
            if outcome.failed:
                first = outcome.diagnostics[0]
                raise PolicyError(first.message, file, first.location.line or 1)
            yield from ((file, content) for content in outcome.value)


def _take(report: TestReport, place: Location, tested: Tested) -> None:
    report.tests.append((place.file, place.line or 1, tested))
    if tested.wrong:
        report.findings.append(FAILED.at(place, f"{tested.name}: {tested.wrong}"))
