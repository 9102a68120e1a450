"""Files of a project: however one of them reads, loading, composing and rendering end with findings."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from gitopsgen.compose import Selection
from gitopsgen.diagnostics import UsageError
from gitopsgen.pipeline import RenderOptions, render
from tests.projects import FILES

NAMES = sorted(FILES)


def read(content: bytes) -> None:
    """Put what follows the first byte in the place of the file that it numbers, and render the project."""
    if not content:
        return
    name = NAMES[content[0] % len(NAMES)]
    with TemporaryDirectory(prefix="fuzzed-") as folder:
        for path, text in FILES.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content[1:] if path == name else text.encode())
        with suppress(UsageError):  # it is told as an error of how the tool is used
            render(Path(folder), RenderOptions(Selection(regions=("shanghai",))))


def seeds() -> Iterator[bytes]:
    """Give what the search begins with: the files as they are."""
    for number, name in enumerate(NAMES):
        yield bytes([number]) + FILES[name].encode()
