"""Composes case blueprints with per-city overlays into checked manifests.

The public names are found on first use: the command line must not pay for what it does not run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Diagnostic": "diagnostics",
    "Location": "diagnostics",
    "Outcome": "diagnostics",
    "Severity": "diagnostics",
    "UsageError": "diagnostics",
    "RenderOptions": "pipeline",
    "Selection": "model.selection",
    "explain": "pipeline",
    "impact": "pipeline",
    "render": "pipeline",
    "verify": "pipeline",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604, RUF100 - all are strings


def __getattr__(name: str) -> Any:
    """Give a public name from the module that defines it (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
