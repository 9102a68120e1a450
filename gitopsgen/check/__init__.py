"""Judges rendered manifests: each by itself, and all of one cluster together.

Reads no manifest and prints nothing; where a field was set is the pipeline's to say.
"""

from __future__ import annotations

from gitopsgen.check.absence import certain
from gitopsgen.check.checker import Checker, claim_of, has_policies
from gitopsgen.check.rule import Finding, Rule

__all__ = ["Checker", "Finding", "Rule", "certain", "claim_of", "has_policies"]
