"""A search for inputs that break the tool, led by which lines of it they reach: `make fuzz`.

`python -m tests.fuzz TARGET [option of libFuzzer]…` runs one target; what it finds is written to a file and shown.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

# Only what is loaded below is watched; which modules these are is told at length.
with redirect_stderr(StringIO()), atheris.instrument_imports(include=["gitopsgen", "tests.properties"]):
    from tests.fuzz import manifests, projects

TARGETS: Mapping[str, tuple[Callable[[bytes], None], Callable[[], Iterator[bytes]]]] = {
    "manifests": (manifests.judge, manifests.seeds),
    "projects": (projects.read, projects.seeds),
}


def main() -> None:
    """Search until it is over, or something breaks."""
    name, *options = sys.argv[1:]
    judge, seeds = TARGETS[name]
    with TemporaryDirectory(prefix="fuzz-") as folder:
        for number, seed in enumerate(seeds()):
            (Path(folder) / f"{number}").write_bytes(seed)
        atheris.Setup([sys.argv[0], *options, folder], judge, enable_python_coverage=True)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
