"""Where the types of Kubernetes and of custom kinds come from, and what an object violates of them.

A `Source` finds the `Kind` that an object claims to be; it must not know which rules ask, or why.
"""

from __future__ import annotations

from gitopsgen.schemas.bundled import Bundled
from gitopsgen.schemas.kind import Kind, Source, api_version, split_api_version
from gitopsgen.schemas.pack import Pack
from gitopsgen.schemas.validator import Validator, Violation

__all__ = ["Bundled", "Kind", "Pack", "Source", "Validator", "Violation", "api_version", "split_api_version"]
