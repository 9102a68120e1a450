"""How programs come into the cache outside the checkout: built by Go, or unpacked from a package.

Knows no program by name.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOG_LINES = 15


class UnavailableError(Exception):
    """A program cannot be had on this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class WrapperModule:
    """A Go module of our own: for a program whose `replace` lines stop `go install`, or for a file of ours (`./`)."""

    go_mod: str
    package: str
    ldflags: str


def cache_folder() -> Path:
    """Say where built programs are kept between runs."""
    chosen = os.environ.get("GITOPSGEN_CACHE")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "gitopsgen"


def provided(name: str) -> Path | None:
    """Give a program of that name that the user has ready in the folder KUBEBUILDER_ASSETS."""
    folder = os.environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        return None
    program = Path(folder).expanduser() / name
    return program if os.access(program, os.X_OK) else None


def provided_release(name: str, version: str) -> Path | None:
    """Take a program without a version in its name if it is of the same minor release."""
    program = provided(name)
    if program is None:
        return None
    minor = version.rpartition(".")[0]
    return program if f" v{minor}." in run([str(program), "--version"]) else None


def cached(name: str, version: str, make: Callable[[Path], None]) -> Path:
    """Let `make` put the program `name` into a folder, unless an earlier run has done so."""
    home = cache_folder() / name / version
    program = home / name
    if program.exists():
        return program
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / ".lock"):
        # Another process may have finished while this one waited.
        if not program.exists():
            partial = home / ".partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            try:
                make(partial)
            except UnavailableError as error:
                message = f"{name} {version}: {error}"
                raise UnavailableError(message) from error
            (partial / name).replace(program)
            shutil.rmtree(partial)
    return program


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # The system drops the lock when its holder dies, so a killed build blocks nobody.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def build(module: WrapperModule, program: Path) -> None:
    """Build the program of a module into a file of an empty folder."""
    folder = program.parent
    (folder / "go.mod").write_text(module.go_mod)
    if not module.package.startswith("./"):
        # Without an import of the package, Go would drop the requirement.
        tools = f'//go:build tools\n\npackage tools\n\nimport _ "{module.package}"\n'
        (folder / "tools.go").write_text(tools)
    flags = ["-buildvcs=false", "-trimpath", "-mod=mod", "-ldflags", f"-s -w {module.ldflags}"]
    run([tool("go"), "build", *flags, "-o", str(program), module.package], folder, _go_settings())


def upstream_go_mod(module: str, folder: Path) -> str:
    """Read the go.mod of `module@version`."""
    download = run([tool("go"), "mod", "download", "-json", module], folder, _go_settings())
    return Path(json.loads(download)["GoMod"]).read_text()


def module_folder(module: str, folder: Path) -> Path:
    """Give where Go keeps the sources of `module@version`; `folder` is one to run in."""
    download = run([tool("go"), "mod", "download", "-json", module], folder, _go_settings())
    return Path(json.loads(download)["Dir"])


def language(go_mod: str) -> str:
    """Give the line of a go.mod that says which Go it wants."""
    found = re.search(r"^go (\S+)", go_mod, re.MULTILINE)
    return f"go {found.group(1) if found else '1.22'}"


def install(package: str, folder: Path) -> None:
    """Build `package@version`, whose go.mod replaces nothing, into a folder."""
    settings = {**_go_settings(), "GOBIN": str(folder)}
    run([tool("go"), "install", "-trimpath", package], folder, settings)


def _go_settings() -> Mapping[str, str]:
    # No C compiler needed, and the result does not depend on the system's libraries.
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}


def tool(name: str) -> str:
    """Find a program of the system."""
    path = shutil.which(name)
    if path is None:
        message = f"{name} is not installed, and KUBEBUILDER_ASSETS names no ready program"
        raise UnavailableError(message)
    return path


def run(
    command: list[str],
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Run a command and give its output; its failure means that something is not to be had."""
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        # Go writes some of its errors as JSON among the results.
        last_lines = "\n".join((done.stdout + done.stderr).splitlines()[-LOG_LINES:])
        message = f"{' '.join(command[:3])} failed:\n{last_lines}"
        raise UnavailableError(message)
    return done.stdout
