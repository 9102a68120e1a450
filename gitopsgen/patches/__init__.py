"""Changes of rendered objects that an overlay asks for: strategic merge and JSON patch, and who touched what.

Pure functions over plain data; must not know templates, files or how an object is written.
"""

from __future__ import annotations

from gitopsgen.patches.apply import Patched, Target, apply, diagnostic, digest, unplaced
from gitopsgen.patches.findings import CODES, Fault
from gitopsgen.patches.touch import Touch, touch

__all__ = ["CODES", "Fault", "Patched", "Target", "Touch", "apply", "diagnostic", "digest", "touch", "unplaced"]
