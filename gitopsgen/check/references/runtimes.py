"""Runtime classes that a distribution brings. Judges nothing."""

from __future__ import annotations

from typing import Final

# The packaged component `runtimes` of K3s.
PACKAGED: Final = (
    "crun",
    "lunatic",
    "nvidia",
    "nvidia-experimental",
    "slight",
    "spin",
    "wasmedge",
    "wasmer",
    "wasmtime",
    "wws",
)
