"""Nothing is lost: runs that are killed, that find the disk full or a file unwritable, and two runs at once."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.tree import Output, Rendered, lock, output_of, plan, plan_pruning, sweep, verify, write
from tests.faults import failing_at, killed_after
from tests.tree_driver import OWN, REGIONS, files_of, rendered_of, run

ROOT = Path(__file__).parent.parent
DEEP = bool(os.environ.get("GITOPSGEN_DEEP"))  # set by `make deep`, which runs what is marked
pytestmark = [pytest.mark.deep] if DEEP else []
KILLS = 300 if DEEP else 30
EXAMPLES = 1000 if DEEP else 60
SMALL = 3  # files a region, where every instant is tried

FOREIGN = {"shanghai/notes.txt": b"foreign\n", "shanghai/edge/case-0/mine.yaml": b"a: 1\n", "README.md": b"read me\n"}


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return output_of(tmp_path, "generated")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    """Give room for hundreds of trees: in memory where it can be, as some disks take minutes for them."""
    memory = Path("/dev/shm")  # noqa: S108 - a directory of our own in it
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as room:
        yield Path(room)


def standing(output: Output) -> dict[str, bytes]:
    found = (Path(folder, name) for folder, _, names in os.walk(output.path) for name in names)
    return {one.relative_to(output.path).as_posix(): one.read_bytes() for one in found}


def content(output: Output) -> dict[str, bytes]:
    """Give what stands there without the tree's own bookkeeping and what is still under way."""
    return {
        path: raw
        for path, raw in standing(output).items()
        if not OWN.intersection(path.split("/")) and "stage-" not in path
    }


def plant(output: Output, foreign: Mapping[str, bytes] = FOREIGN) -> None:
    for path, raw in foreign.items():
        (output.path / path).parent.mkdir(parents=True, exist_ok=True)
        (output.path / path).write_bytes(raw)


def assert_old_or_new(output: Output, *versions: Mapping[str, bytes]) -> None:
    for path, raw in content(output).items():
        assert raw in [version[path] for version in (*versions, FOREIGN) if path in version], path


def assert_repaired(output: Output, version: int, size: int) -> None:
    """A run finds no hand-edited file, gives exactly the new tree, and verify has nothing to say but of strangers."""
    assert run(output, version, size) == ()
    assert content(output) == files_of(version, size) | FOREIGN
    assert {path for path in standing(output) if ".gitopsgen" in path} == set()
    found = verify(output, ((region, rendered_of(region, version, size)) for region in REGIONS)).value
    assert {path for paths in found.values() for path in paths} == FOREIGN.keys()
    assert set(found) <= {"foreign-file"}


def operations_of_a_run(output: Output, version: int) -> int:
    with killed_after(10**9) as operations:
        run(output, version, SMALL)
    return operations.count


@pytest.mark.parametrize("fresh", [True, False])
def test_a_run_may_die_before_any_of_its_operations(room, fresh):
    """Every instant, and after it the same run again or another one."""
    probe = output_of(room / "probe", "generated")
    plant(probe)
    if not fresh:
        run(probe, 1, SMALL)
    for limit in range(operations_of_a_run(probe, 2)):
        for then in (2, 3, 1) if DEEP else (1 + limit % 3,):
            output = output_of(room / f"{limit}-{then}", "generated")
            plant(output)
            if not fresh:
                run(output, 1, SMALL)
            with killed_after(limit):
                run(output, 2, SMALL)
            assert_old_or_new(output, {} if fresh else files_of(1, SMALL), files_of(2, SMALL))
            assert_repaired(output, then, SMALL)


def test_a_run_may_die_and_then_the_run_that_repairs_it(room):
    """Every third pair of instants (each one, in depth): what both left is still known for ours."""
    paths = [f"shanghai/edge/pay/{name}" for name in "abc"]
    first, second, third, fourth = (dict.fromkeys(paths, b"version: %d\n" % number) for number in range(4))
    whole = Model(room / "probe")
    whole.render(first, "")
    with killed_after(10**9) as operations:
        whole.render(second, "")
    for number in range(0, operations.count**2, 1 if DEEP else 3):
        model = Model(room / f"{number}")
        model.render(first, "")
        model.kill(second, number // operations.count)
        model.kill(dict(list(third.items())[:2]), number % operations.count)

        assert model.render(fourth, "")
        assert content(model.output) == fourth


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_process_may_be_killed_at_any_time(output, seed):
    chance = random.Random(seed)  # noqa: S311 - it only has to be the same again
    plant(output)
    if seed % 3:
        run(output, 1, 40)
    command = [sys.executable, "-m", "tests.tree_driver", str(output.anchor), "2", "40"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        child.stdout.read(1)  # it has planned and begins to write
        sleep(chance.random() * 0.02)
        child.send_signal(signal.SIGKILL)
    assert_old_or_new(output, files_of(1, 40), files_of(2, 40))
    assert_repaired(output, chance.choice([1, 2, 3]), 40)


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_any_operation_may_fail_for_once(room, fresh, code):
    check_failures(room, code, fresh=fresh, for_good=False)


@pytest.mark.parametrize("fresh", [True, False])
def test_the_disk_may_be_full_from_any_operation_on(room, fresh):
    check_failures(room, errno.ENOSPC, fresh=fresh, for_good=True)


def check_failures(root: Path, code: int, *, fresh: bool, for_good: bool) -> None:
    probe = output_of(root / "probe", "generated")
    plant(probe)
    if not fresh:
        run(probe, 1, SMALL)
    for number in range(1, operations_of_a_run(probe, 2) + 1, 1 if DEEP else 2):
        output = output_of(root / f"{number}", "generated")
        plant(output)
        if not fresh:
            run(output, 1, SMALL)
        with failing_at(number, code, for_good=for_good):
            found = run(output, 2, SMALL)
        assert_old_or_new(output, {} if fresh else files_of(1, SMALL), files_of(2, SMALL))
        assert {one.name for one in found} <= {"inaccessible-file"}
        assert all(one.location.file.startswith(("generated", ".gitopsgen/")) for one in found)
        assert found or content(output) == files_of(2, SMALL) | FOREIGN
        assert_repaired(output, 2, SMALL)


def test_a_file_that_cannot_be_replaced_is_named_and_the_others_are_written(output):
    """A directory that refuses changes: the ledger still tells the truth, so a later run goes on from there."""
    plant(output)
    run(output, 1, SMALL)
    real = os.rename

    def refuse(source, target, **options):
        if target == "file-1.yaml":
            raise PermissionError(errno.EACCES, "Permission denied")
        real(source, target, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", refuse)
        found = run(output, 2, SMALL)

    assert {(one.code, one.message) for one in found} == {("GG862", "cannot be written: permission denied")}
    assert {one.location.file.rpartition("/")[2] for one in found} == {"file-1.yaml"}
    assert "stale-file" in verify(output, ((region, rendered_of(region, 2, SMALL)) for region in REGIONS)).value
    assert_repaired(output, 3, SMALL)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S607 - as mount


def test_a_disk_may_really_be_full(small_disk):
    output = output_of(small_disk, "generated")
    plant(output)
    run(output, 1, 8)
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * 4096 - 16384))
    found = run(output, 2, 12)

    assert "cannot be written: no space left on device" in {one.message for one in found}
    assert_old_or_new(output, files_of(1, 8), files_of(2, 12))

    filler.unlink()

    assert_repaired(output, 2, 12)


def test_a_file_may_grow_beyond_its_limit(output):
    """The other way in which a write ends early."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    plant(output)
    run(output, 1, SMALL)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        found = run(output, 2, SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert {one.message for one in found} == {"cannot be written: file too large"}
    assert content(output) == files_of(1, SMALL) | FOREIGN
    assert_repaired(output, 2, SMALL)


def test_two_runs_at_once_take_turns(output):
    """Whoever is second waits: the tree is that of one of them, whole."""
    plant(output)
    versions = (1, 2, 3, 4)
    command = [sys.executable, "-m", "tests.tree_driver", str(output.anchor)]
    children = [
        subprocess.Popen([*command, str(version), "40"], cwd=ROOT, stdout=subprocess.PIPE) for version in versions
    ]
    ends = [child.communicate()[1:] and child.returncode for child in children]

    assert ends == [0, 0, 0, 0]
    assert content(output) in [files_of(version, 40) | FOREIGN for version in versions]
    assert_repaired(output, 5, 40)


def test_a_second_run_that_waits_too_long_is_told_who_writes(output):
    held = lock(output).value
    with held:
        second = lock(output, wait=0.05)

        assert second.value is None
        assert [one.code for one in second.diagnostics] == ["GG863"]
        assert f"process {os.getpid()}" in second.diagnostics[0].message
    again = lock(output, wait=0).value
    again.release()

    assert (output.state / ".gitignore").read_text() == "*\n"


def test_the_lock_of_a_dead_process_is_free(output):
    code = "import os; from tests.tree_driver import *; lock(output_of(Path(sys.argv[1]), 'generated')); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(output.anchor)], cwd=ROOT, check=False)

    assert lock(output, wait=0).value


def test_a_lock_behind_a_symbolic_link_is_refused(output, tmp_path):
    (tmp_path / "outside").mkdir()
    output.state.symlink_to(tmp_path / "outside")

    assert [one.name for one in lock(output).diagnostics] == ["blocked-path"]
    assert list((tmp_path / "outside").iterdir()) == []


PATHS = st.sampled_from([f"shanghai/edge/{case}/{name}" for case in ("pay", "bank") for name in ("a", "b", "c")])
CONTENTS = st.sampled_from([b"a: 1\n", b"a: 2\n", b"b: 1\n"])
RENDERS = st.tuples(st.just("render"), st.dictionaries(PATHS, CONTENTS, max_size=6), st.sampled_from(["", "pay"]))
STEPS = st.one_of(
    RENDERS,
    st.tuples(st.just("kill"), st.dictionaries(PATHS, CONTENTS, max_size=6), st.integers(0, 40)),
    st.tuples(st.just("edit"), PATHS, st.sampled_from([b"mine\n", b"theirs\n"])),
    st.tuples(st.just("remove"), PATHS),
    st.tuples(st.just("prune")),
)


class Model:
    """What must hold whatever happens: people's bytes stay unless they themselves remove them."""

    def __init__(self, root: Path) -> None:
        self.output = output_of(root, "generated")
        self.people: dict[str, bytes] = {}

    def render(self, files: Mapping[str, bytes], selected: str) -> bool:
        chosen = {path: raw for path, raw in files.items() if selected in path}
        plans = [plan(self.output, "shanghai", rendered(chosen), in_scope=lambda owner: selected in owner)]
        sweep(self.output)
        outcomes = [write(one) for one in plans]
        failed = any(outcome.failed for outcome in outcomes)
        if not failed:
            found = content(self.output)
            assert {path: found.get(path) for path in chosen} == chosen
        return not failed

    def kill(self, files: Mapping[str, bytes], limit: int) -> None:
        with killed_after(limit):
            self.render(files, "")

    def edit(self, path: str, raw: bytes) -> None:
        (self.output.path / path).parent.mkdir(parents=True, exist_ok=True)
        (self.output.path / path).write_bytes(raw)
        self.people[path] = raw

    def remove(self, path: str) -> None:
        (self.output.path / path).unlink(missing_ok=True)
        self.people.pop(path, None)

    def prune(self) -> None:
        for one in plan_pruning(self.output, ()):
            write(one)


def rendered(files: Mapping[str, bytes]) -> list[Rendered]:
    return [Rendered(path, raw, path.rpartition("/")[0], "t.j2", "t", "i") for path, raw in files.items()]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=12), last=st.dictionaries(PATHS, CONTENTS, max_size=6))
def test_whatever_happens_nothing_of_a_person_is_lost(tmp_path_factory, steps, last):
    model = Model(tmp_path_factory.mktemp("model"))
    for name, *arguments in steps:
        getattr(model, name)(*arguments)
        found = content(model.output)

        assert {path: found.get(path) for path in model.people} == model.people
    for path in list(model.people):
        model.remove(path)

    assert model.render(last, "")
    assert content(model.output) == last
    assert verify(model.output, [("shanghai", rendered(last))]).value == {}
